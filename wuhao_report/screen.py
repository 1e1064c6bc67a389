"""What the terminal shows of an outcome or a scheme, as plain lines of Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wuhao_report.batch import BatchResult
from wuhao_report.cells import chinese_date
from wuhao_report.pipeline import Outcome
from wuhao_report.problems import LEVEL_WORDS, LEVELS, Problem, count_levels
from wuhao_report.report import Written
from wuhao_report.scheme import Scheme
from wuhao_report.values import score_text


def problem_line(item: Problem) -> str:
    where = f"{item.at}　" if item.at.sheet else ""
    value = f"（填的是“{item.value}”）" if item.value is not None and item.level != "info" else ""
    return f"[{LEVEL_WORDS[item.level]}] {where}{item.message}{value}{item.hint}"


def summary_line(problems: tuple[Problem, ...]) -> str:
    counts = count_levels(problems)
    return "，".join(f"{LEVEL_WORDS[level]} {counts[level]} 处" for level in LEVELS if counts[level]) or "没有发现问题"


def outcome_lines(outcome: Outcome) -> Iterator[str]:
    """The problems, then each head with its indicators, then the verdict."""
    for item in outcome.problems:
        yield problem_line(item)
    assessment = outcome.assessment
    if assessment is None:
        return
    yield ""
    clock = assessment.clock
    late = "" if clock.in_time else "，进度自查"
    yield f"{outcome.unit or '（未填单位名称）'}　{assessment.stage.title}（统计到{chinese_date(clock.as_of)}{late}）"
    for head in assessment.heads:
        yield f"  {head.head.title}：{head.status}　得分 {score_text(head.score)}／{score_text(head.full)}"
        for result in head.required:
            if result.status not in ("达标", "不适用"):
                yield f"    {result.status}　{result.indicator.id} {result.indicator.title}"
    counted = f"已计分 {assessment.scored} 项/适用 {assessment.applicable} 项"
    yield f"总评：{assessment.status}　参考得分 {score_text(assessment.score)}（{counted}）"
    yield f"问题：{summary_line(outcome.problems)}"


def written_lines(written: Written) -> Iterator[str]:
    """What was made of one workbook, and what stands in the way when nothing was."""
    if written.report is None:
        for item in written.problems:
            yield problem_line(item)
        yield "没有生成报告。"
        return
    todo = sum(item.code == "text-missing" for item in written.problems)
    yield f"{written.made.stage}　总评：{written.made.status}　问题：{summary_line(written.problems)}"
    if todo:
        yield f"报告中有 {todo} 处【待补】，请补写。"
    if written.checklist:
        yield f"核对清单：{written.checklist}"


def batch_lines(result: BatchResult, folder: Path) -> Iterator[str]:
    """The summary of a batch: what was made, what failed and why; the numbers add up."""
    for path, written in result.reports:
        note = f"，{summary_line(written.problems)}" if written.problems else ""
        yield f"已生成　{path.name}：{written.made.status}{note}"
        yield from (f"　　　　{line}" for line in written.notes)
    for failure in result.failed:
        yield f"未生成　{failure.workbook.name}：{failure.message}"
    for path, reason in result.skipped:
        yield f"已跳过　{path.name}：{reason}"
    total = len(result.reports) + len(result.failed) + len(result.skipped)
    yield f"共 {total} 个文件：生成报告 {len(result.reports)} 份，失败 {len(result.failed)} 个，跳过 {len(result.skipped)} 个。"
    if result.reports:
        yield f"报告在：{folder}"


def scheme_lines(scheme: Scheme) -> Iterator[str]:
    """A scheme as an administrator would look it over."""
    yield f"{scheme.id}　{scheme.title}　第 {scheme.version} 版"
    for phase in scheme.phases:
        yield f"阶段　{phase.title}：{chinese_date(phase.span.start)}至{chinese_date(phase.span.end)}"
    for stage in scheme.stages:
        yield f"报告　{stage.title}（{stage.report}）：{chinese_date(stage.opens)}起可写，评到{chinese_date(stage.through)}"
    for head in scheme.heads:
        yield f"{head.title}（{score_text(head.points)}分）"
        for item in scheme.of_head(head):
            mark = "（约定口径）" if item.convention else ""
            yield f"  {item.id}　{item.title}　每期：{item.per}　{item.requirement}{mark}"
    if scheme.note:
        yield scheme.note
