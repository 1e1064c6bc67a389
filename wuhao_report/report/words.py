"""An assessment → the names a template may use: every value already text, list, or yes/no."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from wuhao_report.core.numbers import MISSING, apportion, half_up, number_text, percent_text, score_text
from wuhao_report.core.periods import ONE_DAY, Period, Span
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.core.text import chinese_date, evidence_key
from wuhao_report.evaluation.assessment import makeable
from wuhao_report.evaluation.results import Assessment, HeadResult, IndicatorResult, PeriodResult
from wuhao_report.evaluation.submission import Submission
from wuhao_report.measures.stocks import Stock
from wuhao_report.report.chinese_style import (
    cell_text,
    chinese_number,
    clause,
    due_text,
    evidence_text,
    joined_with_and,
    numbered,
    own_paragraphs,
    run_on,
    title_lines,
)
from wuhao_report.report.phrases import LEAD_END, WAITING, Phrases, deductions
from wuhao_report.report.tasks import sentence, tasks
from wuhao_report.scheme import model as s
from wuhao_report.scheme.describe import award_text, coefficient_text, grades_text
from wuhao_report.scheme.placeholders import fill

Context = dict[str, Any]
FINDINGS = {"达标": "达标", "未达标": "未达标", "缺数据": "资料暂缺", "进行中": "尚未完成", "不适用": "不适用"}
PROGRESS = {"达标": "已达到", "未达标": "滞后", "缺数据": "资料暂缺", "进行中": "按期推进", "不适用": "不适用"}
STILL_RUNNING = "本期尚未到期"
"""Said of what is reached so far and has a period still running."""
PENALISED = "有扣分事项"
"""Said of what is reached and loses points by a penalty."""
FRAME_LENGTH = 500
"""About what the fixed words of a template add to the body."""
TELLING = (4, 3, 2, 1)

@dataclass(frozen=True, eq=False)
class _Mending:
    """The sheet 问题整改: rows by indicator, and those that stand for themselves."""

    rows: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, submission: Submission) -> _Mending:
        sheet = submission.scheme.by_use["mending"]
        table = submission.tables[sheet.name]
        roles = ("problem", "indicator", "measure", "person", "deadline", "state")
        columns = {role: table.columns[sheet.role(role) or ""] for role in roles}
        return cls(tuple({role: columns[role][index] for role in roles} for index in range(len(table.rows))))

    def about(self, indicator: s.Indicator) -> list[Mapping[str, Any]]:
        return [row for row in self.rows if row["indicator"] == indicator.id]

    def others(self, ids: Iterable[str]) -> list[Mapping[str, Any]]:
        named = set(ids)
        return [row for row in self.rows if row["indicator"] not in named]


def measure_text(row: Mapping[str, Any]) -> str:
    """A measure with who, until when and how far: 每学期召开会议（责任人：李测试；完成时限：2019年3月底；整改中）."""
    notes = [f"责任人：{row['person']}" if row["person"] else "", f"完成时限：{row['deadline']}" if row["deadline"] else "",
             row["state"] or ""]
    told = "；".join(note for note in notes if note)
    return clause(row["measure"]) + (f"（{told}）" if told else "")


class ReportWords:
    """Builds the context of one report."""

    def __init__(self, submission: Submission, assessment: Assessment) -> None:
        self.submission, self.assessment = submission, assessment
        self.scheme, self.clock = submission.scheme, assessment.clock
        self.mending = _Mending.of(submission)
        self._known_phrases: dict[str, Phrases] = {}
        sheet = self.scheme.by_use["evidence"]
        listing = submission.tables[sheet.name]
        self._registered = {evidence_key(name) for name in listing.columns[sheet.role("id") or ""]} if listing.usable else None

    def _phrases(self, item: IndicatorResult) -> Phrases:
        found = self._known_phrases.get(item.indicator.id)
        if found is None:
            found = self._known_phrases[item.indicator.id] = Phrases(self.scheme, self.assessment, item)
        return found

    def context(self) -> Context:
        """All the names of NAMES."""
        attachments = self._attachments()
        return {
            **self._head(), **self._numbers(), **self._texts(), **self._years(), **self._problems(), **self._differences(),
            **self._tasks(), **self._overview(), **self._points(), **attachments,
            "各方面": self.heads(max(item.telling for item in self.scheme.indicators)),
            "图表": {"各方面达标": self._heads_chart(), "年度对比": self._years_chart()},
            "争取目标": self._stretches(), "节点": self._milestones(),
            "附件号": self._attachment_numbers(attachments),
        }

    def _head(self) -> Context:
        scheme, stage, clock, phase = self.scheme, self.assessment.stage, self.clock, self.assessment.phase
        unit = self.submission.profile_role("unit") or "【待补：单位名称】"
        superior = self.submission.profile_role("superior") or "【待补：主送机关】"
        name = stage.report if clock.in_time else "进度自查报告"
        parts = [fill(part, {"单位名称": unit, "报告名称": name}) for part in scheme.report_title.split("|")]
        basis = self.submission.profile_role("basis")
        return {
            "单位名称": unit, "工作簿": self.submission.file, "主送机关": superior.rstrip("：:"), "自称": scheme.self_name, "标题": "".join(parts),
            "标题行": title_lines(parts), "报告名称": name, "阶段": stage.title, "阶段名": phase.title,
            "起始日": chinese_date(phase.span.start), "期末日": chinese_date(phase.span.end), "截至日": chinese_date(clock.as_of),
            "成文日期": chinese_date(clock.report_date), "进度自查": not clock.in_time,
            "依据": clause(re.sub(r"\s*\n\s*", "、", basis)) if basis else joined_with_and(scheme.basis),
            "创建名称": scheme.campaign, "计分说明": scheme.scoring_note, "方案说明": scheme.note,
        }

    def _numbers(self) -> Context:
        found = self.assessment
        counts = {status: len(found.with_status(status)) for status in FINDINGS}  # type: ignore[arg-type]
        days = Span(self.clock.phase.start, self.clock.as_of).days
        rate = Fraction(counts["达标"], found.applicable) if found.applicable else Fraction(0)
        return {
            "总评": found.status, "指标总数": str(len(found.indicators)), "适用数": str(found.applicable),
            "达标数": str(counts["达标"]), "未达标数": str(counts["未达标"]), "暂缺数": str(counts["缺数据"]),
            "进行中数": str(counts["进行中"]), "不适用数": str(counts["不适用"]), "达标率": percent_text(rate),
            "参考得分": score_text(found.score), "有得分": found.score is not None, "计分数": str(found.scored),
            "计分过半": 2 * found.scored >= found.applicable, **_lead(rate, Fraction(days, self.clock.phase.days)),
            "时间进度": percent_text(Fraction(days, self.clock.phase.days)), "已过天数": str(days),
            "全程天数": str(self.clock.phase.days),
        }

    def _texts(self) -> Context:
        sheet = self.scheme.by_use["texts"]
        names = {"单位概况": "overview", "自查组织情况": "process", "特色亮点": "highlights", "存在不足": "shortcomings",
                 "下一步打算": "plans"}
        columns = {name: sheet.role(role) or name for name, role in names.items()}
        return {name: own_paragraphs(self.submission.texts.get(column), column) for name, column in columns.items()}

    def _figure_text(self, figure: s.Figure, value: Fraction | bool | None) -> str:
        return MISSING if value is None else number_text(Fraction(value)) + figure.unit

    def _years(self) -> Context:
        figures = self.assessment.figures
        latest = {item.figure.id: self._figure_text(item.figure, item.readings[-1][1].value if item.readings else None) for item in figures}
        profile = fill(self.scheme.profile_text, {
            **latest, "截至日": chinese_date(self.clock.as_of), "自称": self.scheme.self_name})
        yearly = [item for item in figures if item.figure.table and item.figure.per == "年"]
        rows = [{
            "名称": f"{item.figure.title}（{item.figure.unit}）",
            "数": [MISSING if reading.value is None else number_text(Fraction(reading.value)) for _, reading in item.readings],
        } for item in yearly]
        years = [period.label for period, _ in yearly[0].readings] if yearly else []
        last = yearly[0].readings[-1][0] if yearly and yearly[0].readings else None
        return {"基本数据": profile, "年度说明": self._so_far(last) if last else "", "年度表": {"年份": years, "行": rows}, "变化": self._changes()}

    def _changes(self) -> list[str]:
        """Each figure of the last year against the year before; rise and fall are told only of years equally long."""
        found: dict[str, list[str]] = {"up": [], "same": [], "both": [], "down": []}
        for item in self.assessment.figures:
            known = [(period, reading.value) for period, reading in item.readings if reading.value is not None]
            if not item.figure.table or len(known) < 2:
                continue
            (before, old), (after, now) = known[-2:]
            days = Span(after.span.start, self.clock.at(after)).days
            alike = isinstance(item.figure.measure, Stock) or 10 * min(days, before.span.days) >= 9 * max(days, before.span.days)
            kind = "both" if not alike else "up" if now > old else "down" if now < old else "same"
            found[kind].append(fill(self.scheme.wording["change"][kind], {
                "名称": item.figure.title, "前期": before.label, "前值": self._figure_text(item.figure, old),
                "后期": after.label, "后值": self._figure_text(item.figure, now)}))
        told = found["up"] + found["both"] + found["down"]
        return told if len(told) > 2 else found["up"] + found["same"] + found["both"] + found["down"]

    def _heads_chart(self) -> Context:
        heads = self.assessment.heads
        return {"类别": [head.head.title for head in heads], "系列": [
            {"名称": "适用指标", "数": [sum(item.status != "不适用" for item in head.indicators) for head in heads]},
            {"名称": "达标指标", "数": [sum(item.status == "达标" for item in head.indicators) for head in heads]}]}

    def _years_chart(self) -> Context:
        """The figures a scheme has marked for the chart, a series a year; empty where there is none."""
        chosen = [item for item in self.assessment.figures if item.figure.chart and item.figure.per == "年"]
        if not chosen:
            return {}
        periods = [period for period, _ in chosen[0].readings]
        return {"类别": [f"{item.figure.title}（{item.figure.unit}）" for item in chosen], "系列": [{
            "名称": period.label,
            "数": [None if (value := item.readings[at][1].value) is None else float(value) for item in chosen],
        } for at, period in enumerate(periods)]}

    def _so_far(self, period: Period) -> str:
        """2024年数据截至6月18日, while the year still runs; else nothing."""
        at = self.clock.at(period)
        return "" if at == period.span.end else f"{period.label}数据截至{at.month}月{at.day}日"

    def _stretches(self) -> list[str]:
        found = []
        for item in self.assessment.indicators:
            stretch, readings = item.indicator.stretch, [period.reading.value for period in item.finished]
            if stretch and readings and all(value is not None and stretch.target.met(value) for value in readings):
                found.append(stretch.text)
        return found

    def _milestones(self) -> list[Context]:
        found = []
        begins = self.clock.phase.start
        for mark in self.scheme.milestones:
            own_phase = [phase for phase in self.scheme.phases if phase.span.start <= mark.until]
            if not own_phase or own_phase[-1] is not self.assessment.phase:
                continue
            passed, begun = mark.until <= self.clock.as_of, (mark.since or begins) <= self.clock.as_of
            begins = mark.until + ONE_DAY
            state = "已到期" if passed else "进行中" if begun else "尚未到期"
            found.append({"时间": mark.when, "内容": mark.text, "状态": state,
                          "实绩": self._happened(mark) if begun and mark.happened else ""})
        return found

    def _happened(self, mark: s.Milestone) -> str:
        values = {}
        for item in self.assessment.figures:
            fitting = [value for period, value in item.readings if period.year == mark.until.year]
            values[item.figure.id] = self._figure_text(item.figure, fitting[-1].value if fitting else None)
        return fill(mark.happened, values)

    # Heads

    def heads(self, telling: int) -> list[Context]:
        """The heads with their achievements down to `telling`; what is less telling is counted."""
        return [self._head_words(number, head, telling) for number, head in enumerate(self.assessment.heads, 1)]

    def _head_words(self, number: int, head: HeadResult, telling: int) -> Context:
        applicable = [item for item in head.required if item.status != "不适用"]
        unreached = [item for item in applicable if item.status != "达标"]
        partly = [item for item in applicable if item.status == "达标" and item.lacking]
        counts = {word: sum(PROGRESS[item.status] == word for item in head.required) for word in PROGRESS.values()}
        return {
            "序号": chinese_number(number), "标题": head.head.title, "状态": head.status, "适用数": str(len(applicable)),
            "达标数": str(sum(item.status == "达标" for item in applicable)), "达标段": self._achievements(applicable, telling),
            "问题": [self._problem_of(item) for item in (*unreached, *partly)],
            "得分": score_text(head.score), "满分": score_text(head.full), "等次": head.grade or "",
            **{word: str(count) for word, count in counts.items()}, "合计": str(len(head.required)),
        }

    def _achievements(self, results: list[IndicatorResult], telling: int) -> list[str]:
        """One or two paragraphs, the most telling first; what is dropped for length is counted."""
        met = [item for item in results if item.status == "达标"]
        met.sort(key=lambda item: item.indicator.telling)
        told = [item for item in met if item.indicator.telling <= telling]
        first = self._sentences(item for item in told if item.indicator.telling <= 3)
        rest = self._sentences(item for item in told if item.indicator.telling > 3)
        if len(met) > len(told):
            rest.append(f"{'其余' if told else ''}{len(met) - len(told)}项指标已达标，详见附件1")
        return [paragraph for group in (first, rest) if (paragraph := run_on(group))]

    def _sentences(self, results: Iterable[IndicatorResult]) -> list[str]:
        """Clauses of what was reached; those that begin with the same words of time are said in one."""
        by_lead: dict[str, list[str]] = {}
        for item in results:
            lead, rest = self._phrases(item).met()
            by_lead.setdefault(lead or f"{LEAD_END}{item.indicator.id}", []).append(clause(rest))
        return [("" if lead.startswith(LEAD_END) else lead) + "，".join(told) for lead, told in by_lead.items()]

    def _problem_of(self, item: IndicatorResult) -> Context:
        lacking = item.lacking or tuple(leaf for leaf in item.leaves if leaf.waits)
        told = "；".join(text for leaf in lacking for text in self._phrases(leaf).unreached)
        later = item.status == "达标"
        waits = item.waits and not item.lacking
        exception = WAITING if waits else STILL_RUNNING if item.open else PENALISED
        return {"指标": item.indicator.title, "结果": exception if later or waits else FINDINGS[item.status],
                "进展": exception if later or waits else PROGRESS[item.status], "说明": told or "尚未到评定期"}

    # Problems and measures

    def _open_items(self) -> list[IndicatorResult]:
        return [item for item in self.assessment.indicators if item.lacking]

    def _remedy(self, item: IndicatorResult) -> str:
        """The committee's own measures, else the scheme's, told by whether it can still be made up."""
        own = self.mending.about(item.indicator)
        if own:
            return "；".join(measure_text(row) for row in own)
        return "；".join(dict.fromkeys(self._remedy_of(leaf) for leaf in item.lacking))

    def _remedy_of(self, item: IndicatorResult) -> str:
        open_periods = [one for one in item.periods if one.met is not True]
        still = [one for one in open_periods if makeable(self.scheme, item, one, self.clock.report_date)]
        blank = [one for one in still if one.met is None and one.finished]
        phrases = self._phrases(item)
        if blank and len(blank) == len(open_periods):
            return self._fill_in(item)
        return phrases.remedy(still or open_periods, late=not still)

    @staticmethod
    def _fill_in(item: IndicatorResult) -> str:
        return f"尽快补报{item.indicator.title}有关资料"

    def _problems(self) -> Context:
        entries = []
        for item in self._open_items():
            detail = self._problem_of(item)
            own = "；".join(clause(row["problem"]) for row in self.mending.about(item.indicator))
            running = item.status in ("达标", "进行中")
            told = (self._phrases(item).so_far if running and item.open else "") + clause(detail["说明"])
            told += f"（自查说明：{own}）" if own else ""
            entries.append({"说明": told, "措施": clause(self._remedy(item)), "结果": detail["结果"]})
        for row in self.mending.others(item.indicator.id for item in self._open_items()):
            entries.append({"说明": clause(row["problem"]), "措施": measure_text(row), "结果": "自查发现"})
        return {"问题": numbered(entries), "有问题": bool(entries)}

    def _differences(self) -> Context:
        """滞后 that can be made up, 已不可补, 资料暂缺, and the problems of the sheet that belong to none of them."""
        lists: dict[str, list[Context]] = {"可补": [], "不可补": [], "暂缺": [], "其他问题": []}
        named = []
        for item in self.assessment.indicators:
            if item.status not in ("未达标", "缺数据") and not item.penalised:
                continue
            named.append(item.indicator.id)
            sorted_out: dict[str, list[tuple[IndicatorResult, list[PeriodResult]]]] = {"可补": [], "不可补": [], "暂缺": []}
            for leaf in item.lacking:
                for name, periods in self._sorted_out(leaf).items():
                    sorted_out[name] += [(leaf, periods)] if periods else []
            for name, found in sorted_out.items():
                lists[name] += [self._difference(item, name, found)] if found else []
        for row in self.mending.others(named):
            lists["其他问题"].append({"说明": clause(row["problem"]), "措施": measure_text(row)})
        return {name: numbered(entries) for name, entries in lists.items()}

    def _sorted_out(self, leaf: IndicatorResult) -> dict[str, list[PeriodResult]]:
        failed = [one for one in leaf.finished if one.met is False]
        still = [one for one in failed if makeable(self.scheme, leaf, one, self.clock.report_date)]
        return {"可补": still, "不可补": [one for one in failed if one not in still], "暂缺": [one for one in leaf.finished if one.met is None]}

    def _difference(self, item: IndicatorResult, name: str, found: list[tuple[IndicatorResult, list[PeriodResult]]]) -> Context:
        own = self.mending.about(item.indicator)
        told, measures = [], []
        for leaf, periods in found:
            phrases = self._phrases(leaf)
            told += [phrases.no_data([one.period for one in periods])] if name == "暂缺" else phrases.failures(periods)
            measures.append(self._fill_in(leaf) if name == "暂缺" else phrases.remedy(periods, late=name == "不可补"))
        measure = "；".join(measure_text(row) for row in own) if own else "；".join(measures)
        return {"指标": item.indicator.title, "说明": clause("；".join(told)), "措施": clause(measure),
                "原因": clause("；".join(clause(row["problem"]) for row in own))}

    def _tasks(self) -> Context:
        found = tasks(self.submission, self.assessment)
        rows = [{"序号": str(number), "任务": clause(sentence(task, places=False)), "指标": task.result.indicator.title, "时限": due_text(task.due)}
                for number, task in enumerate(found, 1)]
        urgent = [row for row, task in zip(rows, found, strict=True) if task.urgent][:8]
        return {"近期任务": numbered([{"任务": row["任务"], "时限": row["时限"]} for row in urgent]), "任务表": rows, "任务数": str(len(rows))}

    # Attachments

    def _overview(self) -> Context:
        """附件1: points with two decimals, apportioned so that every column adds up to its printed total."""
        heads = self.assessment.heads
        scored = [head for head in heads if head.score is not None and head.full is not None]
        raw_full = sum((head.full or Fraction(0) for head in scored), Fraction(0))
        raw_score = sum((head.score or Fraction(0) for head in scored), Fraction(0))
        fulls = dict(zip((head.head.id for head in scored), apportion(
            [head.full or Fraction(0) for head in scored], half_up(raw_full, 2)), strict=True))
        scores = dict(zip((head.head.id for head in scored), apportion(
            [head.score or Fraction(0) for head in scored], half_up(raw_score, 2)), strict=True))
        table = []
        for head in heads:
            items = [item for item in head.required if item.full is not None]
            full_texts, score_texts = {}, {}
            if head.head.id in fulls:
                full_parts, score_parts = _printed_points(items, fulls[head.head.id], scores[head.head.id])
                full_texts = {item.indicator.id: format(part, "f") for item, part in zip(items, full_parts, strict=True)}
                score_texts = {item.indicator.id: format(part, "f") for item, part in zip(items, score_parts, strict=True)}
            table.append({
                "标题": head.head.title,
                "行": [self._overview_row(item, full_texts, score_texts) for item in head.indicators],
                "分值": format(fulls[head.head.id], "f") if head.head.id in fulls else "—",
                "自评分": format(scores[head.head.id], "f") if head.head.id in scores else "—",
                "考评分": _assessed_sum(items),
            })
        return {"一览表": table, "合计行": self._totals(raw_full, raw_score, bool(scored))}

    def _totals(self, full: Fraction, score: Fraction, scored: bool) -> list[Context]:
        """The rows below the heads: the sum, then what becomes of it: the factor, the scale, the bonus apart."""
        found, whole = self.assessment, self.scheme.full
        items = [item for item in found.indicators if item.full is not None]
        rows = [{"名称": "合计", "分值": score_text(full) if scored else "—", "自评分": score_text(score) if scored else "—",
                 "考评分": _assessed_sum(items)}]
        if full and full != whole:
            scaled = score * whole / full
            assessed = "" if found.assessed is None else score_text(found.assessed)
            rows.append({"名称": f"折算为{number_text(whole)}分", "分值": score_text(whole), "自评分": score_text(scaled), "考评分": assessed})
        if scored and found.factor is not None:
            rows.append({"名称": f"{found.factor.coefficient.title}（{number_text(found.factor.factor)}）后总分", "分值": score_text(whole),
                         "自评分": score_text(found.score), "考评分": ""})
        if found.bonus is not None:
            rows.append({"名称": "加分（在总分之外）", "分值": "—", "自评分": f"+{score_text(found.bonus)}", "考评分": ""})
        return rows

    def _overview_row(self, item: IndicatorResult, fulls: Mapping[str, str], scores: Mapping[str, str]) -> Context:
        indicator = item.indicator
        finding = FINDINGS[item.status]
        full, score = fulls.get(indicator.id, "—"), scores.get(indicator.id, "—")
        if indicator.counts == "bonus":
            finding, full, score = "加分项", "加分", f"+{score_text(item.bonus or Fraction(0))}"
        elif indicator.counts == "veto":
            finding, full = "一票否决" if item.barred else finding, "否决项"
        elif item.waits:
            finding = WAITING
        return {
            "序号": indicator.id, "指标": indicator.title, "要求": indicator.requirement,
            "完成情况": self._phrases(item).progress(), "结果": finding,
            "进展": finding if indicator.counts == "bonus" or item.barred or item.waits else PROGRESS[item.status],
            "分值": full, "自评分": score, "考评分": score_text(item.assessed_score) if item.assessed_score is not None else "",
            "扣分理由": self._reasons(item), "佐证编号": self._proofs(item.evidence),
        }

    def _reasons(self, item: IndicatorResult) -> str:
        """Why points were lost: as computed, then what the assessor says."""
        told = [entry.text for entry in deductions(self.scheme, self.assessment, item)] if self.scheme.by_points else []
        if item.assessed and item.assessed.score is not None and item.assessed.reason:
            told.append(f"考评：{clause(item.assessed.reason)}")
        return "；".join(told)

    def _points(self) -> Context:
        """What the conclusion says of the points: score, grade, bonus, factor, what bars, the assessor's total."""
        found = self.assessment
        barred = [clause("；".join(self._phrases(item).unreached)) for item in found.barred]
        waiting = [item.indicator.title for item in found.indicators if item.waits]
        bonuses = [{"指标": item.indicator.title, "说明": clause("".join(self._phrases(item).met())), "加分": number_text(item.bonus)}
                   for item in found.bonuses if item.bonus]
        factor = found.factor
        return {
            "自定分值": found.by_points, "满分": number_text(self.scheme.full), "等次": found.grade or "", "加分项": bonuses,
            "加分": number_text(found.bonus) if found.bonus else "", "否决": barred, "待评": "、".join(waiting),
            "系数说明": "" if factor is None or factor.factor == 1 else f"{factor.coefficient.title}{number_text(factor.factor)}",
            "考评等次": found.assessed_grade or "", "应计分数": str(sum(item.indicator.counts == "score" and item.status != "不适用" for item in found.indicators)),
            "考评总分": score_text(found.assessed) if found.assessed is not None else "",
        }

    def _proofs(self, ids: Sequence[str]) -> str:
        """Evidence numbers for a cell, those that are registered: a typing error does not go to the superior."""
        return evidence_text([name for name in ids if self._registered is None or evidence_key(name) in self._registered])

    def _attachments(self) -> Context:
        sheet = self.scheme.by_use.get("activities")
        heads = {"老同志": (sheet and sheet.role("elders")) or "参加人次", "青少年": (sheet and sheet.role("young")) or "惠及人次"}
        return {"活动栏目": heads, "活动表": self._activities(), "佐证表": self._evidence(), "口径表": self._definitions()}

    def _activities(self) -> list[Context]:
        sheet = self.scheme.by_use.get("activities")
        if sheet is None:
            return []
        table = self.submission.tables[sheet.name]
        columns = {role: table.columns.get(sheet.role(role) or "", [None] * len(table.rows))
                   for role in ("date", "title", "kind", "elders", "young", "evidence")}
        counted = [index for index, day in enumerate(columns["date"]) if self.clock.phase.start <= day <= self.clock.as_of]
        counted.sort(key=lambda index: columns["date"][index])
        return [{
            "序号": str(number), "日期": columns["date"][index].isoformat(), "名称": columns["title"][index],
            "类别": columns["kind"][index] or "—", "老同志": cell_text(columns["elders"][index]),
            "青少年": cell_text(columns["young"][index]), "佐证编号": self._proofs(columns["evidence"][index] or ()),
        } for number, index in enumerate(counted, 1)]

    def _evidence(self) -> list[Context]:
        sheet = self.scheme.by_use["evidence"]
        table = self.submission.tables[sheet.name]
        columns = {role: table.columns.get(sheet.role(role) or "", [None] * len(table.rows))
                   for role in ("id", "title", "date", "file")}
        return [{
            "序号": str(number + 1), "编号": columns["id"][number], "名称": columns["title"][number],
            "日期": day.isoformat() if (day := columns["date"][number]) else "—", "文件": columns["file"][number] or "—",
        } for number in range(len(table.rows))]

    def _definitions(self) -> list[Context]:
        """How the indicators are counted: the conventions, or in a scheme with points of its own all of them."""
        used = [item for item in self.scheme.indicators if item.convention or self.scheme.by_points]
        rows = [(f"{item.id}{item.title}", item.definition or _derived_definition(item)) for item in used]
        rows += [(item.title, coefficient_text(item)) for item in self.scheme.scoring.coefficients]
        if self.scheme.scoring.grades:
            rows.append(("等次", grades_text(self.scheme)))
        return [{"序号": str(number), "指标": title, "口径": text} for number, (title, text) in enumerate(rows, 1)]

    def _attachment_numbers(self, attachments: Context) -> dict[str, str]:
        present = {"一览": True, "活动": bool(attachments["活动表"]), "佐证": bool(attachments["佐证表"]), "口径": True, "任务": True}
        numbers, last = {}, 0
        for name, there in present.items():
            last += there
            numbers[name] = str(last) if there else ""
        return numbers


def _derived_definition(item: s.Indicator) -> str:
    kind = {"score": "", "bonus": "加分项", "veto": "一票否决项"}[item.counts]
    return "；".join(part for part in (kind, clause(item.requirement), award_text(item)) if part) + "。"


def _assessed_sum(items: Sequence[IndicatorResult]) -> str:
    """The sum of the assessor's scores of the indicators that are scored; nothing until all of them have one."""
    given = [item.assessed_score for item in items if item.assessed_score is not None]
    return score_text(sum(given, Fraction(0))) if items and len(given) == len(items) else ""


def _printed_points(items: Sequence[IndicatorResult], full: Decimal, score: Decimal) -> tuple[list[Decimal], list[Decimal]]:
    """Points and marks of one head with two decimals: both add up, and who has reached everything has all the points."""
    marks = apportion([item.score or Fraction(0) for item in items], score)
    whole = [item.score == item.full for item in items]
    rest = [item.full or Fraction(0) for item, all_of_it in zip(items, whole, strict=True) if not all_of_it]
    left = full - sum((mark for mark, all_of_it in zip(marks, whole, strict=True) if all_of_it), Decimal(0))
    parts = iter(apportion(rest, left))
    return [mark if all_of_it else next(parts) for mark, all_of_it in zip(marks, whole, strict=True)], marks


def _lead(reached: Fraction, elapsed: Fraction) -> Context:
    """How far the indicators are ahead of time, in percentage points."""
    points = number_text(abs(reached - elapsed) * 100, 1)
    return {"进度差": f"{points}个百分点", "进度领先": reached >= elapsed}


OWN_TEXTS = ("单位概况", "自查组织情况", "特色亮点", "存在不足", "下一步打算")


def body_length(context: Context) -> int:
    """About how many characters the body of the report has."""
    own = sum(len(text) for name in OWN_TEXTS for text in context[name])
    heads = sum(len("".join(head["达标段"])) + sum(len(item["说明"]) + 12 for item in head["问题"]) for head in context["各方面"])
    problems = sum(len(item["说明"]) + len(item["措施"]) + 8 for item in context["问题"])
    return own + heads + problems + len(context["基本数据"]) + FRAME_LENGTH


def report_context(submission: Submission, assessment: Assessment) -> tuple[Context, tuple[Problem, ...]]:
    """The names of a report within the scheme's body limit, and the problems of the secretary's own texts.

    Only computed achievements give way to the limit; the secretary's text is never cut, a warning says it is too long.
    """
    limit = submission.scheme.body_limit
    words = ReportWords(submission, assessment)
    context = words.context()
    for telling in TELLING:
        if body_length(context) <= limit:
            break
        context["各方面"] = words.heads(telling)
    return context, _text_problems(submission, context, limit)


def _text_problems(submission: Submission, context: Context, limit: int) -> tuple[Problem, ...]:
    sheet = submission.scheme.by_use["texts"]
    found = []
    lengths = {}
    for role in ("overview", "process", "highlights", "shortcomings", "plans"):
        column = sheet.role(role) or ""
        at = submission.places.get((sheet.name, column))
        text = submission.texts.get(column)
        if not text:
            found.append(problem("text-missing", at or At(sheet.name), column=column))
        else:
            lengths[column] = len(text)
    total = body_length(context)
    if total > limit and lengths and sum(lengths.values()) > limit // 3:
        longest = max(lengths, key=lambda name: lengths[name])
        found.append(problem("text-too-long", submission.places[sheet.name, longest], column=longest,
                             count=lengths[longest], total=total, limit=limit))
    return tuple(found)

