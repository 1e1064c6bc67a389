"""Two workbooks of one committee → what has been added, has gone or was changed, by content and not by place, and which indicators moved by it.

Rows that are the same but for their order are no change. Of the others, those that have most of their cells in common are taken for one row
that was changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from wuhao_report.core.errors import UnreadableWorkbook, WuhaoError
from wuhao_report.core.numbers import score_text
from wuhao_report.core.problems import At
from wuhao_report.evaluation.check import Outcome, check_book
from wuhao_report.evaluation.submission import Submission, find_sheets, raw_table
from wuhao_report.files.listing import Listed, listings
from wuhao_report.report.json_form import TOOL, number
from wuhao_report.report.words.basis.material import Material
from wuhao_report.scheme.model import Scheme
from wuhao_report.scheme.required_columns import indicator_columns
from wuhao_report.tables.rows import shown
from wuhao_report.tables.sheets import Sheet
from wuhao_report.workbook.reader import RawBook, read_book

Kind = Literal["新增", "删去", "改动"]
MOST_PAIRS = 200_000
"""So many pairs of rows are looked at for one that was changed; of more, every row is one that is new or has gone."""
ALIKE = 0.5
"""The share of cells that two rows have in common, at least, to be taken for one."""
MOST_SHOWN = 60
_Row = tuple[int, dict[str, str]]


class NotComparable(WuhaoError):
    """Two workbooks that cannot be compared."""


@dataclass(frozen=True)
class Changed:
    """One row, or one value: where it stands in the new workbook and where it stood in the old one, and its cells before and after."""

    sheet: str
    kind: Kind
    new_row: int | None
    old_row: int | None
    cells: tuple[tuple[str, str, str], ...]

    @property
    def text(self) -> str:
        """The cells in words."""
        if self.kind == "改动":
            return "；".join(f"{column}：{before or '（空）'}→{after or '（空）'}" for column, before, after in self.cells)
        return "，".join(f"{column}：{after or before}" for column, before, after in self.cells)


@dataclass(frozen=True)
class Moved:
    """An indicator whose result is another now, how far it was and is, and the changed sheets it reads."""

    id: str
    title: str
    before: str
    after: str
    progress_before: str
    progress_after: str
    sheets: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """What has changed between two workbooks; `units`, `dates`, `statuses` and `scores` are those of the old one and the new one."""

    units: tuple[str, str]
    dates: tuple[str, str]
    statuses: tuple[str, str]
    scores: tuple[Any, Any]
    changes: tuple[Changed, ...]
    moved: tuple[Moved, ...]
    reordered: tuple[str, ...]


def compare_workbooks(old: RawBook, new: RawBook, scheme: Scheme | None = None) -> Comparison:
    """Return what has changed from one workbook to the other, both judged by the same scheme.

    Raises NotComparable where they are of different schemes, or no scheme is known; UnreadableWorkbook.
    """
    before, after = check_book(old, scheme=scheme), check_book(new, scheme=scheme)
    was, now = before.submission, after.submission
    if was is None or now is None:
        raise UnreadableWorkbook((before if was is None else after).problems[0])
    if was.scheme.id != now.scheme.id:
        raise NotComparable("两个工作簿用的不是同一个指标体系，不能比较；可以用 --scheme 指定。")
    changes = [*_changed_values(was, now), *_changed_rows(old, new, now.scheme)]
    reordered = [change for change in changes if isinstance(change, str)]
    real = tuple(change for change in changes if isinstance(change, Changed))
    return Comparison(
        (before.unit or "", after.unit or ""),
        (_date(before), _date(after)),
        (_status(before), _status(after)),
        (_score(before), _score(after)),
        real,
        tuple(_moved(before, after, {change.sheet for change in real})),
        tuple(reordered),
    )


def _date(outcome: Outcome) -> str:
    return outcome.assessment.clock.report_date.isoformat() if outcome.assessment else ""


def _status(outcome: Outcome) -> str:
    return outcome.assessment.status if outcome.assessment and not outcome.assessment.unfilled else ""


def _score(outcome: Outcome) -> Any:
    return outcome.assessment.score if outcome.assessment and not outcome.assessment.unfilled else None


# Values of sheets of names and values


def _changed_values(old: Submission, new: Submission) -> Iterator[Changed]:
    for sheet, values in new.pairs.items():
        for name, after in values.items():
            before = old.pairs.get(sheet, {}).get(name)
            if before != after:
                rows = new.places.get((sheet, name), At()).row, old.places.get((sheet, name), At()).row
                yield Changed(sheet, "改动", *rows, ((name, _text(before), _text(after)),))


def _text(value: Any) -> str:
    text = "、".join(map(str, value)) if isinstance(value, tuple) else str(shown(value) if value is not None else "")
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


# Rows


def _changed_rows(old: RawBook, new: RawBook, scheme: Scheme) -> Iterator[Changed | str]:
    """Yield the rows that are not the same, and the name of each sheet whose rows are only in another order."""
    olds, news = find_sheets(old, scheme)[0], find_sheets(new, scheme)[0]
    for sheet in scheme.sheets:
        if sheet.form == "pairs":
            continue
        before, after = (_rows(found.get(sheet.name), sheet, scheme) for found in (olds, news))
        changes = list(_differences(sheet, before, after))
        yield from changes
        if not changes and [cells for _, cells in before] != [cells for _, cells in after]:
            yield sheet.name


def _rows(raw: Any, sheet: Sheet, scheme: Scheme) -> list[_Row]:
    """Return the records of a sheet: the Excel row, and what stands in each column that is not empty."""
    if raw is None:
        return []
    table = raw_table(raw, sheet, scheme)
    names = list(table.columns)
    rows = []
    for at, row in enumerate(table.numbers):
        texts = ((name, str(shown(table.raws[place][at]) or "").strip()) for place, name in enumerate(names))
        rows.append((row, {name: text for name, text in texts if text}))
    return rows


def _differences(sheet: Sheet, before: Sequence[_Row], after: Sequence[_Row]) -> Iterator[Changed]:
    """Yield what has gone, is new or was changed; rows with the same content are the same row, wherever they stand."""
    gone, fresh = _without_same(before, after), _without_same(after, before)
    pairs = _alike(gone, fresh)
    matched_old, matched_new = {old for old, _ in pairs}, {new for _, new in pairs}
    for old, new in sorted(pairs, key=lambda pair: fresh[pair[1]][0]):
        (old_row, was), (new_row, now) = gone[old], fresh[new]
        columns = [name for name in dict.fromkeys((*now, *was)) if was.get(name) != now.get(name)]
        yield Changed(sheet.name, "改动", new_row, old_row, tuple((name, _cut(was, name), _cut(now, name)) for name in columns))
    for at, (row, cells) in enumerate(fresh):
        if at not in matched_new:
            yield Changed(sheet.name, "新增", row, None, tuple((name, "", _cut(cells, name)) for name in cells))
    for at, (row, cells) in enumerate(gone):
        if at not in matched_old:
            yield Changed(sheet.name, "删去", None, row, tuple((name, _cut(cells, name), "") for name in cells))


def _cut(cells: Mapping[str, str], name: str) -> str:
    return _text(cells.get(name))


def _without_same(rows: Sequence[_Row], others: Sequence[_Row]) -> list[_Row]:
    """Return the rows that have none of the same content among the others, each of which stands for one."""
    there = Counter(frozenset(cells.items()) for _, cells in others)
    left = []
    for row, cells in rows:
        content = frozenset(cells.items())
        if there[content]:
            there[content] -= 1
        else:
            left.append((row, cells))
    return left


def _alike(gone: Sequence[_Row], fresh: Sequence[_Row]) -> list[tuple[int, int]]:
    """Return which of the rows that have gone is which of the new ones, by their positions: the most alike first, each once."""
    if len(gone) * len(fresh) > MOST_PAIRS:
        return []
    scored = []
    for old, (old_row, was) in enumerate(gone):
        for new, (new_row, now) in enumerate(fresh):
            share = len(was.items() & now.items()) / max(len(was), len(now), 1)
            if share >= ALIKE:
                scored.append((-share, abs(old_row - new_row), old, new))
    pairs: list[tuple[int, int]] = []
    for _, _, old, new in sorted(scored):
        if all(old != one and new != other for one, other in pairs):
            pairs.append((old, new))
    return pairs


# Indicators


def _moved(before: Outcome, after: Outcome, changed: set[str]) -> Iterator[Moved]:
    old, new = _results(before), _results(after)
    scheme = after.scheme
    for name, (title, status, progress) in new.items():
        if name in old and scheme is not None and old[name][1:] != (status, progress):
            sheets = sorted({sheet for sheet, _ in indicator_columns(scheme)[name]} & changed)
            yield Moved(name, title, old[name][1], status, old[name][2], progress, tuple(sheets))


def _results(outcome: Outcome) -> dict[str, tuple[str, str, str]]:
    """Return title, status and progress of each indicator."""
    if outcome.submission is None or outcome.assessment is None:
        return {}
    material = Material(outcome.submission, outcome.assessment)
    return {
        item.indicator.id: (item.indicator.title, item.status, material.sentences(item).progress())
        for head in outcome.assessment.heads
        for item in head.indicators
    }


# What is shown


def comparison_lines(found: Comparison) -> Iterator[str]:
    """Yield a comparison as lines of plain Chinese."""
    if found.units[0] != found.units[1]:
        yield f"两个工作簿的单位名称不同：“{found.units[0]}”“{found.units[1]}”。"
    if not found.changes:
        yield "内容没有变化" + ("，只是次序不同：" + "、".join(found.reordered) if found.reordered else "") + "。"
    for sheet in dict.fromkeys(change.sheet for change in found.changes):
        own = [change for change in found.changes if change.sheet == sheet]
        counts = Counter(change.kind for change in own)
        yield f"{sheet}：" + "，".join(f"{kind} {counts[kind]} 处" for kind in ("新增", "删去", "改动") if counts[kind])
        yield from (f"    {change.kind}　{_place(change)}　{change.text}" for change in own)
    if found.changes:
        yield f"指标：{len(found.moved)} 项有变化" if found.moved else "指标都没有变化。"
    for item in found.moved:
        status = f"{item.before}→{item.after}" if item.before != item.after else item.after
        because = f"（{'、'.join(item.sheets)}有改动）" if item.sheets else ""
        yield f"    {item.id} {item.title}：{status}；{item.progress_before}→{item.progress_after}{because}"
    if found.changes and any(found.statuses):
        yield f"总评：{found.statuses[0] or '—'}→{found.statuses[1] or '—'}，总分：{score_text(found.scores[0])}→{score_text(found.scores[1])}"


def _place(change: Changed) -> str:
    if change.new_row is None:
        return f"原第{change.old_row}行"
    if change.old_row in (None, change.new_row):
        return f"第{change.new_row}行"
    return f"第{change.new_row}行（原第{change.old_row}行）"


def comparison_data(found: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data; keys are a contract."""
    sides = ("old", "new")
    return {
        "units": dict(zip(sides, found.units, strict=True)),
        "report_dates": dict(zip(sides, found.dates, strict=True)),
        "statuses": dict(zip(sides, found.statuses, strict=True)),
        "scores": {side: number(score) for side, score in zip(sides, found.scores, strict=True)},
        "changed": bool(found.changes),
        "reordered": list(found.reordered),
        "rows": [
            {
                "sheet": change.sheet,
                "kind": {"新增": "added", "删去": "gone", "改动": "changed"}[change.kind],
                "row": change.new_row,
                "old_row": change.old_row,
                "cells": [{"column": column, "before": before, "after": after} for column, before, after in change.cells],
            }
            for change in found.changes
        ],
        "indicators": [
            {
                "id": item.id,
                "title": item.title,
                "before": item.before,
                "after": item.after,
                "told_before": item.progress_before,
                "told": item.progress_after,
                "sheets": list(item.sheets),
            }
            for item in found.moved
        ],
    }


def comparison_workbook(found: Comparison) -> bytes:
    """Return a comparison as a workbook of two lists; its time is the 填报日期 of the new workbook, so that the bytes are always the same."""
    rows = [(change.sheet, change.kind, _place(change), change.text) for change in found.changes]
    moved = [
        (f"{item.id} {item.title}", item.before, item.after, item.progress_before, item.progress_after, "、".join(item.sheets))
        for item in found.moved
    ]
    day = datetime.fromisoformat(found.dates[1]) if found.dates[1] else datetime(2020, 1, 1)
    return listings(
        [
            Listed(
                "改动", f"{found.units[1]}：与上次相比的改动", (("工作表", 16), ("情况", 8), ("位置", 20), ("内容", 90)), rows
            ),
            Listed(
                "指标",
                f"{found.units[1]}：有变化的指标",
                (("指标", 34), ("上次", 10), ("这次", 10), ("上次完成情况", 40), ("这次完成情况", 40), ("改动的表", 24)),
                moved,
            ),
        ],
        TOOL,
        f"{day:%Y-%m-%d}T00:00:00Z",
    )


def read_and_compare(old: Any, new: Any, scheme: Scheme | None = None) -> Comparison:
    """Return what has changed from one file to the other; raises as compare_workbooks does."""
    return compare_workbooks(read_book(old), read_book(new), scheme)
