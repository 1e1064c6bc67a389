"""One outcome → its Word report and its list of what to mend, written where nothing of anybody's is lost."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from wuhao_report import __version__
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.options import Options
from wuhao_report.core.problems import Problem, has_errors, ordered, problem
from wuhao_report.evaluation.check import Outcome, check, check_all
from wuhao_report.evaluation.results import Assessment
from wuhao_report.files.folders import folder_beside
from wuhao_report.files.outputs import Output
from wuhao_report.files.paths import mode_of, safe_name
from wuhao_report.files.provenance import LIST_NAME, is_own_output
from wuhao_report.report.checklist import checklist
from wuhao_report.report.documents import Document, document_output, midnight, render_document, template_path
from wuhao_report.report.json_form import TOOL, results_data
from wuhao_report.report.rendered import CHECKLIST, OUTPUT_FOLDER, REPORT, RenderedReport, WrittenReport, write_rendered
from wuhao_report.scheme.lookup import find_scheme


def report_document(outcome: Outcome, template: Path | None = None) -> tuple[Document, tuple[Problem, ...]]:
    """Return the report of an assessed outcome before it is rendered, and all its problems with those of the texts and of its own template.

    Raises TemplateError; ValueError for an outcome without an assessment.
    """
    from wuhao_report.report.template.document_kinds import report_kind
    from wuhao_report.report.words.context import report_context

    submission, assessment = outcome.submission, outcome.assessment
    if submission is None or assessment is None:
        raise ValueError("an outcome without an assessment has no report")
    names, text_problems = report_context(submission, assessment)
    of_template = _template_problems(template, assessment) if template else ()
    problems = ordered((*outcome.problems, *text_problems, *of_template))
    file_name = report_name(outcome, "（草稿）" if has_errors(problems) else "", ".docx")
    return Document(
        REPORT,
        file_name,
        report_kind(assessment.stage.report),
        names,
        names["标题"],
        names["单位名称"],
        assessment.clock.report_date,
        _properties(outcome),
    ), problems


def build_report(outcome: Outcome, template: Path | None = None) -> tuple[bytes, tuple[Problem, ...]]:
    """Return the bytes of the report of an assessed outcome, and all its problems with those of the texts.

    Raises TemplateError; ValueError for an outcome without an assessment.
    """
    document, problems = report_document(outcome, template)
    return render_document(document, template), problems


def _template_problems(template: Path, assessment: Assessment) -> tuple[Problem, ...]:
    """Return a warning where something has been taken out of a template, and where it asks for points that the scheme does not give."""
    from wuhao_report.report.template.document_kinds import report_kind
    from wuhao_report.report.template.loading import load_template
    from wuhao_report.report.words.overview import NAMES_OF_POINTS

    loaded = load_template(template, report_kind(assessment.stage.report))
    left_out = tuple(problem("template-parts-left-out", template=template.name, what=what) for what in loaded.left_out)
    if assessment.by_points:
        return left_out
    tags = " ".join(tag for _, text in loaded.parts.values() for tag in re.findall(r"\{[{%].*?[}%]\}", text, re.DOTALL))
    used = [name for name in NAMES_OF_POINTS if re.search(rf"(?<!\w){name}(?!\w)", tags)]
    if not used:
        return left_out
    return (*left_out, problem("points-not-shown", template=template.name, names="、".join(used)))


def _properties(outcome: Outcome) -> Mapping[str, str]:
    """What the report says of its making: hashes of workbook, scheme and results."""
    scheme, assessment = outcome.scheme, outcome.assessment
    return {
        "wuhao.workbook": outcome.sha256 or "",
        "wuhao.scheme": scheme.id if scheme else "",
        "wuhao.scheme.version": scheme.version if scheme else "",
        "wuhao.scheme.hash": scheme.hash if scheme else "",
        "wuhao.stage": assessment.stage.title if assessment else "",
        "wuhao.as_of": assessment.clock.report_date.isoformat() if assessment else "",
        "wuhao.results": results_hash(outcome),
    }


def results_hash(outcome: Outcome) -> str:
    """Return the SHA-256 of everything a report tells of the results, whatever file they came from."""
    results = {
        name: value for name, value in results_data(outcome).items() if name not in ("workbook", "tool", "gaps", "problems")
    }
    return hashlib.sha256(json.dumps(results, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def report_name(outcome: Outcome, end: str, suffix: str) -> str:
    """Return {单位名称}{报告名称}（{阶段}，{填报日期}）, safe for every system; a long unit name is shortened, never the rest.

    Raises ValueError for an outcome without an assessment.
    """
    assessment = outcome.assessment
    if assessment is None:
        raise ValueError("an outcome without an assessment has no name")
    unit = outcome.unit or "未填单位名称"
    tail = f"{assessment.stage.report}（{assessment.stage.title}，{assessment.clock.report_date.isoformat()}）{end}"
    return safe_name(unit, suffix, safe_name(tail, ""))


def make_report(workbook: Path, options: Options | None = None, template: Path | None = None) -> RenderedReport:
    """Check a workbook and render its report, and 核对清单 when there are problems; nothing is written.

    Raises SchemeError, TemplateError. Faults of the workbook are in the result's problems.
    """
    return render_report(workbook, check(workbook, options), options, template)


def make_reports(options: Options | None, workbooks: Sequence[Path]) -> list[RenderedReport | WuhaoError]:
    """Return what `make_report` gives for each of several workbooks, or the error it raises; they are judged together."""
    rendered: list[RenderedReport | WuhaoError] = []
    for workbook, outcome in zip(workbooks, check_all(workbooks, options), strict=True):
        try:
            rendered.append(render_report(workbook, outcome, options))
        except WuhaoError as error:
            rendered.append(error)
    return rendered


def render_report(
    workbook: Path, outcome: Outcome, options: Options | None = None, template: Path | None = None
) -> RenderedReport:
    """Return the rendered report of an outcome; raises SchemeError, TemplateError."""
    assessment = outcome.assessment
    if assessment is None:
        return RenderedReport(workbook.name, None, None, None, outcome.problems, outcome.exit_code or 1, sha256=outcome.sha256)
    from wuhao_report.report.words.own_texts import missing_texts

    document, problems = report_document(outcome, template)
    outputs = [document_output(document, template)]
    if problems:
        outputs.append(_checklist(outcome, assessment, problems))
    score = None if assessment.score is None else float(assessment.score)
    scheme = (options.scheme if options else None) or (outcome.scheme.id if outcome.scheme else "")
    report_kind = assessment.stage.report
    return RenderedReport(
        workbook.name,
        assessment.stage.title,
        assessment.status,
        score,
        problems,
        int(has_errors(problems)),
        tuple(replace(output, mode=mode_of(workbook)) for output in outputs),
        outcome.sha256,
        recipe_of(scheme, report_kind, options, template),
        scheme,
        report_kind,
        len(missing_texts(outcome.submission)) if outcome.submission else 0,
    )


def _checklist(outcome: Outcome, assessment: Assessment, problems: tuple[Problem, ...]) -> Output:
    from wuhao_report.report.words.attachments import definitions

    title = f"{outcome.unit or ''}{LIST_NAME}（{assessment.stage.title}）"
    terms = [tuple(row.values()) for row in definitions(outcome.scheme)] if outcome.scheme else []
    data = checklist(problems, title, TOOL, midnight(assessment.clock.report_date), terms)
    return Output(CHECKLIST, report_name(outcome, LIST_NAME, ".xlsx"), data, is_own_output)


def recipe_of(scheme: str, report_kind: str, options: Options | None = None, template: Path | None = None) -> str:
    """Return the hash of all that a report is made of besides its workbook: the program, the scheme, the template, the options.

    Raises SchemeError, TemplateError, OSError when one of them is not at hand.
    """
    options = options or Options()
    path = template or template_path(report_kind)
    parts = (
        __version__,
        find_scheme(scheme).hash,
        hashlib.sha256(path.read_bytes()).hexdigest(),
        report_kind,
        options.stage or "",
        str(options.as_of or ""),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def write_report(
    workbook: Path, folder: Path | None = None, options: Options | None = None, template: Path | None = None
) -> WrittenReport:
    """Check a workbook and write its report into `folder` (a folder 报告 beside it when none is given).

    Raises SchemeError, TemplateError, OSError.
    """
    return write_rendered(make_report(workbook, options, template), folder or folder_beside(workbook.parent, OUTPUT_FOLDER))
