"""What the command line asks of a process that can be lost: functions of small values, each of which imports what it needs inside.

So this process loads nothing that only the other one needs, while that one loads. Losing it is one more problem of the workbook.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from wuhao_report.core.errors import SchemeError, TemplateError, TemplateFault, UnreadableWorkbook
from wuhao_report.core.options import Checked, Line, Options
from wuhao_report.core.problems import problem
from wuhao_report.core.text import shown_name
from wuhao_report.sandbox.call import SECONDS, Lost, Unforeseen, Worker

if TYPE_CHECKING:
    from wuhao_report.evaluation.check import Outcome
    from wuhao_report.files.outputs import Output
    from wuhao_report.report.rendered import RenderedReport
    from wuhao_report.report.tasks import Task
    from wuhao_report.scheme.model import Scheme
    from wuhao_report.tools.masked.copy import Masked
    from wuhao_report.tools.migration import Upgrade
    from wuhao_report.tools.trial import TrialResult
    from wuhao_report.tools.verification.verify import Verified
    from wuhao_report.workbook.reader import RawBook


Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


# In this process


def call_with_scheme(
    function: Callable[Concatenate[str, Parameters], Result], name: str, *args: Parameters.args, **keywords: Parameters.kwargs
) -> Result:
    """Return what a function makes of a scheme (id or file) in a process of its own, whose loss is the scheme's fault.

    Raises what the function does; SchemeError.
    """
    with Worker() as worker:
        try:
            return worker.run(function, name, *args, **keywords)
        except (Lost, Unforeseen) as lost:
            raise _scheme_fault(Path(name), lost) from lost


def try_scheme_file(worker: Worker, name: str | None) -> None:
    """Read a scheme that does not come with the program in the process, before any workbook is blamed for it. Raises SchemeError."""
    from wuhao_report.scheme.lookup import comes_along

    if name and not comes_along(name):
        try:
            worker.run(scheme_facts, name)
        except (Lost, Unforeseen) as lost:
            raise _scheme_fault(Path(name), lost) from lost


def _scheme_fault(path: Path, lost: Lost | Unforeseen) -> SchemeError:
    why = lost.reason if isinstance(lost, Lost) else "内容不像一个方案"
    return SchemeError.one(f"方案文件“{shown_name(path.name)}”读不了：{why}")


def left_out_schemes() -> list[str]:
    """Look at the files of WUHAO_SCHEMES one by one, and let it name those alone that can be read; return a sentence for each other."""
    from wuhao_report.scheme.lookup import identity, keep_only, own_files

    readable, sentences = [], []
    until = time.monotonic() + SECONDS
    with Worker() as worker:
        for path in own_files():
            # All of them together may cost as much as one file.
            worker.seconds = max(1.0, until - time.monotonic())
            try:
                worker.run(identity, path)
            except SchemeError as error:
                sentences.append(f"没有使用方案文件“{shown_name(path.name)}”：{error}")
            except (Lost, Unforeseen) as lost:
                sentences.append(f"没有使用：{_scheme_fault(path, lost)}")
            else:
                readable.append(path)
    keep_only(readable)
    return sentences


def call_check(worker: Worker, path: Path, options: Options | None = None, mark: bool = False) -> Checked:
    """Check a workbook in the process; with `mark`, the marked copy comes along. Losing the process is a problem of the workbook.

    Raises SchemeError, OSError, Unforeseen.
    """
    try_scheme_file(worker, options.scheme if options else None)
    try:
        checked: Checked = worker.run(check_workbook, path, options, mark)
    except Lost as lost:
        return _lost_check(path, lost)
    return checked


def _lost_check(path: Path, lost: Lost) -> Checked:
    from wuhao_report.cli.screens.one import problem_lines
    from wuhao_report.report.json_form import check_data

    problems = (lost.problem(path.name),)
    return Checked(
        check_data(path.name, None, None, None, None, problems), tuple(problem_lines(problems)), problems, 2, unreadable=True
    )


def call_report(worker: Worker, path: Path, options: Options | None = None, template: Path | None = None) -> RenderedReport:
    """Render the report of a workbook in the process. Losing the process is a problem of the workbook.

    Raises SchemeError, TemplateError, OSError, Unforeseen. A template is blamed where the workbook alone can be checked.
    """
    try_scheme_file(worker, options.scheme if options else None)
    try:
        rendered: RenderedReport = worker.run(render_report, path, options, template)
    except (Lost, Unforeseen) as lost:
        if template and not call_check(worker, path, options).unreadable:
            why = lost.reason if isinstance(lost, Lost) else "里面的标记不能用来生成报告"
            raise TemplateError(TemplateFault(template.name, f"Word 模板“{template.name}”不能使用：{why}")) from lost
        if isinstance(lost, Unforeseen):
            raise
        from wuhao_report.report.rendered import RenderedReport as Empty

        return Empty(path.name, None, None, None, (lost.problem(path.name),), 2)
    return rendered


# In the other process


def blank_workbook(scheme: str, unit: str, start_year: int | None, example: bool) -> bytes:
    """Make the blank workbook of a scheme, or a finished example. Raises SchemeError."""
    from wuhao_report.scheme.lookup import find_scheme
    from wuhao_report.tools.blank_workbook import new_workbook
    from wuhao_report.tools.example_workbook import example_workbook

    return (example_workbook if example else new_workbook)(find_scheme(scheme), unit, start_year)


def starter_files(scheme: str, unit: str, start_year: int | None) -> tuple[Output, ...]:
    """Make the files of a starter folder. Raises SchemeError, TemplateError, OSError."""
    from wuhao_report.scheme.lookup import find_scheme, own_file
    from wuhao_report.tools.starter_folder import starter_folder

    return starter_folder(find_scheme(scheme), unit, start_year, own_file(scheme))


def scheme_facts(name: str) -> dict[str, Any]:
    """Return what `wuhao scheme list` tells of a scheme. Raises SchemeError."""
    from wuhao_report.scheme.lookup import find_scheme

    scheme = find_scheme(name)
    return {"id": scheme.id, "version": scheme.version, "title": scheme.title, "indicators": len(scheme.indicators)}


def known_schemes() -> list[str]:
    """Return the ids of all schemes that can be named by one."""
    from wuhao_report.scheme.lookup import scheme_files

    return list(scheme_files())


def shown_scheme(name: str) -> list[Line]:
    """Return the lines that show a scheme. Raises SchemeError."""
    from wuhao_report.cli.screens.many import scheme_lines
    from wuhao_report.scheme.lookup import find_scheme

    return list(scheme_lines(find_scheme(name)))


def checked_scheme(name: str, sentences: bool) -> str:
    """Return what is to be said of a scheme that can be used, with all its sentences where they are asked for. Raises SchemeError."""
    from wuhao_report.core.numbers import number_text
    from wuhao_report.report.documents import has_template
    from wuhao_report.report.wording.sentence_forms import sentences_text
    from wuhao_report.scheme.cautions import cautions
    from wuhao_report.scheme.lookup import find_scheme

    scheme = find_scheme(name)
    points = f"，满分 {number_text(scheme.full)} 分" if scheme.by_points else ""
    lines = [
        f"可以使用：{scheme.title}（{len(scheme.heads)} 个方面，{len(scheme.indicators)} 项指标{points}，{len(scheme.sheets)} 个工作表）。"
    ]
    for report in dict.fromkeys(stage.report for stage in scheme.stages):
        if not has_template(report):
            lines.append(f"提醒：报告种类“{report}”没有自带的 Word 模板，出报告时要用 --template 指定。")
    lines += [f"提醒：{text}" for text in cautions(scheme)]
    return "\n".join([*lines, *(["", sentences_text(scheme)] if sentences else [])])


def exported_scheme(name: str, ending: str) -> bytes:
    """Return a scheme as a workbook (.xlsx) or as text (.toml). Raises SchemeError."""
    from wuhao_report.scheme.excel.writer import to_toml, to_workbook
    from wuhao_report.scheme.lookup import scheme_table

    table = scheme_table(name)
    return to_workbook(table, table["title"]) if ending == ".xlsx" else to_toml(table).encode("utf-8")


def trial_report(draft: str, result: TrialResult) -> list[Line]:
    """Return the lines that show what a draft would change. Raises SchemeError."""
    from wuhao_report.cli.screens.many import trial_lines
    from wuhao_report.scheme.lookup import find_scheme

    return list(trial_lines(result, find_scheme(draft)))


def check_workbook(path: Path, options: Options | None = None, mark: bool = False) -> Checked:
    """Check a workbook; no marked copy where its package is not as it should be.

    Raises SchemeError, OSError.
    """
    from wuhao_report.cli.screens.one import outcome_lines
    from wuhao_report.evaluation.check import check
    from wuhao_report.report.json_form import outcome_data

    outcome = check(path, options)
    marked = _marked_copy(path, outcome) if mark and not outcome.unreadable else None
    return Checked(
        outcome_data(outcome), tuple(outcome_lines(outcome)), outcome.problems, outcome.exit_code, outcome.unreadable, marked
    )


def _marked_copy(path: Path, outcome: Outcome) -> bytes | None:
    from wuhao_report.tools.marked_copy.copy import annotated
    from wuhao_report.tools.marked_copy.parts import NotMarkable

    with suppress(NotMarkable):
        return annotated(path.read_bytes(), outcome.problems, _tasks_to_mark(outcome))
    return None


def _tasks_to_mark(outcome: Outcome) -> tuple[Task, ...]:
    from wuhao_report.report.tasks import tasks, too_late

    submission, assessment = outcome.submission, outcome.assessment
    if submission is None or assessment is None:
        return ()
    return (*(task for task in tasks(submission, assessment) if task.urgent), *too_late(submission.scheme, assessment))


def render_report(path: Path, options: Options | None = None, template: Path | None = None) -> RenderedReport:
    """Check a workbook and render its report. Raises SchemeError, TemplateError."""
    from wuhao_report.report.report import make_report

    return make_report(path, options, template)


def migrate_workbook(path: Path, scheme: str | None = None) -> Upgrade:
    """Carry a workbook over into a fresh one. Raises UnreadableWorkbook, SchemeError."""
    from wuhao_report.tools.migration import upgrade
    from wuhao_report.workbook.reader import read_book

    book = read_book(path)
    return upgrade(book, _scheme_of(book, scheme))


def mask_workbook(path: Path, scheme: str | None = None) -> Masked:
    """Make a masked copy of a workbook. Raises UnreadableWorkbook, SchemeError."""
    from wuhao_report.tools.masked.copy import masked
    from wuhao_report.workbook.reader import PACKAGE, read_book, read_bytes

    data = read_bytes(path)
    book = read_book(path)
    if not data.startswith(PACKAGE):
        raise UnreadableWorkbook(problem("old-format", file=path.name, found="旧版或带密码的格式"))
    return masked(data, book, _scheme_of(book, scheme))


def _scheme_of(book: RawBook, name: str | None) -> Scheme:
    """Return the scheme of that id or file, or the one that the workbook was made for."""
    from wuhao_report.evaluation.check import recognise
    from wuhao_report.scheme.lookup import find_scheme, scheme_files

    scheme = find_scheme(name) if name else recognise(book)
    if scheme is None:
        raise UnreadableWorkbook(problem("scheme-not-recognised", known="、".join(scheme_files())))
    return scheme


def verify_report(report: Path, workbook: Path, scheme: str | None = None) -> Verified:
    """Compare a report with the workbook it should have been made of. Raises NotVerifiable, SchemeError, TemplateError, OSError."""
    from wuhao_report.tools.verification.verify import verify

    return verify(report, workbook, scheme)


def call_verify(report: Path, workbook: Path, scheme: str | None = None) -> Verified:
    """Compare a report with its workbook in the process; losing it is the fault of the one that cannot be read alone.

    Raises NotVerifiable, SchemeError, TemplateError, UnreadableWorkbook, OSError, Unforeseen.
    """
    with Worker() as worker:
        try_scheme_file(worker, scheme)
        try:
            return worker.run(verify_report, report, workbook, scheme)
        except Lost as lost:
            try:
                worker.run(compare_reports, report, None, "")
            except Lost:
                raise UnreadableWorkbook(lost.problem(report.name)) from lost
            raise UnreadableWorkbook(lost.problem(workbook.name)) from lost


def call_verify_aggregate(report: Path, folder: Path, options: Options, roster: Path | None, jobs: int) -> Verified:
    """Compare a 汇总报告 with a fresh one of a folder, whose workbooks are judged in processes that can be lost.

    Raises NotVerifiable, Lost, Unforeseen, and what `aggregate_folder` does.
    """
    with Worker() as worker:
        try_scheme_file(worker, options.scheme)
        worker.run(compare_reports, report, None, folder.name)
        from wuhao_report.aggregate.run import aggregate_report

        return worker.run(compare_reports, report, aggregate_report(report, folder, options, roster, jobs) or b"", folder.name)


def compare_reports(report: Path, fresh: bytes | None, folder: str) -> Verified:
    """Compare a 汇总报告 with a fresh one; None: only see whether it can be read. Raises NotVerifiable."""
    from wuhao_report.tools.verification.sight import blocks_of
    from wuhao_report.tools.verification.verify import Verified, compare_whole, read_report

    submitted = read_report(report)
    if fresh is None:
        blocks_of(submitted.members)
    return Verified("same") if fresh is None else compare_whole(fresh or None, submitted, folder)


def compared(old: Path, new: Path, scheme: str | None, as_workbook: bool) -> tuple[list[str], dict[str, Any], bytes]:
    """Return what has changed from one workbook to the other, as lines, as plain data and, where that is asked for, as a workbook."""
    from wuhao_report.scheme.lookup import find_scheme
    from wuhao_report.tools.verification.resubmission import (
        comparison_data,
        comparison_lines,
        comparison_workbook,
        read_and_compare,
    )

    found = read_and_compare(old, new, find_scheme(scheme) if scheme else None)
    return list(comparison_lines(found)), comparison_data(found), comparison_workbook(found) if as_workbook else b""


def call_compare(old: Path, new: Path, scheme: str | None, as_workbook: bool) -> tuple[list[str], dict[str, Any], bytes]:
    """Compare two workbooks in a process; losing it is a problem of the workbook that costs it. Raises UnreadableWorkbook, SchemeError."""
    with Worker() as worker:
        try_scheme_file(worker, scheme)
        try:
            return worker.run(compared, old, new, scheme, as_workbook)
        except Lost as lost:
            raise UnreadableWorkbook(lost.problem(f"{old.name}”“{new.name}")) from lost


def workbook_text(path: Path, target: Path) -> None:
    """Write a workbook as text into a file. Raises UnreadableWorkbook, OSError."""
    from wuhao_report.workbook.reader import read_book
    from wuhao_report.workbook.text_form import dump_book

    target.write_text(dump_book(read_book(path)), encoding="utf-8")
