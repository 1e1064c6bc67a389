"""What the terminal shows of an outcome or a scheme, as lines of plain Chinese; each may have a style for where there is colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from wuhao_report.aggregate.totals import Rollup
from wuhao_report.core.cells import chinese_date
from wuhao_report.core.numbers import number_text, percent_text, score_text
from wuhao_report.core.options import Line
from wuhao_report.core.periods import NATURAL
from wuhao_report.core.problems import LEVEL_WORDS, LEVELS, Group, Level, Problem, count_levels, grouped
from wuhao_report.evaluation.results import Assessment, IndicatorResult
from wuhao_report.evaluation.submission import Submission
from wuhao_report.report.chinese_style import due_text
from wuhao_report.report.outcome import Outcome
from wuhao_report.report.phrases import deductions, period_labels
from wuhao_report.report.report import WrittenReport
from wuhao_report.report.tasks import Task, tasks, too_late
from wuhao_report.scheme.describe import award_text
from wuhao_report.scheme.model import Scheme
from wuhao_report.tools.batch import BatchResult
from wuhao_report.tools.migration import HOW_WORDS, LISTING, How, Upgrade
from wuhao_report.tools.trial import KIND_WORDS, TrialResult
from wuhao_report.tools.verification import VERDICTS, Verified

MOST_TASKS = 12
MOST_ROWS, MOST_FAULTS = 20, 100
HOW_ORDER: tuple[How, ...] = ("moved", "guessed", "left")


LEVEL_STYLES: Mapping[Level, str] = {"error": "red", "warning": "yellow", "info": "dim"}
STATUS_STYLES: Mapping[str, str] = {"达标": "green", "未达标": "red", "缺数据": "yellow", "进行中": "cyan", "不适用": "dim"}
STRONG = "bold"


def group_line(group: Group) -> Line:
    """One cause: its level, its places, what stands there, what to do."""
    item = group.first
    where = f"{group}　" if item.at.sheet else ""
    value = f"（填的是“{group.value}”）" if group.value is not None and item.level != "info" else ""
    return Line(f"[{LEVEL_WORDS[item.level]}] {where}{group.message}{value}{item.hint}", LEVEL_STYLES[item.level])


def problem_lines(problems: Iterable[Problem]) -> Iterator[Line]:
    return (group_line(group) for group in grouped(problems))


def summary_line(problems: tuple[Problem, ...]) -> str:
    counts = count_levels(problems)
    return "，".join(f"{LEVEL_WORDS[level]} {counts[level]} 处" for level in LEVELS if counts[level]) or "没有发现问题"


def outcome_lines(outcome: Outcome) -> Iterator[Line]:
    """The problems, then each head with its indicators, then the verdict."""
    yield from problem_lines(outcome.problems)
    assessment = outcome.assessment
    if assessment is None:
        return
    yield Line("")
    clock = assessment.clock
    late = "" if clock.in_time else "，进度自查"
    yield Line(f"{outcome.unit or '（未填单位名称）'}　{assessment.stage.title}（统计到{chinese_date(clock.as_of)}{late}）", STRONG)
    for head in assessment.heads:
        grade = f"　{head.grade}" if head.grade else ""
        yield Line(f"  {head.head.title}：{head.status}　得分 {score_text(head.score)}／{score_text(head.full)}{grade}", STATUS_STYLES[head.status])
        for result in head.indicators:
            yield from _result_lines(outcome, assessment, result)
    yield from _total_lines(assessment)
    if outcome.submission:
        yield from _gap_lines(outcome.submission, assessment)
    yield Line(f"问题：{summary_line(outcome.problems)}", STRONG)


def _result_lines(outcome: Outcome, found: Assessment, result: IndicatorResult) -> Iterator[Line]:
    """What is not reached, and where a scheme gives points, what was lost and why."""
    name = f"{result.indicator.id} {result.indicator.title}"
    if result.indicator.counts == "bonus":
        if result.bonus:
            yield Line(f"    加分　{name}：{score_text(result.bonus)}")
        return
    points = f"　{score_text(result.score)}／{score_text(result.full)}" if found.by_points and result.full is not None else ""
    told = deductions(outcome.scheme, found, result) if found.by_points and outcome.scheme else []
    if result.waits:
        yield Line(f"    待汇总评定　{name}")
    elif result.status not in ("达标", "不适用") or told:
        yield Line(f"    {result.status}　{name}{points}", STATUS_STYLES[result.status])
    for item in told:
        yield Line(f"        {item.text}")


def _gap_lines(submission: Submission, found: Assessment) -> Iterator[Line]:
    """还差什么: what can still be done in periods that run, with its last day, then what cannot be made up any more."""
    urgent = [task for task in tasks(submission, found) if task.urgent]
    if urgent:
        yield Line("还差什么：", STRONG)
    for task in urgent[:MOST_TASKS]:
        way = f"：{task.where}" if task.where else ""
        yield Line(f"    {task.text.rstrip('。')}{way}（{due_text(task.due)}）")
    if len(urgent) > MOST_TASKS:
        yield Line(f"    另有 {len(urgent) - MOST_TASKS} 项，见批注副本的第二张表")
    late = [f"{task.result.indicator.id} {task.result.indicator.title}{_when(task)}" for task in too_late(submission.scheme, found)]
    if late:
        yield Line(f"已不可补：{'、'.join(late)}")


def _when(task: Task) -> str:
    """（2017年、2018年）; nothing where the whole phase or the state of things is meant."""
    labels = period_labels([period for period in task.periods if period.per in NATURAL], "")
    return f"（{labels}）" if labels else ""


def _total_lines(found: Assessment) -> Iterator[Line]:
    counted = f"已计分 {found.scored} 项/适用 {found.applicable} 项"
    if not found.by_points:
        yield Line(f"总评：{found.status}　参考得分 {score_text(found.score)}（{counted}）", STRONG)
        return
    factor = f"，已乘{found.factor.coefficient.title}{number_text(found.factor.factor)}" if found.factor else ""
    yield Line(f"总评：{found.status}　总分 {score_text(found.score)}（{counted}{factor}）", STRONG)
    if found.bonus:
        yield Line(f"加分：{score_text(found.bonus)}")
    if found.barred:
        yield Line(f"一票否决：{'、'.join(item.indicator.title for item in found.barred)}")
    if found.grade:
        yield Line(f"等次：{found.grade}")
    if found.assessed is not None:
        yield Line(f"考评总分：{score_text(found.assessed)}" + (f"　等次：{found.assessed_grade}" if found.assessed_grade else ""))


def trial_lines(result: TrialResult, draft: Scheme) -> Iterator[Line]:
    """What a draft would change: each committee, then each indicator with the number of committees it concerns."""
    yield Line(f"用草案“{draft.title}”（第 {draft.version} 版）测算：")
    for trial in result.trials:
        score = f"{score_text(trial.score[0])} → {score_text(trial.score[1])}"
        grade = f"，等次 {trial.grade[0] or '—'} → {trial.grade[1] or '—'}" if any(trial.grade) else ""
        yield Line(f"{trial.unit}（{trial.scheme}）：总评 {trial.status[0]} → {trial.status[1]}，得分 {score}{grade}")
        for kind, word in KIND_WORDS.items():
            changed = [f"{item.id} {item.title}" for item in trial.changes if item.kind == kind]
            if changed:
                yield Line(f"    {word} {len(changed)} 项：{'、'.join(changed)}")
        yield from (Line(f"    缺资料　{text}") for text in trial.missing)
    yield from (Line(f"未测算　{item.workbook.name}：{item.message}") for item in result.failed)
    yield from (Line(f"已跳过　{path.name}：{reason}") for path, reason in result.skipped)
    if result.trials:
        yield Line("各指标的变化（涉及单位数）：")
    for name, title, counts in result.counts():
        yield Line(f"    {name} {title}：" + "，".join(f"{KIND_WORDS[kind]} {counts[kind]}" for kind in KIND_WORDS if counts[kind]))
    yield Line(f"共 {len(result.trials) + len(result.failed) + len(result.skipped)} 个文件：测算 {len(result.trials)} 个，" \
          f"不能测算 {len(result.failed)} 个，跳过 {len(result.skipped)} 个。工作簿没有改动。")


def written_lines(written: WrittenReport) -> Iterator[Line]:
    """What was made of one workbook, and what stands in the way when nothing was."""
    if written.report is None:
        yield from problem_lines(written.problems)
        yield Line("没有生成报告。")
        return
    todo = sum(item.code == "text-missing" for item in written.problems)
    yield Line(f"{written.rendered.stage}　总评：{written.rendered.status}　问题：{summary_line(written.problems)}")
    if todo:
        yield Line(f"报告中有 {todo} 处【待补】，请补写。")
    if written.checklist:
        yield Line(f"核对清单：{written.checklist}")


def batch_lines(result: BatchResult, folder: Path) -> Iterator[Line]:
    """The summary of a batch: what was made, what failed and why; the numbers add up."""
    for path, written in result.reports:
        note = f"，{summary_line(written.problems)}" if written.problems else ""
        yield Line(f"已生成　{path.name}：{written.rendered.status}{note}", STATUS_STYLES.get(written.rendered.status or "", ""))
        yield from (Line(f"　　　　{line}") for line in written.notes)
    for failure in result.failed:
        yield Line(f"未生成　{failure.workbook.name}：{failure.message}", LEVEL_STYLES["error"])
    for item in result.unchanged:
        faults = f"，错误 {item.errors} 处" if item.errors else ""
        yield Line(f"没有改动　{item.workbook.name}：{item.status}{faults}，报告仍是“{item.report.name}”", "dim")
    for path, reason in result.skipped:
        yield Line(f"已跳过　{path.name}：{reason}", "dim")
    counts = (("生成报告", len(result.reports), "份"), ("没有改动", len(result.unchanged), "个"), ("失败", len(result.failed), "个"),
              ("跳过", len(result.skipped), "个"))
    told = "，".join(f"{word} {number} {unit}" for word, number, unit in counts if number or word != "没有改动")
    yield Line(f"共 {sum(number for _, number, _ in counts)} 个文件：{told}。", STRONG)
    if result.stopped:
        yield Line(result.stopped, LEVEL_STYLES["error"])
    if result.reports or result.unchanged:
        yield Line(f"报告在：{folder}")
    if result.listing:
        yield Line(f"这次的结果列在：{result.listing.name}")


def verify_lines(found: Verified) -> Iterator[Line]:
    """The verdict, then every place, those with other figures first."""
    yield Line(f"核验结果：{VERDICTS[found.verdict]}" + (f"。{found.note}" if found.note else ""), STRONG)
    for item in sorted(found.differences, key=lambda one: not one.figures):
        kind = "数字不同" if item.figures else "文字不同"
        yield Line(f"{kind}　{item.place}：报告写“{item.found}”，按工作簿应为“{item.expected}”", LEVEL_STYLES["error" if item.figures else "warning"])


def upgrade_lines(found: Upgrade) -> Iterator[Line]:
    """How many cells were moved, guessed and left, and each that was not simply moved."""
    for move in found.moves:
        if move.how == "moved":
            continue
        to = f" → {move.target}" if move.target else ""
        yield Line(f"{HOW_WORDS[move.how]}　{move.source}{to}：{move.why}", LEVEL_STYLES["error" if move.how == "left" else "warning"])
    counts = "，".join(f"{HOW_WORDS[how]} {found.count(how)} 格" for how in HOW_ORDER)
    yield Line(f"{counts}；逐格列在新工作簿的“{LISTING}”里。旧工作簿没有改动。", STRONG)


def rollup_lines(found: Rollup) -> Iterator[Line]:
    """Who is missing, then each group with its rate, its first places and what is missed most; the numbers add up."""
    files, lists = found.files, found.lists
    for group in found.groups:
        overall = group.totals.overall
        rate = f"，达标率 {percent_text(overall.rate)}" if overall.rate is not None else ""
        yield Line(f"{group.scheme_title}　{group.stage}：{group.totals.size} 个单位，达标 {overall.met} 个{rate}", STRONG)
        for row in islice(group.rows(), MOST_ROWS):
            place = "—" if row.place is None else f"第 {row.place} 名{'（并列）' if row.tied else ''}"
            yield Line(f"    {place}　{row.unit}　{row.found.status}　{score_text(row.found.score)}{'　迟报' if row.late else ''}", STATUS_STYLES[row.found.status])
        if group.totals.size > MOST_ROWS:
            yield Line(f"    其余 {group.totals.size - MOST_ROWS} 个单位见汇总表")
        missed = sorted((item for item in group.totals.indicators if item.tally.lacking), key=lambda item: -item.tally.lacking)[:5]
        if missed:
            yield Line("  失分最多：" + "、".join(f"{item.id} {item.title}（{item.tally.lacking} 个单位）" for item in missed))
    if found.roster is not None:
        yield Line(f"名单 {len(found.roster.members)} 个单位：已报 {len(found.received)}，未报 {len(found.missing)}，待定 {len(found.unsettled)}，"
                   f"排除 {len(found.excluded)}；名单外 {found.files.strangers}", STRONG)
        if found.missing:
            yield Line("未报：" + "、".join(member.unit for member in found.missing[:MOST_ROWS]) + ("等" if len(found.missing) > MOST_ROWS else ""), "yellow")
        yield from (Line(f"名单外　{one.unit}" + (f"：是不是“{one.near}”？" if one.near else ""), "yellow") for one in islice(lists.strangers(), MOST_ROWS))
    yield from (Line(f"不能汇总　{item.file}：{item.message}", LEVEL_STYLES["error"]) for item in islice(lists.failed(), MOST_FAULTS))
    yield from (Line(f"不能确定　{item.file}：同一天另有一份内容不同的", LEVEL_STYLES["error"]) for item in islice(lists.ties(), MOST_FAULTS))
    if max(files.failed, files.ties) > MOST_FAULTS:
        yield Line("其余的见汇总表的“问题文件”。")
    yield Line(f"共 {files.all} 个文件：计入 {files.counted}，重复 {files.superseded}，排除 {files.left}，不能汇总 {files.failed}，跳过 {files.skipped}。", STRONG)


def scheme_lines(scheme: Scheme) -> Iterator[Line]:
    """A scheme as an administrator would look it over."""
    yield Line(f"{scheme.id}　{scheme.title}　第 {scheme.version} 版")
    for phase in scheme.phases:
        yield Line(f"阶段　{phase.title}：{chinese_date(phase.span.start)}至{chinese_date(phase.span.end)}")
    for stage in scheme.stages:
        yield Line(f"报告　{stage.title}（{stage.report}）：{chinese_date(stage.opens)}起可写，评到{chinese_date(stage.through)}")
    for head in scheme.heads:
        yield Line(f"{head.title}（{score_text(head.points)}分）")
        for item in scheme.of_head(head):
            mark = "（约定口径）" if item.convention else ""
            points = f"　{number_text(item.points)}分：{award_text(item)}" if item.points is not None else ""
            kind = "" if item.counts == "score" else "　加分：" + award_text(item) if item.counts == "bonus" else "　一票否决"
            yield Line(f"  {item.id}　{item.title}　每期：{item.per}　{item.requirement}{mark}{points}{kind}")
    for coefficient in scheme.scoring.coefficients:
        yield Line(f"系数　{coefficient.title}")
    if scheme.scoring.grades:
        yield Line(f"等次　{'、'.join(grade.title for grade in scheme.scoring.grades)}")
    if scheme.note:
        yield Line(scheme.note)
