"""One outcome → its Word report and its list of what to mend, written where nothing of anybody's is lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wuhao_report import __version__
from wuhao_report.core.problems import Problem, TemplateError, has_errors, ordered
from wuhao_report.evaluation.results import Assessment
from wuhao_report.files.paths import fitting, safe_name, write_beside
from wuhao_report.files.provenance import LIST_NAME, is_own_output
from wuhao_report.report.checklist import checklist
from wuhao_report.report.json_form import TOOL, problems_data
from wuhao_report.report.outcome import Options, Outcome, check
from wuhao_report.report.render import load_template, render
from wuhao_report.report.words import report_context
from wuhao_report.scheme.library import find_scheme

OUTPUT_FOLDER = "报告"
Make = Callable[[Path, Options | None, Path | None], "Made"]


@dataclass(frozen=True, eq=False)
class Made:
    """What is to be written for one workbook, in memory: small and picklable.

    `recipe` tells what else than the workbook (`sha256`) the report was made of: see `recipe_of`; `scheme` is the id it is found by, `kind`
    the kind of report.
    """

    workbook: str
    stage: str | None
    status: str | None
    score: float | None
    problems: tuple[Problem, ...]
    exit_code: int
    report: tuple[str, bytes] | None = None
    checklist: tuple[str, bytes] | None = None
    sha256: str | None = None
    recipe: str = ""
    scheme: str = ""
    kind: str = ""


@dataclass(frozen=True, eq=False)
class Written:
    """What came of one workbook: what was made, the files written, and what the user should be told."""

    made: Made
    report: Path | None = None
    checklist: Path | None = None
    notes: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.made.problems

    @property
    def exit_code(self) -> int:
        return self.made.exit_code

    def as_data(self) -> dict[str, Any]:
        """The plain data of `wuhao report --json`."""
        return {
            "report": str(self.report) if self.report else None, "stage": self.made.stage,
            "status": self.made.status, "problems": problems_data(self.problems),
        }


def template_path(report: str) -> Path:
    """The delivered template of a kind of report: beside the package when installed, else of the source tree."""
    package = Path(__file__).parents[1]
    for folder in (package / "templates", package.parent / "templates"):
        path = folder / f"{report}.docx"
        if path.is_file():
            return path
    raise TemplateError(f"没有“{report}”的 Word 模板")


def has_template(report: str) -> bool:
    """Whether a kind of report has a template that comes with the package."""
    try:
        return template_path(report).is_file()
    except TemplateError:
        return False


def build_report(outcome: Outcome, template: Path | None = None) -> tuple[bytes, tuple[Problem, ...]]:
    """The bytes of the report of an assessed outcome, and all its problems with those of the texts.

    Raises TemplateError; the outcome must have an assessment.
    """
    submission, found = outcome.submission, outcome.assessment
    if submission is None or found is None:
        raise ValueError("an outcome without an assessment has no report")
    names, text_problems = report_context(submission, found)
    loaded = load_template(template or template_path(found.stage.report))
    data = render(loaded, names, _properties(outcome), names["标题"], names["单位名称"], _moment(found))
    return data, ordered((*outcome.problems, *text_problems))


def _moment(found: Assessment) -> str:
    """The report date as the moment of making: no other clock is asked."""
    return f"{found.clock.report_date.isoformat()}T00:00:00Z"


def _properties(outcome: Outcome) -> Mapping[str, str]:
    """What the report says of its making: hashes of workbook, scheme and results, and the tool's version."""
    scheme, found = outcome.scheme, outcome.assessment
    return {
        "wuhao.workbook": outcome.sha256 or "", "wuhao.scheme": scheme.id if scheme else "",
        "wuhao.scheme.version": scheme.version if scheme else "", "wuhao.scheme.hash": scheme.hash if scheme else "",
        "wuhao.stage": found.stage.title if found else "", "wuhao.as_of": found.clock.report_date.isoformat() if found else "",
        "wuhao.results": results_hash(outcome), "wuhao.tool": f"{TOOL} {__version__}",
    }


def results_hash(outcome: Outcome) -> str:
    """SHA-256 of everything a report tells of the results, whatever file they came from."""
    results = {name: value for name, value in outcome.results().items() if name not in ("workbook", "tool", "gaps", "problems")}
    return hashlib.sha256(json.dumps(results, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def report_name(outcome: Outcome, end: str, suffix: str) -> str:
    """{单位名称}{报告名称}（{阶段}，{填报日期}）, safe for every system; a long unit name is shortened, never the rest."""
    found = outcome.assessment
    if found is None:
        raise ValueError("an outcome without an assessment has no name")
    unit = outcome.unit or "未填单位名称"
    tail = f"{found.stage.report}（{found.stage.title}，{found.clock.report_date.isoformat()}）{end}"
    return safe_name(unit, suffix, safe_name(tail, ""))


def make_report(workbook: Path, options: Options | None = None, template: Path | None = None) -> Made:
    """Check a workbook and make its report, and 核对清单 when there are problems; nothing is written.

    Raises SchemeError, TemplateError. Faults of the workbook are in the result's problems.
    """
    outcome = check(workbook, options)
    found = outcome.assessment
    if found is None:
        return Made(workbook.name, None, None, None, outcome.problems, outcome.exit_code or 1, sha256=outcome.sha256)
    data, problems = build_report(outcome, template)
    draft = "（草稿）" if has_errors(problems) else ""
    listed = None
    if problems:
        title = f"{outcome.unit or ''}{LIST_NAME}（{found.stage.title}）"
        listed = (report_name(outcome, LIST_NAME, ".xlsx"), checklist(problems, title, TOOL, _moment(found)))
    score = None if found.score is None else float(found.score)
    scheme = (options.scheme if options else None) or (outcome.scheme.id if outcome.scheme else "")
    return Made(workbook.name, found.stage.title, found.status, score, problems, int(has_errors(problems)),
                (report_name(outcome, draft, ".docx"), data), listed, outcome.sha256, recipe_of(scheme, found.stage.report, options, template), scheme,
                found.stage.report)


def recipe_of(scheme: str, report: str, options: Options | None = None, template: Path | None = None) -> str:
    """The hash of all that a report is made of besides its workbook: the program, the scheme, the template, the options.

    Raises SchemeError, TemplateError, OSError when one of them is not at hand.
    """
    options = options or Options()
    path = template or template_path(report)
    parts = (__version__, find_scheme(scheme).hash, hashlib.sha256(path.read_bytes()).hexdigest(), report, options.stage or "", str(options.as_of or ""))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def write_made(made: Made, folder: Path, taken: set[Path] | None = None) -> Written:
    """Write what was made into a folder; a file that somebody has changed, or that this run wrote, is left alone.

    Raises OSError.
    """
    taken = set() if taken is None else taken
    paths: list[Path | None] = []
    notes = []
    for item in (made.report, made.checklist):
        if item is None:
            paths.append(None)
            continue
        path, note = write_beside(fitting(folder / item[0]), item[1], is_own_output, taken)
        taken.add(path)
        paths.append(path)
        notes += [note] if note else []
    return Written(made, paths[0], paths[1], tuple(notes))


def write_report(
    workbook: Path, folder: Path | None = None, options: Options | None = None, template: Path | None = None, make: Make | None = None
) -> Written:
    """Check a workbook and write its report into `folder` (a folder 报告 beside it when none is given).

    `make` makes it, in this process when none is given. Raises SchemeError, TemplateError, OSError.
    """
    return write_made((make or make_report)(workbook, options, template), folder or workbook.parent / OUTPUT_FOLDER)
