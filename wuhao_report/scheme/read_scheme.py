"""The strict reader of indicator systems: plain tables → Scheme; every fault names the path to its key."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, cast

from wuhao_report.core.errors import Place, SchemeError, SchemeFault
from wuhao_report.core.numbers import number_text
from wuhao_report.core.periods import Per, Span, phase_periods
from wuhao_report.core.strict import Keys, duplicate_of
from wuhao_report.core.text import did_you_mean
from wuhao_report.measures.base import Definitions
from wuhao_report.measures.cell_values import YearColumn
from wuhao_report.measures.kinds import read_measure
from wuhao_report.scheme import model as s
from wuhao_report.scheme.excel.layout import USE_WORDS
from wuhao_report.scheme.placeholders import unknown_placeholders
from wuhao_report.scheme.read_indicators import SHAPES, check_all_points, read_indicator, read_sentences, read_tiers
from wuhao_report.scheme.read_sheets import REQUIRED_USES, read_sheet, with_statement
from wuhao_report.tables.conditions import TEXTS
from wuhao_report.tables.sheets import COLUMN_TYPES, Sheet, Sheets

PACKAGE = Path(__file__).parent
CHANGE_PLACES = ("名称", "前期", "前值", "后期", "后值")


def _stage(table: object, number: int, phases: tuple[s.Phase, ...]) -> s.Stage:
    keys = Keys(table, f"stage[{number}]")
    stage = s.Stage(
        keys.text("title"),
        keys.name("report"),
        keys.text("phase"),
        keys.day("opens"),
        keys.day("through"),
        keys.truth("convention"),
    )
    keys.done()
    keys.known("phase", stage.phase, [phase.title for phase in phases])
    if stage.opens > stage.through:
        raise keys.fail("opens", "不能晚于结束（through）")
    return stage


def _phase(table: object, number: int) -> s.Phase:
    keys = Keys(table, f"phase[{number}]")
    phase = s.Phase(keys.text("title"), Span(keys.day("start"), keys.day("end")))
    keys.done()
    if phase.span.start.year < 1950 or phase.span.end.year > 2200:
        raise keys.fail("start", "应当在 1950 年至 2200 年之间")
    if phase.span.end < phase.span.start:
        raise keys.fail("end", "不能早于开始（start）")
    return phase


def _head(table: object, number: int) -> s.Head:
    keys = Keys(table, f"head[{number}]")
    head = s.Head(keys.text("id"), keys.text("title"), keys.number("points"), keys.text("overview", ""))
    keys.done()
    if head.points < 0:
        raise keys.fail("points", "不能是负数")
    return head


def _deed(table: object, number: int, at: Definitions, heads: tuple[s.Head, ...]) -> s.Deed:
    keys = Keys(table, f"deed[{number}]")
    head = keys.text("head")
    keys.known("head", head, [item.id for item in heads])
    sheet = at.sheet(keys, "sheet", ("log",))
    keys.path = f"deed[{number}]（{sheet.name}）"
    told = {key: at.column(keys, key, sheet, TEXTS) for key in ("result", "place", "person") if keys.has(key)}
    people = at.column(keys, "people", sheet, ("count",)) if keys.has("people") else ""
    deed = s.Deed(
        head,
        sheet.name,
        keys.text("sentence"),
        at.column(keys, "title", sheet, ("text",)),
        people,
        where=at.where(keys, "where", sheet),
        **told,
    )
    keys.done()
    if unknown := unknown_placeholders(deed.sentence, [*sheet.by_name, s.TIME]):
        raise keys.fail("sentence", f"没有占位词{{{unknown[0]}}}{did_you_mean(unknown[0], [*sheet.by_name, s.TIME])}")
    if s.brackets_fail(deed.sentence):
        raise keys.fail("sentence", "方括号要成对，里面不能再有方括号")
    return deed


def _coefficient(table: object, number: int, at: Definitions) -> s.Coefficient:
    keys = Keys(table, f"coefficient[{number}]")
    name = keys.text("id")
    keys.path = f"coefficient[{name}]"
    measure = read_measure(keys.take("measure"), f"{keys.path} → measure", at)
    if measure.among_peers or measure.is_points:
        raise keys.fail("measure", "名次和人工评定不能定系数")
    otherwise = keys.number("otherwise", 1)
    if otherwise < 0:
        raise keys.fail("otherwise", "不能是负数")
    coefficient = s.Coefficient(
        name,
        keys.text("title", name),
        cast(Per, keys.word("per", ("年", "现状", "全程"), "现状")),
        measure,
        read_tiers(keys, "tiers", "factor", measure),
        otherwise,
    )
    keys.done()
    return coefficient


def _grade(table: object, number: int, heads: tuple[s.Head, ...]) -> s.Grade:
    keys = Keys(table, f"grade[{number}]")
    inner = Keys(keys.take("heads", {}), f"{keys.path} → heads")
    for name in inner.table:
        inner.known(name, name, [head.id for head in heads])
    if set(keys.text("title")) & set("：:；;≥>%\n"):
        raise keys.fail("title", "等次的名称里不能有冒号、分号、≥、%")
    grade = s.Grade(
        keys.text("title"),
        keys.number("total") if keys.has("total") else None,
        keys.number("each_head") if keys.has("each_head") else None,
        tuple((name, inner.number(name)) for name in inner.table),
        keys.truth("passes"),
    )
    keys.done()
    return grade


def _head_grade(table: object, number: int) -> s.HeadGrade:
    keys = Keys(table, f"head_grade[{number}]")
    grade = s.HeadGrade(keys.text("title"), keys.number("at_least") if keys.has("at_least") else None)
    keys.done()
    return grade


def _scoring(keys: Keys, heads: tuple[s.Head, ...], coefficients: tuple[s.Coefficient, ...]) -> s.Scoring:
    inner = Keys(keys.take("scoring", {}), "scoring")
    grades = _all(keys.tables("grade", []), lambda item, number: _grade(item, number, heads))
    head_grades = _all(keys.tables("head_grade", []), _head_grade)
    scoring = s.Scoring(
        inner.text("coefficient", ""),
        inner.truth("bonus_counts"),
        inner.text("veto_grade", ""),
        grades,
        head_grades,
        coefficients,
    )
    inner.done()
    if scoring.coefficient:
        inner.known("coefficient", scoring.coefficient, [item.id for item in coefficients])
    _unique(keys, ["grade"], "title")
    _unique(keys, ["head_grade"], "title")
    for name, text in _faults_of_grades(
        grades, None if scoring.bonus_counts else sum((head.points for head in heads), Fraction(0))
    ):
        raise _fault_of(keys, "grade", name, text)
    if grades and scoring.veto_grade:
        inner.known("veto_grade", scoring.veto_grade, [item.title for item in grades])
    if head_grades and head_grades[-1].at_least is not None:
        raise _fault_of(keys, "head_grade", head_grades[-1].title, "最后一个等次不写分数线")
    return scoring


def _faults_of_grades(grades: tuple[s.Grade, ...], full: Fraction | None) -> Iterator[tuple[str, str]]:
    """The title and the text of each grade that could never be reached, or be told from another.

    `full` is the most that can be reached; None where bonuses count too.
    """
    for before, after in pairwise(grades):
        if not _has_line(before):
            yield before.title, f"等次“{before.title}”没有分数线，后面的等次永远用不上；只有最后一个等次不写"
        if before.total is not None and after.total is not None and after.total > before.total:
            yield after.title, f"等次要由高到低写：“{after.title}”的分数线高于“{before.title}”"
    top = max((grade.total for grade in grades if grade.total is not None), default=Fraction(0))
    if full is not None and top > full:
        yield grades[0].title, f"等次的分数线{number_text(top)}超过了满分{number_text(full)}"
    if grades and _has_line(grades[-1]):
        yield grades[-1].title, "最后一个等次不写分数线，凡达不到前面各等次的都归入它"


def _has_line(grade: s.Grade) -> bool:
    return grade.total is not None or grade.each_head is not None or bool(grade.heads)


def _figure(table: object, number: int, at: Definitions) -> s.Figure:
    keys = Keys(table, f"figure[{number}]")
    name = keys.text("id")
    keys.path = f"figure[{name}]"
    title, unit, per = keys.text("title", name), keys.text("unit"), cast(Per, keys.word("per", ("年", "现状")))
    measure = read_measure(keys.take("measure"), f"{keys.path} → measure", at)
    figure = s.Figure(
        name,
        title,
        unit,
        per,
        measure,
        keys.truth("table", True),
        keys.truth("chart"),
        keys.texts("nouns"),
        keys.truth("work", not isinstance(measure, YearColumn)),
    )
    keys.done()
    return figure


def _milestone(table: object, number: int) -> s.Milestone:
    keys = Keys(table, f"milestone[{number}]")
    mark = s.Milestone(
        keys.text("when"),
        keys.day("until"),
        keys.text("text"),
        keys.text("happened", ""),
        keys.day("since") if keys.has("since") else None,
        keys.texts("documents"),
    )
    keys.done()
    return mark


def _check(table: object, number: int, at: Definitions) -> s.RowCheck:
    keys = Keys(table, f"check[{number}]")
    sheet = at.sheet(keys, "sheet", ("roll", "log"))
    check = s.RowCheck(
        sheet.name,
        at.column(keys, "column", sheet, tuple(COLUMN_TYPES)),
        at.where(keys, "where", sheet),
        at.where(keys, "require", sheet),
        keys.text("text"),
    )
    keys.done()
    return check


T = TypeVar("T")


def _unit_word(table: object, number: int) -> s.UnitWord:
    keys = Keys(table, f"unit_word[{number}]")
    names = keys.take("names")
    role = cast(s.UnitRole, keys.word("role", ("unit", "superior"))) if keys.has("role") else "unit"
    word = keys.text("word")
    inner = Keys(names, f"{keys.path} → names")
    pairs = tuple((name, inner.text(name)) for name in inner.table)
    if not pairs:
        raise keys.fail("names", "至少写一个名称")
    keys.done()
    return s.UnitWord(word, role, pairs)


def _all(tables: Iterable[object], read: Callable[[object, int], T]) -> tuple[T, ...]:
    """Every table read; raises the faults of all of them at once, for who writes a scheme wants them together."""
    records: list[T] = []
    faults: list[SchemeFault] = []
    for number, table in enumerate(tables, 1):
        try:
            records.append(read(table, number))
        except SchemeError as error:
            faults += error.faults
    if faults:
        raise SchemeError(faults)
    return tuple(records)


def _unique(keys: Keys, tables: Iterable[str], key: str) -> None:
    """No two tables of those kinds have the same `key`; raise a fault at the later one."""
    seen: set[Any] = set()
    for kind in tables:
        for item in _tables(keys, kind) if keys.has(kind) else ():
            if item.get(key) in seen:
                raise Keys(item, kind).fail(key, f"“{item[key]}”重复了")
            seen.add(item.get(key))


def _fault_of(keys: Keys, key: str, name: str, text: str) -> SchemeError:
    """A fault of the points of one head or indicator, found when all of them were seen together."""
    table = next((item for item in _tables(keys, key) if name in (item.get("id"), item.get("title"))), {})
    return Keys(table, f"{key}[{name}]").fail("points" if key in ("head", "indicator") else "title", text)


def _parts(table: dict[str, Any]) -> list[dict[str, Any]]:
    parts = table.get("parts", [])
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _tables(keys: Keys, key: str) -> list[dict[str, Any]]:
    return [item for item in keys.tables(key) if isinstance(item, dict)]


@lru_cache(maxsize=1)
def _assessed_sheet() -> Sheet:
    return read_sheet(_own_table("assessed.toml")["sheet"][0], 1)


def _with_assessed(sheets: tuple[Sheet, ...], by_points: bool) -> tuple[Sheet, ...]:
    """The sheets with the common sheet of assessments, which a workbook may lack where the scheme gives no points."""
    own = _assessed_sheet()
    if any(sheet.use == own.use or sheet.name == own.name for sheet in sheets):
        return sheets
    return (*sheets, replace(own, optional=not by_points))


def _wording(keys: Keys | None) -> dict[str, dict[str, str]]:
    table = keys.take("wording", {}) if keys else _own_table("wording.toml")
    inner = Keys(table, "wording")
    wording = {shape: read_sentences(inner, shape) for shape in (*SHAPES, "all")}
    wording["change"] = read_sentences(inner, "change", ("lead", "up", "down", "same", "both"), CHANGE_PLACES)
    inner.done()
    return wording


@lru_cache(maxsize=1)
def default_wording() -> dict[str, dict[str, str]]:
    """The sentences of each shape that a scheme may leave as they are."""
    return _wording(None)


def _own_wording(keys: Keys) -> dict[str, dict[str, str]]:
    """The sentences of each shape: the scheme's own before those it leaves as they are."""
    own = _wording(keys)
    return {shape: {**texts, **own[shape]} for shape, texts in default_wording().items()}


def _indicators(keys: Keys, at: Definitions, heads: tuple[s.Head, ...], coefficients: list[str]) -> tuple[s.Indicator, ...]:
    return _all(keys.tables("indicator"), lambda item, number: read_indicator(item, number, at, heads, coefficients))


def _sheets(keys: Keys) -> tuple[Sheet, ...]:
    """The sheets with that of assessments; each has its own name, and every use that a scheme needs has one."""
    sheets = _with_assessed(
        _all(keys.tables("sheet"), read_sheet),
        any("points" in item for indicator in _tables(keys, "indicator") for item in (indicator, *_parts(indicator))),
    )
    _unique(keys, ["sheet"], "name")
    duplicate = duplicate_of([sheet.use for sheet in sheets if sheet.use])
    if duplicate:
        raise keys.fail("sheet", f"有两张表的用途都是“{USE_WORDS[duplicate]}”（{duplicate}）")
    for use in REQUIRED_USES:
        if not any(sheet.use == use for sheet in sheets):
            raise keys.fail("sheet", f"没有用途为“{USE_WORDS[use]}”（{use}）的工作表")
    return with_statement(sheets)


def _check_names(keys: Keys, scheme: s.Scheme) -> None:
    """No two of one kind have the same name."""
    for kind, key in (("phase", "title"), ("stage", "title"), ("head", "id")):
        _unique(keys, [kind], key)
    _unique(keys, ["indicator", "coefficient", "figure"], "id")


def _start_year(keys: Keys) -> int:
    start_year = keys.whole("start_year")
    if not 1950 <= start_year <= 2150:
        raise keys.fail("start_year", "应当是 1950 至 2150 之间的年份")
    return start_year


def parse_scheme(table: dict[str, Any], digest: str) -> s.Scheme:
    """Return a scheme from its plain tables; `digest` identifies the text it came from.

    Raises SchemeError with every fault, each with the path to its key or its cell.
    """
    keys = Keys(table, "")
    sheets = _sheets(keys)
    at = Definitions(Sheets(sheets), read_measure)
    heads, phases = _all(keys.tables("head"), _head), _all(keys.tables("phase"), _phase)
    coefficients = _all(keys.tables("coefficient", []), lambda item, number: _coefficient(item, number, at))
    indicators = _indicators(keys, at, heads, [item.id for item in coefficients])
    check_all_points(heads, indicators, lambda key, name, text: _fault_of(keys, key, name, text))
    scoring = _scoring(keys, heads, coefficients)
    scheme = s.Scheme(
        id=keys.name("id"),
        version=keys.text("version"),
        title=keys.text("title"),
        hash=digest,
        start_year=_start_year(keys),
        self_name=keys.text("self_name"),
        campaign=keys.text("campaign"),
        report_title=keys.text("report_title"),
        basis=keys.texts("basis"),
        note=keys.text("note", ""),
        scoring_note=keys.text("scoring_note"),
        body_limit=keys.whole("body_limit", 3000),
        phases=phases,
        stages=_all(keys.tables("stage"), lambda item, number: _stage(item, number, phases)),
        milestones=_all(keys.tables("milestone", []), _milestone),
        sheets=sheets,
        heads=heads,
        indicators=indicators,
        figures=_all(keys.tables("figure", []), lambda item, number: _figure(item, number, at)),
        deeds=_all(keys.tables("deed", []), lambda item, number: _deed(item, number, at, heads)),
        checks=_all(keys.tables("check", []), lambda item, number: _check(item, number, at)),
        profile_text=keys.text("profile_text", ""),
        scoring=scoring,
        wording=_own_wording(keys),
        quoted=keys.texts("quoted"),
        definitions_attached=keys.truth("definitions_attached"),
        unit_words=_all(keys.tables("unit_word", []), _unit_word),
        rules={str(item["id"]): rule_hash(item) for item in _tables(keys, "indicator")},
    )
    _check_whole(keys, scheme)
    return scheme


WORDS = frozenset(("title", "requirement", "clause", "definition", "act", "mend", "sentences"))
"""The keys of an indicator by which nothing is calculated."""


def rule_hash(item: Mapping[str, Any]) -> str:
    """Return the hash of how an indicator is calculated: of its table in the scheme's file, without its words."""
    return hashlib.sha256(json.dumps(_plain(item), sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; numbers that are equal are the same text, and what is empty is not there."""
    if isinstance(value, Mapping):
        return {key: _plain(own) for key, own in value.items() if key not in WORDS and own not in ({}, [], ())}
    if isinstance(value, list | tuple):
        return [_plain(own) for own in value]
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        return str(Fraction(value))
    return value if isinstance(value, bool) else str(value)


def _check_whole(keys: Keys, scheme: s.Scheme) -> None:
    """What shows only when everything has been read: unknown keys, names, periods, placeholders."""
    keys.done()
    _check_names(keys, scheme)
    _check_periods(keys, scheme)
    _check_placeholders(scheme)


def _check_periods(keys: Keys, scheme: s.Scheme) -> None:
    """Every indicator has some period in some phase: a period longer than the phase would never be judged."""
    for item in scheme.indicators:
        if not any(phase_periods(one.per, phase.span, phase.span.end) for one in item.walk() for phase in scheme.phases):
            table = next(entry for entry in _tables(keys, "indicator") if entry.get("id") == item.id)
            raise Keys(table, f"indicator[{item.id}]").fail("per", f"各阶段都不够一个“{item.per}”的一半，永远评不到")


def _check_placeholders(scheme: s.Scheme) -> None:
    figures = [figure.id for figure in scheme.figures]
    for path, text, names in (
        ("report_title", scheme.report_title, ["单位名称", "报告名称"]),
        ("profile_text", scheme.profile_text, [*figures, "截至日", "自称"]),
        *((f"head[{head.id}] → overview", head.overview, [*figures, s.PHASE]) for head in scheme.heads),
        *((f"milestone[{mark.when}] → happened", mark.happened, figures) for mark in scheme.milestones),
    ):
        unknown = unknown_placeholders(text, names)
        if s.brackets_fail(text):
            raise SchemeError.one("方括号要成对，里面不能再有方括号", Place(path))
        if unknown:
            raise SchemeError.one(f"没有占位词{{{unknown[0]}}}{did_you_mean(unknown[0], names)}", Place(path))


def _own_table(name: str) -> dict[str, Any]:
    """The plain table of a file that comes with this package."""
    return tomllib.loads((PACKAGE / name).read_text(encoding="utf-8"), parse_float=Decimal)
