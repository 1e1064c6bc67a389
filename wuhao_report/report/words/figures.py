"""The figures of a scheme in words: the profile, the years side by side and against each other, what goes beyond, the milestones."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from wuhao_report.core.numbers import MISSING, number_text
from wuhao_report.core.periods import ONE_DAY, Period, Span
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.core.text import chinese_date
from wuhao_report.evaluation.results import FigureResult
from wuhao_report.measures.counting import Count, Sum
from wuhao_report.measures.facts import Reading
from wuhao_report.measures.stocks import Stock
from wuhao_report.report.chinese_style import clause
from wuhao_report.report.words.basis.material import Material, Values, sheet_rows
from wuhao_report.report.words.people import leaders
from wuhao_report.scheme import model as s
from wuhao_report.scheme.placeholders import fill, placeholders, without_blank_parts

UNANSWERED = "完成情况未填写"
"""Said of a milestone of which nothing is known."""
TOGETHER = "合计"
"""Heads the column of a figure over the whole phase."""


def figures(material: Material) -> Values:
    """Return the values of the group 基本数据和年度数据."""
    yearly = [item for item in material.assessment.figures if item.figure.table and item.figure.per == "年"]
    yearly = [item for item in yearly if any(reading.value is not None for _, reading in item.readings)]
    several = bool(yearly) and len(yearly[0].readings) > 1
    rows = [
        {
            "名称": f"{item.figure.title}（{item.figure.unit}）",
            "数": [*(_figure_text(reading) for _, reading in item.readings), *([_together(item)] if several else [])],
        }
        for item in yearly
    ]
    years = [_year_label(material, period) for period, _ in yearly[0].readings] if yearly else []
    last = yearly[0].readings[-1][0] if yearly and yearly[0].readings else None
    moved, fallen = _changes(material)
    return {
        "班子": leaders(material),
        "基本数据": _profile(material),
        "年度表": {"年份": [*years, *([TOGETHER] if several else [])], "行": rows if len(rows) > 1 else []},
        "年度说明": _so_far(material, last) if last else "",
        "变化": moved,
        "减少": fallen,
        "争取目标": _stretches(material),
        "节点": _milestones(material),
    }


def years_chart(material: Material) -> Values:
    """Return the figures a scheme has marked for the chart, a series a year; empty where they show no difference, or are not equally long."""
    marked = (item for item in material.assessment.figures if item.figure.chart and item.figure.per == "年")
    chosen = [item for item in marked if any(reading.value is not None for _, reading in item.readings)]
    spans = [Span(period.span.start, material.clock.at(period)).days for period, _ in chosen[0].readings] if chosen else [0]
    if 10 * min(spans) < 9 * max(spans) or not any(
        len({reading.value for _, reading in item.readings if reading.value is not None}) > 1 for item in chosen
    ):
        return {}
    periods = [period for period, _ in chosen[0].readings]
    return {
        "类别": [f"{item.figure.title}（{item.figure.unit}）" for item in chosen],
        "系列": [
            {
                "名称": period.label,
                "数": [None if (value := item.readings[at][1].value) is None else float(value) for item in chosen],
            }
            for at, period in enumerate(periods)
        ],
    }


def _figure_text(reading: Reading | None, unit: str = "") -> str:
    """Return a figure with its unit; a sum of which some rows state no number says of how many it is."""
    if reading is None or reading.value is None:
        return MISSING
    return number_text(Fraction(reading.value)) + unit + _of_how_many(reading)


def _of_how_many(reading: Reading) -> str:
    return of_how_many(*(reading.stated or (0, 0)))


def of_how_many(stated: int, rows: int) -> str:
    """Return （3条中2条有数）, where some rows state no number."""
    return f"（{rows}条中{stated}条有数）" if stated < rows else ""


def together(item: FigureResult) -> tuple[Fraction | None, str]:
    """Return a figure over the whole phase where it counts or adds up, and of how many rows it is where some state no number.

    None of a state of things, or where nothing is known.
    """
    known = [reading for _, reading in item.readings if reading.value is not None]
    if not known or not isinstance(item.figure.measure, Count | Sum):
        return None, ""
    stated, rows = (sum(one.stated[at] for _, one in item.readings if one.stated) for at in (0, 1))
    return sum((Fraction(one.value or 0) for one in known), Fraction(0)), of_how_many(stated, rows)


def _together(item: FigureResult) -> str:
    value, partial = together(item)
    return "—" if value is None else number_text(value) + partial


def _year_label(material: Material, period: Period) -> str:
    """2023年（6月起）, where the phase begins within the year."""
    start = material.assessment.phase.span.start
    whole = period.year != start.year or (start.month, start.day) == (1, 1)
    return period.label if whole else f"{period.label}（{start.month}月起）"


def _profile(material: Material) -> str:
    """The scheme's sentence on the committee, with the last reading of each figure."""
    latest = {
        item.figure.id: _figure_text(item.readings[-1][1], item.figure.unit) + _unstated(material, item)
        if item.readings and item.readings[-1][1].value is not None
        else ""
        for item in material.assessment.figures
    }
    values = {**latest, "截至日": chinese_date(material.clock.as_of), "自称": material.scheme.self_name}
    return without_blank_parts(material.scheme.spoken(material.scheme.profile_text), values, MISSING)


def _unstated(material: Material, item: FigureResult) -> str:
    """（4人未填政治面貌）: of how many people on the roll the column is empty by which a figure counts some of them."""
    measure = item.figure.measure
    sheet = material.scheme.layout.by_name.get(measure.sheet) if isinstance(measure, Stock) else None
    if not isinstance(measure, Stock) or sheet is None or sheet.form != "roll" or not item.readings:
        return ""
    day = material.clock.at(item.readings[-1][0])
    name, start, end = (material.submission.values(sheet.name, sheet.role(role)) for role in ("name", "start", "end"))
    for column in (condition.column for condition in measure.where):
        cells = material.submission.values(sheet.name, column)
        blank = sum(
            value in (None, ()) and known and begun and begun <= day and (gone is None or gone >= day)
            for value, known, begun, gone in zip(cells, name, start, end, strict=True)
        )
        if blank and sheet.by_name[column].type not in ("flag", "choices"):
            return f"（{blank}{item.figure.unit}未填{column}）"
    return ""


def _so_far(material: Material, period: Period) -> str:
    """2024年截至6月18日, while the year still runs; else nothing."""
    at = material.clock.at(period)
    return "" if at == period.span.end else f"{period.label}截至{at.month}月{at.day}日"


def _latest(material: Material, period: Period) -> str:
    """目前, while a year still runs; 2024年底."""
    return f"{period.label}底" if material.clock.at(period) == period.span.end else "目前"


def _changes(material: Material) -> tuple[list[str], list[str]]:
    """Each figure of work of the last year against the year before, and apart from them those that fell; only of years equally long."""
    kinds: dict[str, list[tuple[str, str]]] = {"up": [], "same": [], "both": [], "down": []}
    for item in material.assessment.figures:
        known = [(period, reading) for period, reading in item.readings if reading.value is not None]
        if item.figure.table and item.figure.work and len(known) > 1:
            kind, compared, text = _change(material, item, *known[-2:])
            kinds[kind].append((compared, text))
    moved = kinds["up"] if len(kinds["up"]) > 2 else kinds["up"] + kinds["same"]
    named = {compared for compared, _ in moved}
    return _compared(moved), _compared([("" if compared in named else compared, text) for compared, text in kinds["down"]])


_At = tuple[Period, Reading]
"""A period and what is counted in it."""


def _change(material: Material, item: FigureResult, earlier: _At, later: _At) -> tuple[str, str, str]:
    """Return whether a figure rose or fell, which years are compared, and what is said of it."""
    (before, first), (after, last) = earlier, later
    stock = isinstance(item.figure.measure, Stock)
    days = Span(after.span.start, material.clock.at(after)).days
    alike = stock or 10 * min(days, before.span.days) >= 9 * max(days, before.span.days)
    old, now = first.value or 0, last.value or 0
    whole = not _of_how_many(first) and not _of_how_many(last)
    kind = "both" if not alike or not whole else "up" if now > old else "down" if now < old else "same"
    values = {
        "名称": item.figure.title,
        "前期": f"{before.label}底" if stock else _year_label(material, before),
        "前值": _figure_text(first, item.figure.unit),
        "后期": _latest(material, after) if stock else after.label,
        "后值": _figure_text(last, item.figure.unit),
    }
    wording = material.scheme.wording["change"]
    return kind, fill(wording["lead"], values), fill(wording[kind], values)


def _compared(changes: list[tuple[str, str]]) -> list[str]:
    """Return a clause for each pair of years: which are compared, then all that changed between them."""
    by_years: dict[str, list[str]] = {}
    for compared, text in changes:
        by_years.setdefault(compared, []).append(text)
    return [compared + "，".join(texts) for compared, texts in by_years.items()]


def _stretches(material: Material) -> list[str]:
    """What goes beyond the requirements, as the scheme says it."""
    texts = []
    for item in material.assessment.indicators:
        stretch, readings = item.indicator.stretch, [period.reading.value for period in item.finished]
        if stretch and readings and all(value is not None and stretch.target.met(value) for value in readings):
            texts.append(material.scheme.spoken(stretch.text))
    return texts


def _milestones(material: Material) -> list[Values]:
    """The milestones of the phase, how each stands, and what happened in its year."""
    rows = []
    as_of, begins = material.clock.as_of, material.clock.phase.start
    for mark in own_milestones(material):
        passed, begun = mark.until <= as_of, (mark.since or begins) <= as_of
        begins = mark.until + ONE_DAY
        rows.append(
            {
                "时间": mark.when,
                "内容": material.scheme.spoken(mark.text),
                "状态": "已到期" if passed else "进行中" if begun else "尚未到期",
                "实绩": _answer(material, mark) if begun else "",
            }
        )
    return rows


def own_milestones(material: Material) -> Iterator[s.Milestone]:
    """Yield the milestones of the phase that is reported, those after its end and before the next one among them."""
    for mark in material.scheme.milestones:
        begun = [phase for phase in material.scheme.phases if phase.span.start <= mark.until]
        if begun and begun[-1].title == material.assessment.phase.title:
            yield mark


def _answer(material: Material, mark: s.Milestone) -> str:
    """What was done about a milestone: its figures, and the documents that it asks for; 未填写 where nothing is known."""
    told = [_happened(material, mark)] if mark.happened else []
    told += [f"形成《{clause(title).strip('《》')}》" for title in _documents(material, mark)]
    return "，".join(text for text in told if text) or (UNANSWERED if mark.happened or mark.documents else "")


def _documents(material: Material, mark: s.Milestone) -> list[str]:
    """The titles of the evidence that a milestone asks for, by the words in them."""
    first = material.assessment.phase.span.start
    return [
        row["title"]
        for row in sheet_rows(material.submission, "evidence", ("title", "date"))
        if row["title"] and any(word in row["title"] for word in mark.documents) and (row["date"] is None or row["date"] >= first)
    ][:1]


def unanswered(material: Material, values: Values) -> tuple[Problem, ...]:
    """Return a warning for each milestone of which nothing is told."""
    sheet = material.scheme.by_use["evidence"].name
    return tuple(
        problem("milestone-unanswered", At(sheet), when=row["时间"], text=row["内容"], sheet=sheet)
        for row in values.get("节点", ())
        if row["实绩"] == UNANSWERED
    )


def _happened(material: Material, mark: s.Milestone) -> str:
    values = {}
    for item in material.assessment.figures:
        fitting = [reading for period, reading in item.readings if period.year == mark.until.year]
        known = fitting and fitting[-1].value is not None
        values[item.figure.id] = _figure_text(fitting[-1], item.figure.unit) if known else ""
    if not any(values[name] for name in placeholders(mark.happened)):
        return ""
    return clause(
        without_blank_parts(material.scheme.spoken(mark.happened), {name: text or MISSING for name, text in values.items()})
    )
