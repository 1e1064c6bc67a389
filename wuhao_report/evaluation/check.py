"""The story up to the judgement: workbook → submission → assessment, and every problem."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.options import Options
from wuhao_report.core.problems import Problem, has_errors, nearest_hint, ordered, problem
from wuhao_report.core.text import nearest
from wuhao_report.evaluation.assessment import assess, find_stage
from wuhao_report.evaluation.cross_checks import cross_check
from wuhao_report.evaluation.results import Assessment
from wuhao_report.evaluation.submission import Submission, read_submission, sheet_name
from wuhao_report.scheme.lookup import UnknownScheme, built_in_path, built_in_schemes, find_scheme, scheme_files
from wuhao_report.scheme.model import Scheme
from wuhao_report.tables.headers import header_key
from wuhao_report.workbook.reader import RawBook, read_book


@dataclass(frozen=True, eq=False)
class Outcome:
    """Everything known of one workbook: what was read, how it is judged, and every problem, errors first.

    `unreadable`: the file is no workbook; `misused`: an option names what does not exist.
    """

    file: str
    sha256: str | None
    submission: Submission | None
    assessment: Assessment | None
    problems: tuple[Problem, ...]
    unreadable: bool = False
    misused: bool = False

    @property
    def scheme(self) -> Scheme | None:
        """The scheme it was judged by, or None."""
        return self.submission.scheme if self.submission else None

    @property
    def unit(self) -> str | None:
        """The committee's name, or None."""
        return self.submission.profile_role("unit") if self.submission else None

    @property
    def exit_code(self) -> int:
        """0: no error-level problem; 1: at least one; 2: not a workbook, or wrong usage."""
        if self.unreadable or self.misused:
            return 2
        return 1 if has_errors(self.problems) else 0


def check(path: Path | str, options: Options | None = None) -> Outcome:
    """Read a workbook and judge it; all its faults are in the outcome's problems.

    Raises SchemeError when `options.scheme` names a broken scheme.
    """
    path = Path(path)
    try:
        book = read_book(path)
    except UnreadableWorkbook as error:
        return Outcome(path.name, None, None, None, (error.problem,), unreadable=True)
    return check_book(book, options)


def check_book(book: RawBook, options: Options | None = None, scheme: Scheme | None = None) -> Outcome:
    """Judge a workbook that has been read already, from a file or from its text form.

    `scheme` is the one to judge by, where it stands in no file; else it is that of the options, or the one the workbook was made for.
    Raises SchemeError when `options.scheme` names a broken scheme.
    """
    options = options or Options()
    named = scheme is not None or bool(options.scheme)
    try:
        scheme = scheme or (find_scheme(options.scheme) if options.scheme else recognise(book))
    except UnknownScheme as error:
        return Outcome(book.file, book.sha256, None, None, (error.problem,), misused=True)
    if scheme is None:
        stamped = book.stamp().get("scheme")
        known = "、".join(scheme_files())
        fault = (
            problem("scheme-not-at-hand", stamped=stamped[:80], known=known)
            if stamped
            else problem("scheme-not-recognised", known=known)
        )
        return Outcome(book.file, book.sha256, None, None, ordered((fault, *book.problems)))
    submission = read_submission(book, scheme, options.stage, options.as_of)
    if options.stage and find_stage(submission.scheme, options.stage) is None:
        return Outcome(book.file, book.sha256, submission, None, (_wrong_stage(submission, options.stage),), misused=True)
    assessment, faults = assess(submission)
    crossed = cross_check(submission, assessment.clock if assessment else None)
    stamped = book.stamp().get("scheme")
    if stamped and stamped != scheme.id and not named:
        faults = (problem("other-scheme", stamped=stamped[:80], taken=scheme.id), *faults)
    problems = (*submission.problems, *faults, *crossed, *(assessment.problems if assessment else ()))
    return Outcome(book.file, book.sha256, submission, assessment, ordered(problems))


def _wrong_stage(submission: Submission, title: str) -> Problem:
    known = [stage.title for stage in submission.scheme.stages]
    return problem(
        "unknown-stage", value=title, name=title[:40], known="、".join(known), nearest=nearest_hint(nearest(title, known))
    )


def recognise(book: RawBook) -> Scheme | None:
    """The scheme of a workbook: by its stamp among the known ones, else the one whose sheet names it has.

    A workbook stamped with a scheme that is not at hand must have every sheet of the one taken in its place.
    """
    stamped = book.stamp().get("scheme")
    if stamped and built_in_path(stamped):
        return find_scheme(stamped)
    fitting = []
    for scheme in built_in_schemes():
        known = {header_key(sheet.name): sheet.name for sheet in scheme.sheets}
        names = {sheet_name(sheet.name, known) or sheet.name for sheet in book.sheets}
        own = {sheet.name for sheet in scheme.sheets if not sheet.optional}
        if own <= names or (not stamped and 2 * len(own & names) > len(own)):
            fitting.append((len(own & names) - len(own ^ names), scheme))
    fitting.sort(key=lambda item: -item[0])
    if not fitting or (len(fitting) > 1 and fitting[0][0] == fitting[1][0]):
        return None
    return fitting[0][1]
