"""The strict reader of indicator systems: TOML → Scheme; every fault names the path to its key."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, cast

from wuhao_report.core.numbers import number_text
from wuhao_report.core.periods import Per, Span, phase_periods
from wuhao_report.core.problems import SchemeError, UnreadableWorkbook, problem
from wuhao_report.core.strict import Keys, Located, duplicate_of
from wuhao_report.core.text import did_you_mean
from wuhao_report.measures.base import Definitions
from wuhao_report.measures.kinds import read_measure
from wuhao_report.measures.manual import Manual
from wuhao_report.scheme import model as s
from wuhao_report.scheme.excel_layout import ROLE_WORDS, USE_WORDS
from wuhao_report.scheme.placeholders import unknown_placeholders
from wuhao_report.scheme.read_indicators import SHAPES, check_all_points, read_indicator, read_sentences, read_tiers
from wuhao_report.tables.sheets import COLUMN_TYPES, FORMS, Column, ColumnType, Form, Sheet, Sheets

PACKAGE = Path(__file__).parent
BUILT_IN = PACKAGE / "data"
FOLDER_VARIABLE = "WUHAO_SCHEMES"
MAX_BYTES = 2_000_000

USES: Mapping[str, tuple[str, ...]] = {
    "profile": ("unit", "superior", "start_year", "stage", "report_date", "reporter", "basis"),
    "years": ("year",),
    "mending": ("problem", "indicator", "measure", "person", "deadline", "state"),
    "evidence": ("id", "title", "date", "file"),
    "texts": ("overview", "process", "highlights", "shortcomings", "plans"),
    "activities": ("date", "title", "kind", "elders", "young"),
    "assessed": ("item", "self", "self_reason", "score", "reason"),
}
REQUIRED_USES = ("profile", "years", "mending", "evidence", "texts")
FORM_ROLES: Mapping[str, tuple[str, ...]] = {
    "pairs": (), "years": ("year",), "roll": ("name", "start", "end"), "log": ("date",), "list": (),
}
OPTIONAL_ROLES = ("evidence", "elders", "young", "kind", "date", "file", "reporter", "basis")


# What stands in the file, piece by piece.


def _column(table: object, path: str) -> Column:
    keys = Keys(table, path)
    name = keys.text("name")
    keys.path = f"{path.rsplit('.', 1)[0]}[{name}]"
    column = Column(
        name=name,
        type=cast(ColumnType, keys.word("type", COLUMN_TYPES)),
        required=keys.truth("required"),
        choices=keys.texts("choices"),
        aliases=keys.texts("aliases"),
        hint=keys.text("hint", ""),
        example=keys.text("example", ""),
        future=keys.truth("future"), personal=keys.truth("personal"),
    )
    keys.done()
    if (column.type in ("choice", "choices")) != bool(column.choices):
        raise keys.fail("choices", "单选、多选（choice、choices）必须有选项，其他类型不能有")
    return column


def _sheet(table: object, number: int) -> Sheet:
    keys = Keys(table, f"sheet[{number}]")
    name = keys.text("name")
    keys.path = f"sheet[{name}]"
    if len(name) > 31 or any(char in name for char in "[]:*?/\\"):
        raise keys.fail("name", "工作表名最多 31 个字，不能含 []:*?/\\")
    form = cast(Form, keys.word("form", FORMS))
    use = keys.word("use", USES, "")
    columns = tuple(_column(item, f"{keys.path} → columns.{i}") for i, item in enumerate(keys.tables("columns"), 1))
    headers = [header for column in columns for header in (column.name, *column.aliases)]
    duplicate = duplicate_of(headers)
    if duplicate is not None:
        raise keys.fail("columns", f"“{duplicate}”出现了两次（名称和别名都不能重复）")
    roles = _roles(keys, form, use, columns)
    sheet = Sheet(name, form, columns, use, keys.text("hint", ""), roles, keys.truth("optional"))
    keys.done()
    return sheet


def _roles(keys: Keys, form: str, use: str, columns: tuple[Column, ...]) -> dict[str, str]:
    allowed = (*FORM_ROLES[form], *USES.get(use, ()), "evidence")
    inner = Keys(keys.take("roles", {}), f"{keys.path} → roles")
    names = [column.name for column in columns]
    roles = {}
    for role in allowed:
        if role not in inner.table and role in OPTIONAL_ROLES and role not in FORM_ROLES[form]:
            continue
        if role not in inner.table:
            raise inner.fail(role, f"缺少角色“{ROLE_WORDS[role]}”（{role}）：哪一栏是{ROLE_WORDS[role]}")
        column = inner.text(role)
        inner.known(role, column, names)
        roles[role] = column
    inner.taken.extend(allowed)
    inner.done()
    return roles


CHANGE_PLACES = ("名称", "前期", "前值", "后期", "后值")
def _stage(table: object, number: int, phases: tuple[s.Phase, ...]) -> s.Stage:
    keys = Keys(table, f"stage[{number}]")
    stage = s.Stage(
        keys.text("title"), keys.text("report"), keys.text("phase"), keys.day("opens"), keys.day("through"),
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
    head = s.Head(keys.text("id"), keys.text("title"), keys.number("points"))
    keys.done()
    if head.points < 0:
        raise keys.fail("points", "不能是负数")
    return head


def _coefficient(table: object, number: int, at: Definitions) -> s.Coefficient:
    keys = Keys(table, f"coefficient[{number}]")
    name = keys.text("id")
    keys.path = f"coefficient[{name}]"
    measure = read_measure(keys.take("measure"), f"{keys.path} → measure", at)
    if measure.among_peers or isinstance(measure, Manual):
        raise keys.fail("measure", "名次和人工评定不能定系数")
    otherwise = keys.number("otherwise", 1)
    if otherwise < 0:
        raise keys.fail("otherwise", "不能是负数")
    found = s.Coefficient(name, keys.text("title", name), cast(Per, keys.word("per", ("年", "现状", "全程"), "现状")), measure,
                          read_tiers(keys, "tiers", "factor", measure), otherwise)
    keys.done()
    return found


def _grade(table: object, number: int, heads: tuple[s.Head, ...]) -> s.Grade:
    keys = Keys(table, f"grade[{number}]")
    inner = Keys(keys.take("heads", {}), f"{keys.path} → heads")
    for name in inner.table:
        inner.known(name, name, [head.id for head in heads])
    if set(keys.text("title")) & set("：:；;≥>%\n"):
        raise keys.fail("title", "等次的名称里不能有冒号、分号、≥、%")
    grade = s.Grade(
        keys.text("title"), keys.number("total") if keys.has("total") else None,
        keys.number("each_head") if keys.has("each_head") else None, tuple((name, inner.number(name)) for name in inner.table),
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
    scoring = s.Scoring(inner.text("coefficient", ""), inner.truth("bonus_counts"), inner.text("veto_grade", ""),
                        grades, head_grades, coefficients)
    inner.done()
    if scoring.coefficient:
        inner.known("coefficient", scoring.coefficient, [item.id for item in coefficients])
    _unique(keys, ["grade"], "title")
    _unique(keys, ["head_grade"], "title")
    for before, after in pairwise(grades):
        if before.total is None and before.each_head is None and not before.heads:
            raise _fault_of(keys, "grade", before.title, f"等次“{before.title}”没有分数线，后面的等次永远用不上；只有最后一个等次不写")
        if before.total is not None and after.total is not None and after.total > before.total:
            raise _fault_of(keys, "grade", after.title, f"等次要由高到低写：“{after.title}”的分数线高于“{before.title}”")
    if grades and scoring.veto_grade:
        inner.known("veto_grade", scoring.veto_grade, [item.title for item in grades])
    top = max((grade.total for grade in grades if grade.total is not None), default=Fraction(0))
    full = sum((head.points for head in heads), Fraction(0))
    if top > full:
        raise _fault_of(keys, "grade", grades[0].title, f"等次的分数线{number_text(top)}超过了满分{number_text(full)}")
    if grades and (grades[-1].total is not None or grades[-1].each_head is not None or grades[-1].heads):
        raise _fault_of(keys, "grade", grades[-1].title, "最后一个等次不写分数线，凡达不到前面各等次的都归入它")
    if head_grades and head_grades[-1].at_least is not None:
        raise _fault_of(keys, "head_grade", head_grades[-1].title, "最后一个等次不写分数线")
    return scoring


def _figure(table: object, number: int, at: Definitions) -> s.Figure:
    keys = Keys(table, f"figure[{number}]")
    name = keys.text("id")
    keys.path = f"figure[{name}]"
    figure = s.Figure(
        name, keys.text("title", name), keys.text("unit"), cast(Per, keys.word("per", ("年", "现状"))),
        read_measure(keys.take("measure"), f"{keys.path} → measure", at), keys.truth("table", True), keys.truth("chart"),
    )
    keys.done()
    return figure


def _milestone(table: object, number: int) -> s.Milestone:
    keys = Keys(table, f"milestone[{number}]")
    mark = s.Milestone(
        keys.text("when"), keys.day("until"), keys.text("text"), keys.text("happened", ""),
        keys.day("since") if keys.has("since") else None,
    )
    keys.done()
    return mark


def _check(table: object, number: int, at: Definitions) -> s.RowCheck:
    keys = Keys(table, f"check[{number}]")
    sheet = at.sheet(keys, "sheet", ("roll", "log"))
    check = s.RowCheck(
        sheet.name, at.column(keys, "column", sheet, tuple(COLUMN_TYPES)), at.where(keys, "where", sheet),
        at.where(keys, "require", sheet), keys.text("text"),
    )
    keys.done()
    return check


T = TypeVar("T")


def _all(tables: Iterable[object], read: Callable[[object, int], T]) -> tuple[T, ...]:
    """Every table read; the faults of all of them are told at once, for who writes a scheme wants them together."""
    found, faults = [], []
    for number, table in enumerate(tables, 1):
        try:
            found.append(read(table, number))
        except SchemeError as error:
            faults.append(str(error))
    if faults:
        raise SchemeError("\n".join(faults))
    return tuple(found)


def _unique(keys: Keys, tables: Iterable[str], key: str) -> None:
    """No two tables of those kinds have the same `key`; the later one is told."""
    seen: set[Any] = set()
    for kind in tables:
        for item in _tables(keys, kind) if keys.has(kind) else ():
            if item.get(key) in seen:
                raise Keys(item, kind).fail(key, f"“{item[key]}”重复了")
            seen.add(item.get(key))


def _fault_of(keys: Keys, key: str, name: str, text: str) -> SchemeError:
    """A fault of the points of one head or indicator, found when all of them were seen together."""
    found = next((item for item in _tables(keys, key) if name in (item.get("id"), item.get("title"))), {})
    return Keys(found, f"{key}[{name}]").fail("points" if key in ("head", "indicator") else "title", text)


def _parts(table: dict[str, Any]) -> list[dict[str, Any]]:
    parts = table.get("parts", [])
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _tables(keys: Keys, key: str) -> list[dict[str, Any]]:
    return [item for item in keys.tables(key) if isinstance(item, dict)]


@lru_cache(maxsize=1)
def _assessed_sheet() -> Sheet:
    return _sheet(_load(PACKAGE / "assessed.toml")[0]["sheet"][0], 1)


def _with_assessed(sheets: tuple[Sheet, ...], by_points: bool) -> tuple[Sheet, ...]:
    """The sheets with the common sheet of assessments, which a workbook may lack where the scheme gives no points."""
    own = _assessed_sheet()
    if any(sheet.use == own.use or sheet.name == own.name for sheet in sheets):
        return sheets
    return (*sheets, replace(own, optional=not by_points))


def _wording(keys: Keys | None) -> dict[str, dict[str, str]]:
    table = keys.take("wording", {}) if keys else _load(PACKAGE / "wording.toml")[0]
    inner = Keys(table, "wording")
    found = {shape: read_sentences(inner, shape) for shape in (*SHAPES, "all")}
    found["change"] = read_sentences(inner, "change", ("up", "down", "same", "both"), CHANGE_PLACES)
    inner.done()
    return found


@lru_cache(maxsize=1)
def default_wording() -> dict[str, dict[str, str]]:
    """The sentences of each shape that a scheme may leave as they are."""
    return _wording(None)


def _load(path: Path) -> tuple[dict[str, Any], str]:
    """The plain tables of a scheme file, TOML or Excel, and what identifies its content."""
    if path.suffix.lower() == ".xlsx":
        return _load_workbook(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SchemeError(f"方案文件“{path.name}”过大。")
        data = path.read_bytes()
        table = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"), parse_float=Decimal)
        return table, hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()
    except OSError as error:
        raise SchemeError(f"读不了方案文件“{path.name}”（{error.strerror}）。") from error
    except UnicodeDecodeError as error:
        raise SchemeError(f"方案文件“{path.name}”不是 UTF-8 编码的文本。") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SchemeError(f"方案文件“{path.name}”不是正确的 TOML：{error}。") from error


def _load_workbook(path: Path) -> tuple[dict[str, Any], str]:
    """A scheme written in Excel; it is identified by what it says, for saving alone changes the bytes."""
    from wuhao_report.scheme.excel_reader import read_tables
    from wuhao_report.workbook.reader import read_book

    try:
        table, faults = read_tables(read_book(path))
    except UnreadableWorkbook as error:
        raise SchemeError(error.problem.message + error.problem.hint) from error
    if faults:
        raise SchemeError(_all_faults(table, faults))
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, default=str)
    return table, hashlib.sha256(text.encode()).hexdigest()


_ROW = re.compile(r"“[^”]+”表[A-Z]*第?(\d+)")
MOST_FAULTS = 40


def _all_faults(table: Located, faults: list[str]) -> str:
    """The faults of single cells, then those that show when the rest is put together; of a row with the former no more is said."""
    rows = {match.group() if match else fault for fault in faults for match in [_row_of(fault)]}
    try:
        parse_scheme(table, "")
    except SchemeError as error:
        for fault in str(error).split("\n"):
            match = _row_of(fault)
            if match and match.group() not in rows:
                faults.append(fault)
    more = len(faults) - MOST_FAULTS
    return "\n".join([*faults[:MOST_FAULTS], *([f"还有{more}处，改正以上各处后会再列出。"] if more > 0 else [])])


def _row_of(fault: str) -> re.Match[str] | None:
    return _ROW.match(re.sub(r"表[A-Z]+(\d+)", r"表第\1", fault))


def read_scheme(path: Path) -> s.Scheme:
    """Read a scheme file strictly, a TOML text or a workbook.

    Raises SchemeError with the path to the key (or the cell), what was expected and the nearest right word.
    """
    return parse_scheme(*_load(path))


def scheme_table(name: str) -> dict[str, Any]:
    """The plain tables of a scheme by its id or its file's path, when it can be used.

    Raises SchemeError as `find_scheme` does.
    """
    find_scheme(name)
    return _load(built_in_path(name) or Path(name))[0]


def parse_scheme(table: dict[str, Any], digest: str) -> s.Scheme:
    """A scheme from its plain tables; `digest` identifies the text it came from."""
    keys = Keys(table, "")
    sheets = _with_assessed(_all(keys.tables("sheet"), _sheet), any(
        "points" in item for indicator in _tables(keys, "indicator") for item in (indicator, *_parts(indicator))))
    _unique(keys, ["sheet"], "name")
    duplicate = duplicate_of([sheet.use for sheet in sheets if sheet.use])
    if duplicate:
        raise keys.fail("sheet", f"有两张表的用途都是“{USE_WORDS[duplicate]}”（{duplicate}）")
    for use in REQUIRED_USES:
        if not any(sheet.use == use for sheet in sheets):
            raise keys.fail("sheet", f"没有用途为“{USE_WORDS[use]}”（{use}）的工作表")
    at = Definitions(Sheets(sheets), read_measure)
    heads = _all(keys.tables("head"), _head)
    phases = _all(keys.tables("phase"), _phase)
    coefficients = _all(keys.tables("coefficient", []), lambda item, number: _coefficient(item, number, at))
    names = [item.id for item in coefficients]
    indicators = _all(keys.tables("indicator"), lambda item, number: read_indicator(item, number, at, heads, names))
    check_all_points(heads, indicators, lambda key, name, text: _fault_of(keys, key, name, text))
    scoring = _scoring(keys, heads, coefficients)
    own = _wording(keys)
    start_year = keys.whole("start_year")
    if not 1950 <= start_year <= 2150:
        raise keys.fail("start_year", "应当是 1950 至 2150 之间的年份")
    found = s.Scheme(
        id=keys.text("id"), version=keys.text("version"), title=keys.text("title"), hash=digest,
        own_start_year=start_year, start_year=start_year, self_name=keys.text("self_name"),
        campaign=keys.text("campaign"), report_title=keys.text("report_title"), basis=keys.texts("basis"), note=keys.text("note", ""),
        scoring_note=keys.text("scoring_note"), body_limit=keys.whole("body_limit", 3000), phases=phases,
        stages=_all(keys.tables("stage"), lambda item, number: _stage(item, number, phases)),
        milestones=_all(keys.tables("milestone", []), _milestone),
        sheets=sheets, heads=heads, indicators=indicators,
        figures=_all(keys.tables("figure", []), lambda item, number: _figure(item, number, at)),
        checks=_all(keys.tables("check", []), lambda item, number: _check(item, number, at)),
        profile_text=keys.text("profile_text", ""), scoring=scoring,
        wording={shape: {**texts, **own[shape]} for shape, texts in default_wording().items()},
    )
    keys.done()
    unknown = unknown_placeholders(found.profile_text, [*(figure.id for figure in found.figures), "截至日", "自称"])
    if unknown:
        raise keys.fail("profile_text", f"没有占位词{{{unknown[0]}}}{did_you_mean(unknown[0], [figure.id for figure in found.figures])}")
    for kind, key in (("phase", "title"), ("stage", "title"), ("head", "id")):
        _unique(keys, [kind], key)
    _unique(keys, ["indicator", "coefficient", "figure"], "id")
    _check_periods(keys, found)
    _check_placeholders(found)
    return found


def _check_periods(keys: Keys, scheme: s.Scheme) -> None:
    """Every indicator has some period in some phase: a period longer than the phase would never be judged."""
    for item in scheme.indicators:
        if not any(phase_periods(one.per, phase.span, phase.span.end) for one in item.walk() for phase in scheme.phases):
            table = next(found for found in _tables(keys, "indicator") if found.get("id") == item.id)
            raise Keys(table, f"indicator[{item.id}]").fail("per", f"各阶段都不够一个“{item.per}”的一半，永远评不到")


def _check_placeholders(scheme: s.Scheme) -> None:
    figures = [figure.id for figure in scheme.figures]
    for path, text, names in (
        ("report_title", scheme.report_title, ["单位名称", "报告名称"]),
        *((f"milestone[{mark.when}] → happened", mark.happened, figures) for mark in scheme.milestones),
    ):
        unknown = unknown_placeholders(text, names)
        if unknown:
            raise SchemeError(f"{path}：没有占位词{{{unknown[0]}}}{did_you_mean(unknown[0], names)}。")


def _folder_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for kind in ("*.toml", "*.xlsx") for path in folder.glob(kind) if not path.name.startswith(("~$", ".")))


def scheme_files() -> dict[str, Path]:
    """The schemes that can be named by id: the built-in ones and those of the folder WUHAO_SCHEMES.

    A file that cannot be read is left out here; naming it by path tells what is wrong.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    found: dict[str, Path] = {}
    for path in (*_folder_files(BUILT_IN), *(_folder_files(Path(folder)) if folder else ())):
        try:
            name = _load(path)[0].get("id")
        except SchemeError:
            continue
        if isinstance(name, str):
            found.setdefault(name, path)
    return found


def own_file(name: str) -> Path | None:
    """The file of a scheme (id or path) that does not come with the package, or None for a built-in one."""
    path = scheme_files().get(name, Path(name))
    return None if path.parent == BUILT_IN else path


@lru_cache(maxsize=32)
def _cached(path: Path, size: int, mtime: int) -> s.Scheme:
    return read_scheme(path)


def _read_cached(path: Path) -> s.Scheme:
    try:
        stat = path.stat()
    except OSError as error:
        raise SchemeError(f"读不了方案文件“{path.name}”（{error.strerror}）。") from error
    return _cached(path, stat.st_size, stat.st_mtime_ns)


def built_in_path(name: str) -> Path | None:
    """The file of a scheme id without reading the others: by its file name first."""
    direct = BUILT_IN / f"{name}.toml"
    if name.replace("-", "").isalnum() and direct.is_file():
        return direct
    return scheme_files().get(name)


def built_in_schemes() -> tuple[s.Scheme, ...]:
    """The schemes that come with the package, in the order of their file names."""
    return tuple(_read_cached(path) for path in _folder_files(BUILT_IN))


def find_scheme(name: str) -> s.Scheme:
    """The scheme of an id or of a file's path.

    Raises SchemeError when there is none, or when the file is broken.
    """
    path = built_in_path(name)
    if path is None:
        path = Path(name)
        if not path.is_file():
            raise UnknownScheme(name, list(scheme_files()))
    return _read_cached(path)


class UnknownScheme(SchemeError):
    """No scheme of that id, and no such file; `problem` says which there are."""

    code = "unknown-scheme"

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"没有名为“{name}”的指标体系{did_you_mean(name, known)}。")
        self.problem = problem(self.code, value=name, name=name[:80], known="、".join(known))
        self.asked = (name, known)

    def __reduce__(self) -> tuple[type[UnknownScheme], tuple[str, list[str]]]:
        return UnknownScheme, self.asked
