"""What the terminal shows of many workbooks or of a scheme, as lines of plain Chinese; each may have a style for where there is colour."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from wuhao_report.cli.screens.one import LEVEL_STYLES, STATUS_STYLES, STRONG, summary_line
from wuhao_report.core.numbers import number_text, percent_text, score_text
from wuhao_report.core.options import Line
from wuhao_report.core.text import chinese_date, shown_name

if TYPE_CHECKING:
    from wuhao_report.aggregate.overview import Group, Overview
    from wuhao_report.scheme.model import Indicator, Scheme
    from wuhao_report.tools.batch import BatchResult
    from wuhao_report.tools.trial import Trial, TrialResult

MOST_ROWS, MOST_FAULTS, MOST_MISSED = 20, 100, 5


def batch_lines(result: BatchResult, folder: Path) -> Iterator[Line]:
    """Yield the summary of a batch: what was made, what failed and why; the numbers add up."""
    for path, written in result.reports:
        note = f"，{summary_line(written.problems)}" if written.problems else ""
        status = written.rendered.status
        yield Line(f"已生成　{shown_name(path.name)}：{status}{note}", STATUS_STYLES.get(status or "", ""))
        yield from (Line(f"　　　　{line}") for line in written.notes)
    for failure in result.failed:
        yield Line(f"未生成　{shown_name(failure.workbook.name)}：{failure.message}", LEVEL_STYLES["error"])
    for item in result.unchanged:
        faults = f"，错误 {item.errors} 处" if item.errors else ""
        yield Line(f"没有改动　{shown_name(item.workbook.name)}：{item.status}{faults}，报告仍是“{item.report.name}”", "dim")
    for path, reason in result.skipped:
        yield Line(f"已跳过　{shown_name(path.name)}：{reason}", "dim")
    yield from _batch_totals(result, folder)


def _batch_totals(result: BatchResult, folder: Path) -> Iterator[Line]:
    counts = (
        ("生成报告", len(result.reports), "份"),
        ("没有改动", len(result.unchanged), "个"),
        ("失败", len(result.failed), "个"),
        ("跳过", len(result.skipped), "个"),
    )
    listed = "，".join(f"{word} {number} {unit}" for word, number, unit in counts if number or word != "没有改动")
    yield Line(f"共 {sum(number for _, number, _ in counts)} 个文件：{listed}。", STRONG)
    if result.stopped:
        yield Line(result.stopped, LEVEL_STYLES["error"])
    if result.reports or result.unchanged:
        yield Line(f"报告在：{folder}")
    if result.listing:
        yield Line(f"这次的结果列在：{result.listing.name}")


def trial_lines(result: TrialResult, draft: Scheme) -> Iterator[Line]:
    """Yield what a draft would change: each committee, then each indicator with the number of committees it concerns."""
    from wuhao_report.tools.trial import KIND_WORDS

    yield Line(f"用草案“{draft.title}”（第 {draft.version} 版）测算：")
    for trial in result.trials:
        yield from _one_trial(trial)
    yield from (Line(f"未测算　{shown_name(item.workbook.name)}：{item.message}") for item in result.failed)
    yield from (Line(f"已跳过　{shown_name(path.name)}：{reason}") for path, reason in result.skipped)
    if result.trials:
        yield Line("各指标的变化（涉及单位数）：")
    for name, title, counts in result.counts():
        yield Line(
            f"    {name} {title}：" + "，".join(f"{word} {counts[kind]}" for kind, word in KIND_WORDS.items() if counts[kind])
        )
    yield Line(
        f"共 {len(result.trials) + len(result.failed) + len(result.skipped)} 个文件：测算 {len(result.trials)} 个，"
        f"不能测算 {len(result.failed)} 个，跳过 {len(result.skipped)} 个。工作簿没有改动。"
    )


def _one_trial(trial: Trial) -> Iterator[Line]:
    from wuhao_report.tools.trial import KIND_WORDS

    score = f"{score_text(trial.score[0])} → {score_text(trial.score[1])}"
    grade = f"，等次 {trial.grade[0] or '—'} → {trial.grade[1] or '—'}" if any(trial.grade) else ""
    yield Line(f"{trial.unit}（{trial.scheme}）：总评 {trial.status[0]} → {trial.status[1]}，得分 {score}{grade}")
    for kind, word in KIND_WORDS.items():
        changed = [f"{item.id} {item.title}" for item in trial.changes if item.kind == kind]
        if changed:
            yield Line(f"    {word} {len(changed)} 项：{'、'.join(changed)}")
    yield from (Line(f"    缺资料　{text}") for text in trial.missing)


def overview_lines(overview: Overview) -> Iterator[Line]:
    """Yield each group with its rate, its first places and what is missed most, then who is missing and what cannot be counted.

    The numbers add up.
    """
    for group in overview.groups:
        yield from _group_lines(group)
    yield from _roster_lines(overview)
    files, lists = overview.files, overview.lists
    yield from (
        Line(f"不能汇总　{item.file}：{item.message}", LEVEL_STYLES["error"]) for item in islice(lists.failed(), MOST_FAULTS)
    )
    yield from (
        Line(f"不能确定　{item.file}：同一天另有一份内容不同的", LEVEL_STYLES["error"])
        for item in islice(lists.ties(), MOST_FAULTS)
    )
    yield from (
        Line(f"阶段不符　{item.file}：{item.unit}，{item.reason}", "yellow") for item in islice(lists.not_asked(), MOST_FAULTS)
    )
    if max(files.failed, files.ties, files.not_asked) > MOST_FAULTS:
        yield Line("其余的见汇总表的“问题文件”。")
    yield Line(
        f"共 {files.all} 个文件：计入 {files.counted}，重复 {files.superseded}，排除 {files.excluded}，"
        f"{f'阶段不符 {files.not_asked}，' if files.not_asked else ''}不能汇总 {files.failed}，跳过 {files.skipped}。",
        STRONG,
    )


def _group_lines(group: Group) -> Iterator[Line]:
    overall = group.totals.overall
    rate = f"，达标率 {percent_text(overall.rate)}" if overall.rate is not None else ""
    yield Line(f"{group.scheme_title}　{group.stage}：{group.totals.size} 个单位，达标 {overall.met} 个{rate}", STRONG)
    for row in islice(group.rows(), MOST_ROWS):
        place = "—" if row.place is None else f"第 {row.place} 名{'（并列）' if row.tied else ''}"
        yield Line(
            f"    {place}　{row.unit}　{row.record.status}　{score_text(row.record.score)}{'　迟报' if row.late else ''}",
            STATUS_STYLES[row.record.status],
        )
    if group.totals.size > MOST_ROWS:
        yield Line(f"    其余 {group.totals.size - MOST_ROWS} 个单位见汇总表")
    missed = sorted((item for item in group.totals.indicators if item.tally.lacking), key=lambda item: -item.tally.lacking)[
        :MOST_MISSED
    ]
    if missed:
        yield Line("  失分最多：" + "、".join(f"{item.id} {item.title}（{item.tally.lacking} 个单位）" for item in missed))


def _roster_lines(overview: Overview) -> Iterator[Line]:
    """Yield who of the roster has reported and who has not, and who is not on it."""
    if overview.roster is None:
        return
    yield Line(
        f"名单上应报 {len(overview.expected)} 个单位：已报 {len(overview.received)}，未报 {len(overview.missing)}，待定 {len(overview.undecided)}，"
        f"排除 {len(overview.excluded)}；名单外 {overview.files.unlisted}",
        STRONG,
    )
    for item in overview.roster.problems[:MOST_FAULTS]:
        place = f"　{item.at}" if item.at.sheet else ""
        yield Line(f"名单有误{place}：{item.message}{item.hint}", LEVEL_STYLES[item.level])
    if overview.missing:
        more = "等" if len(overview.missing) > MOST_ROWS else ""
        yield Line("未报：" + "、".join(member.unit for member in overview.missing[:MOST_ROWS]) + more, "yellow")
    for stranger in islice(overview.lists.unlisted(), MOST_ROWS):
        yield Line(f"名单外　{stranger.unit}" + (f"：是不是“{stranger.near}”？" if stranger.near else ""), "yellow")


def scheme_lines(scheme: Scheme) -> Iterator[Line]:
    """Yield a scheme as an administrator would look it over."""
    yield Line(f"{scheme.id}　{scheme.title}　第 {scheme.version} 版")
    for phase in scheme.phases:
        yield Line(f"阶段　{phase.title}：{chinese_date(phase.span.start)}至{chinese_date(phase.span.end)}")
    for stage in scheme.stages:
        yield Line(f"报告　{stage.title}（{stage.report}）：{chinese_date(stage.opens)}起可写，评到{chinese_date(stage.through)}")
    for head in scheme.heads:
        yield Line(f"{head.title}（{score_text(head.points)}分）")
        yield from (_indicator_line(indicator) for indicator in scheme.of_head(head))
    for coefficient in scheme.scoring.coefficients:
        yield Line(f"系数　{coefficient.title}")
    if scheme.scoring.grades:
        yield Line(f"等次　{'、'.join(grade.title for grade in scheme.scoring.grades)}")
    if scheme.note:
        yield Line(scheme.note)


def _indicator_line(item: Indicator) -> Line:
    from wuhao_report.scheme.describe import award_text

    mark = "（约定口径）" if item.convention else ""
    points = f"　{number_text(item.points)}分：{award_text(item)}" if item.points is not None else ""
    kind = "" if item.counts == "score" else "　加分：" + award_text(item) if item.counts == "bonus" else "　一票否决"
    return Line(f"  {item.id}　{item.title}　每期：{item.per}　{item.requirement}{mark}{points}{kind}")
