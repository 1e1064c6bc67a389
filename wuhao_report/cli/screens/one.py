"""What the terminal shows of one workbook, as lines of plain Chinese; each may have a style for where there is colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from wuhao_report.core.catalogue import LEVEL_WORDS, LEVELS, Level
from wuhao_report.core.grouping import Group, grouped
from wuhao_report.core.numbers import number_text, score_text
from wuhao_report.core.options import Line
from wuhao_report.core.periods import NATURAL
from wuhao_report.core.problems import Problem, count_levels
from wuhao_report.core.text import chinese_date, shown_name

if TYPE_CHECKING:
    from wuhao_report.evaluation.check import Outcome
    from wuhao_report.evaluation.results import Assessment, IndicatorResult
    from wuhao_report.evaluation.submission import Submission
    from wuhao_report.report.rendered import WrittenReport
    from wuhao_report.report.tasks import Task
    from wuhao_report.tools.migration import How, Upgrade
    from wuhao_report.tools.verification.pairs import Pair
    from wuhao_report.tools.verification.verify import Verified

MOST_TASKS = 12
HOW_ORDER: tuple[How, ...] = ("moved", "guessed", "left")
LEVEL_STYLES: Mapping[Level, str] = {"error": "red", "warning": "yellow", "info": "dim"}
STATUS_STYLES: Mapping[str, str] = {
    "达标": "green",
    "未达标": "red",
    "缺数据": "yellow",
    "进行中": "cyan",
    "不适用": "dim",
    "未填齐": "yellow",
}
STRONG = "bold"


def group_line(group: Group) -> Line:
    """Return the line of one cause: its level, its places, what stands there, what to do."""
    item = group.first
    where = f"{group}　" if item.at.sheet else ""
    value = f"（填的是“{group.value}”）" if group.value is not None and item.level != "info" else ""
    return Line(f"[{LEVEL_WORDS[item.level]}] {where}{group.message}{value}{item.hint}", LEVEL_STYLES[item.level])


def problem_lines(problems: Iterable[Problem]) -> Iterator[Line]:
    """Yield a line for each cause of problems."""
    return (group_line(group) for group in grouped(problems))


def summary_line(problems: tuple[Problem, ...]) -> str:
    """Return how many problems there are of each level."""
    counts = count_levels(problems)
    return "，".join(f"{LEVEL_WORDS[level]} {counts[level]} 处" for level in LEVELS if counts[level]) or "没有发现问题"


def outcome_lines(outcome: Outcome) -> Iterator[Line]:
    """Yield the problems, then each head with its indicators, then the verdict and what is still to be done."""
    yield from problem_lines(outcome.problems)
    assessment = outcome.assessment
    if assessment is None:
        return
    yield Line("")
    clock = assessment.clock
    late = "" if clock.in_time else "，进度自查"
    yield Line(
        f"{outcome.unit or '（未填单位名称）'}　{assessment.stage.title}（统计到{chinese_date(clock.as_of)}{late}）", STRONG
    )
    for head in assessment.heads:
        grade = f"　{head.grade}" if head.grade else ""
        yield Line(
            f"  {head.head.title}：{head.status}　得分 {score_text(head.score)}／{score_text(head.full)}{grade}",
            STATUS_STYLES[head.status],
        )
        for result in head.indicators:
            yield from _result_lines(outcome, assessment, result)
    yield from _total_lines(assessment)
    if outcome.submission:
        yield from _task_lines(outcome.submission, assessment)
    yield Line(f"问题：{summary_line(outcome.problems)}", STRONG)


def _result_lines(outcome: Outcome, assessment: Assessment, result: IndicatorResult) -> Iterator[Line]:
    """Yield what is not reached, and where a scheme gives points, what was lost and why."""
    from wuhao_report.report.wording.sentences import deductions

    name = f"{result.indicator.id} {result.indicator.title}"
    if result.indicator.counts == "bonus":
        if result.bonus:
            yield Line(f"    加分　{name}：{score_text(result.bonus)}")
        return
    points = (
        f"　{score_text(result.score)}／{score_text(result.full)}" if assessment.by_points and result.full is not None else ""
    )
    deducted = deductions(outcome.scheme, assessment, result) if assessment.by_points and outcome.scheme else []
    if result.waits:
        yield Line(f"    待汇总评定　{name}")
    elif result.status not in ("达标", "不适用") or deducted:
        yield Line(f"    {result.status}　{name}{points}", STATUS_STYLES[result.status])
    for item in deducted:
        yield Line(f"        {item.text}")


def _task_lines(submission: Submission, assessment: Assessment) -> Iterator[Line]:
    """Yield 还差什么: what can still be done in periods that run, with its last day, then what cannot be made up any more."""
    from wuhao_report.report.chinese_style import due_text
    from wuhao_report.report.tasks import tasks, too_late

    urgent = [task for task in tasks(submission, assessment) if task.urgent]
    if urgent:
        yield Line("还差什么：", STRONG)
    for task in urgent[:MOST_TASKS]:
        way = f"：{task.where}" if task.where else ""
        yield Line(f"    {task.text.rstrip('。')}{way}（{due_text(task.due)}）")
    if len(urgent) > MOST_TASKS:
        yield Line(f"    另有 {len(urgent) - MOST_TASKS} 项，见批注副本的第二张表")
    late = [
        f"{task.result.indicator.id} {task.result.indicator.title}{_when(task)}"
        for task in too_late(submission.scheme, assessment)
    ]
    if late:
        yield Line(f"已不可补：{'、'.join(late)}")


def _when(task: Task) -> str:
    """Return （2017年、2018年）; nothing where the whole phase or the state of things is meant."""
    from wuhao_report.report.wording.placeholder_texts import period_labels

    labels = period_labels([period for period in task.periods if period.per in NATURAL], "")
    return f"（{labels}）" if labels else ""


def _total_lines(assessment: Assessment) -> Iterator[Line]:
    counted = f"已计分 {assessment.scored} 项/适用 {assessment.applicable} 项"
    if assessment.unfilled:
        yield Line(f"未填齐，不作结论：{'、'.join(assessment.unfilled)}还没有填写（{counted}）", STRONG)
        return
    if not assessment.by_points:
        yield Line(f"总评：{assessment.status}　参考得分 {score_text(assessment.score)}（{counted}）", STRONG)
        return
    factor = f"，已乘{assessment.factor.coefficient.title}{number_text(assessment.factor.factor)}" if assessment.factor else ""
    yield Line(f"总评：{assessment.status}　总分 {score_text(assessment.score)}（{counted}{factor}）", STRONG)
    if assessment.bonus:
        yield Line(f"加分：{score_text(assessment.bonus)}")
    if assessment.barred:
        yield Line(f"一票否决：{'、'.join(item.indicator.title for item in assessment.barred)}")
    if assessment.grade:
        yield Line(f"等次：{assessment.grade}")
    if assessment.assessed is not None:
        yield Line(
            f"考评总分：{score_text(assessment.assessed)}"
            + (f"　等次：{assessment.assessed_grade}" if assessment.assessed_grade else "")
        )


def written_lines(written: WrittenReport) -> Iterator[Line]:
    """Yield what was made of one workbook, and what stands in the way when nothing was."""
    if written.report is None:
        yield from problem_lines(written.problems)
        yield Line("没有生成报告。")
        return
    todo = written.rendered.missing_texts
    blank = any(item.code == "unfilled-sheet" and item.level == "error" for item in written.problems)
    verdict = "未填齐，不作结论" if blank else written.rendered.status
    yield Line(f"{written.rendered.stage}　总评：{verdict}　问题：{summary_line(written.problems)}")
    if todo:
        yield Line(f"报告中有 {todo} 处【待补】，请补写。")
    if written.checklist:
        yield Line(f"核对清单：{written.checklist}")


def verify_lines(verified: Verified) -> Iterator[Line]:
    """Yield the verdict, then every place, those with other figures first."""
    from wuhao_report.tools.verification.verify import VERDICTS

    yield Line(f"核验结果：{VERDICTS[verified.verdict]}" + (f"。{verified.note}" if verified.note else ""), STRONG)
    for item in sorted(verified.differences, key=lambda one: not one.figures):
        kind = "数字不同" if item.figures else "文字不同"
        yield Line(
            f"{kind}　{item.place}：报告写“{item.actual}”，按工作簿应为“{item.expected}”",
            LEVEL_STYLES["error" if item.figures else "warning"],
        )


def verified_line(name: str, pair: Pair, verified: Verified | str) -> Line:
    """Return one line on a report: the verdict, the workbook it was held against, how many places differ, the first of them."""
    from wuhao_report.tools.verification.verify import VERDICTS

    if isinstance(verified, str):
        return Line(f"不能核验　{name}：{verified}", LEVEL_STYLES["error"])
    against = "（整个文件夹）" if pair.of_many else f"（{shown_name(pair.workbook.name)}）" if pair.workbook else ""
    deciding = [item for item in verified.differences if item.figures]
    first = (deciding or list(verified.differences))[:1]
    count = (
        f"，{len(deciding)}处数字或结果不同"
        if deciding
        else f"，{len(first) and len(verified.differences)}处文字不同"
        if first
        else ""
    )
    place = f"，例如{first[0].place}：报告写“{first[0].actual}”，应为“{first[0].expected}”" if first else ""
    return Line(
        f"{VERDICTS[verified.verdict]}　{name}{against}{count}{place}",
        LEVEL_STYLES["error"] if verified.exit_code else LEVEL_STYLES["warning"] if first else "",
    )


def upgrade_lines(migrated: Upgrade) -> Iterator[Line]:
    """Yield each cell that was not simply moved, then how many were moved, guessed and left."""
    from wuhao_report.tools.migration import HOW_WORDS, LISTING

    for move in migrated.moves:
        if move.how == "moved":
            continue
        to = f" → {move.target}" if move.target else ""
        yield Line(
            f"{HOW_WORDS[move.how]}　{move.source}{to}：{move.why}", LEVEL_STYLES["error" if move.how == "left" else "warning"]
        )
    counts = "，".join(f"{HOW_WORDS[how]} {migrated.count(how)} 格" for how in HOW_ORDER)
    yield Line(f"{counts}；逐格列在新工作簿的“{LISTING}”里。旧工作簿没有改动。", STRONG)
