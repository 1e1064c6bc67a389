"""The story up to the judgement: workbook → submission → assessment, and every problem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.options import Options
from wuhao_report.core.problems import Problem, has_errors, nearest_hint, ordered, problem
from wuhao_report.core.text import nearest
from wuhao_report.evaluation.assessment import assess_all, find_stage
from wuhao_report.evaluation.checks.cross_checks import cross_check_all
from wuhao_report.evaluation.checks.prose import prose_problems
from wuhao_report.evaluation.results import Assessment
from wuhao_report.evaluation.submission import Submission, Submissions, read_submissions, sheet_name
from wuhao_report.scheme.lookup import UnknownScheme, built_in_path, built_in_schemes, find_scheme, scheme_files
from wuhao_report.scheme.model import Scheme
from wuhao_report.tables.headers import header_key
from wuhao_report.workbook.reader import EXAMPLE, RawBook, read_book


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
    return check_all([path], options)[0]


def check_all(paths: Iterable[Path | str], options: Options | None = None) -> list[Outcome]:
    """Return the outcome of each of several workbooks: what `check` gives for each alone, in less time for all.

    Raises SchemeError when `options.scheme` names a broken scheme.
    """
    read = [_read(Path(path)) for path in paths]
    judged = iter(check_books([book for book in read if isinstance(book, RawBook)], options))
    return [next(judged) if isinstance(book, RawBook) else book for book in read]


def _read(path: Path) -> RawBook | Outcome:
    try:
        return read_book(path)
    except UnreadableWorkbook as error:
        return Outcome(path.name, None, None, None, (error.problem,), unreadable=True)


def check_book(book: RawBook, options: Options | None = None, scheme: Scheme | None = None) -> Outcome:
    """Judge a workbook that has been read already, from a file or from its text form.

    `scheme` is the one to judge by, where it stands in no file; else it is that of the options, or the one the workbook was made for.
    Raises SchemeError when `options.scheme` names a broken scheme.
    """
    return check_books([book], options, scheme)[0]


def check_books(books: Sequence[RawBook], options: Options | None = None, scheme: Scheme | None = None) -> list[Outcome]:
    """Judge several workbooks as `check_book` judges one: those of one scheme together."""
    options = options or Options()
    named = scheme is not None or bool(options.scheme)
    outcomes: dict[int, Outcome] = {}
    of_scheme: dict[Scheme, list[int]] = {}
    for number, book in enumerate(books):
        try:
            own = scheme or _scheme_for(book, options)
        except UnknownScheme as error:
            outcomes[number] = Outcome(book.file, book.sha256, None, None, (error.problem,), misused=True)
            continue
        if own is None:
            outcomes[number] = _without_scheme(book)
        else:
            of_scheme.setdefault(own, []).append(number)
    for own, numbers in of_scheme.items():
        outcomes |= zip(numbers, _judged([books[number] for number in numbers], own, options, named), strict=True)
    return [outcomes[number] for number in range(len(books))]


def _scheme_for(book: RawBook, options: Options) -> Scheme | None:
    """Return the scheme of the options, or the one that a workbook was made for; raises SchemeError."""
    if not options.scheme:
        return recognise(book)
    named, stamped = find_scheme(options.scheme), book.stamp().get("scheme")
    if options.by_stamp and stamped and stamped != named.id and built_in_path(stamped):
        return recognise(book)
    return named


def _without_scheme(book: RawBook) -> Outcome:
    stamped = book.stamp().get("scheme")
    known = "、".join(scheme_files())
    fault = (
        problem("scheme-not-at-hand", stamped=stamped[:80], known=known)
        if stamped
        else problem("scheme-not-recognised", known=known)
    )
    return Outcome(book.file, book.sha256, None, None, ordered((fault, *book.problems)))


def _judged(books: Sequence[RawBook], scheme: Scheme, options: Options, named: bool) -> Iterator[Outcome]:
    """Yield the outcomes of workbooks of one scheme; `named`: somebody has named it."""
    submissions = read_submissions(books, scheme, options.stage, options.as_of)
    others = [tuple(_of_the_stamp(book.stamp(), scheme, named)) for book in books]
    for outcome, submission in zip(conclude(submissions, others), submissions.members, strict=True):
        if options.stage and find_stage(submission.scheme, options.stage) is None:
            wrong = _wrong_stage(submission, options.stage)
            yield Outcome(outcome.file, outcome.sha256, submission, None, (wrong,), misused=True)
        else:
            yield outcome


def _of_the_stamp(stamp: Mapping[str, str], scheme: Scheme, named: bool) -> Iterator[Problem]:
    """Yield what is to be said of a workbook by its stamp: that it is an example, or was made for another scheme."""
    stamped = stamp.get("scheme")
    if EXAMPLE in stamp:
        yield problem("example-workbook")
    if stamped and stamped != scheme.id and not named:
        yield problem("other-scheme", stamped=stamped[:80], taken=scheme.id)


def conclude(submissions: Submissions, others: Iterable[Sequence[Problem]] = ()) -> list[Outcome]:
    """Return the outcomes of submissions that are read: their assessments, and the problems in order.

    `others` are for each submission the problems that are known of its workbook besides.
    """
    assessed = assess_all(submissions)
    crossed = cross_check_all(submissions, [assessment.clock if assessment else None for assessment, _ in assessed])
    return [
        Outcome(
            submission.file,
            submission.sha256,
            submission,
            assessment,
            ordered(
                (
                    *submission.problems,
                    *more,
                    *faults,
                    *cross,
                    *((*assessment.problems, *prose_problems(submission, assessment)) if assessment else ()),
                )
            ),
        )
        for submission, (assessment, faults), cross, more in zip(
            submissions.members, assessed, crossed, others or repeat(()), strict=False
        )
    ]


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
        demanded = {sheet.name for sheet in scheme.sheets if not sheet.optional and sheet.since == 1}
        if demanded <= names or (not stamped and 2 * len(own & names) > len(own)):
            fitting.append((len(own & names) - len(own ^ names), scheme))
    fitting.sort(key=lambda item: -item[0])
    if not fitting or (len(fitting) > 1 and fitting[0][0] == fitting[1][0]):
        return None
    return fitting[0][1]
