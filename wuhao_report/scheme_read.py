"""The strict reader of indicator systems: TOML → Scheme; every fault names the path to its key."""

from __future__ import annotations

import difflib
import hashlib
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from wuhao_report import scheme as s
from wuhao_report.periods import PERS, Per, Span
from wuhao_report.problems import SchemeError, problem
from wuhao_report.sentences import PLACEHOLDERS, unknown_placeholders

PACKAGE = Path(__file__).parent
BUILT_IN = PACKAGE / "schemes"
FOLDER_VARIABLE = "WUHAO_SCHEMES"
MAX_BYTES = 2_000_000

USES: Mapping[str, tuple[str, ...]] = {
    "profile": ("unit", "superior", "start_year", "stage", "report_date", "reporter", "basis"),
    "years": ("year",),
    "mending": ("problem", "indicator", "measure", "person", "deadline", "state"),
    "evidence": ("id", "title", "date", "file"),
    "texts": ("overview", "process", "highlights", "shortcomings", "plans"),
    "activities": ("date", "title", "kind", "elders", "young"),
}
REQUIRED_USES = ("profile", "years", "mending", "evidence", "texts")
FORM_ROLES: Mapping[str, tuple[str, ...]] = {
    "pairs": (), "years": ("year",), "roll": ("name", "start", "end"), "log": ("date",), "list": (),
}
OPTIONAL_ROLES = ("evidence", "elders", "young", "kind", "date", "file", "reporter", "basis")


class Keys:
    """One table of the file: keys are taken one by one, and what is left at the end is unknown."""

    def __init__(self, table: object, path: str) -> None:
        if not isinstance(table, dict):
            raise SchemeError(f"{path}：应当是一个表，这里是{_kind(table)}。")
        self.table: dict[str, Any] = table
        self.path = path
        self.taken: list[str] = []

    def fail(self, key: str, text: str) -> SchemeError:
        return SchemeError(f"{self.path} → {key}：{text}。" if self.path else f"{key}：{text}。")

    def take(self, key: str, default: Any = None) -> Any:
        self.taken.append(key)
        return self.table.get(key, default)

    def has(self, key: str) -> bool:
        return key in self.table

    def _typed(self, key: str, kinds: type | tuple[type, ...], name: str, default: Any) -> Any:
        value = self.take(key)
        if value is None:
            if default is ...:
                raise self.fail(key, "缺少这个键")
            return default
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise self.fail(key, f"应当是{name}，这里是{_kind(value)}")
        return value

    def text(self, key: str, default: Any = ...) -> str:
        value = self._typed(key, str, "文字", default)
        if default is ... and not value.strip():
            raise self.fail(key, "不能是空的")
        return cast(str, value)

    def truth(self, key: str, default: bool = False) -> bool:
        return cast(bool, self._typed(key, bool, "true 或 false", default))

    def whole(self, key: str, default: Any = ...) -> int:
        return cast(int, self._typed(key, int, "整数", default))

    def number(self, key: str, default: Any = ...) -> Fraction:
        value = self._typed(key, (int, Decimal), "数", default)
        if isinstance(value, Decimal) and not (value.is_finite() and abs(value) < 10**15):
            raise self.fail(key, "应当是普通的数")
        return Fraction(value)

    def day(self, key: str) -> date:
        value = self._typed(key, date, "日期（如 2017-01-01）", ...)
        if isinstance(value, datetime):
            raise self.fail(key, "只写日期，不写时刻")
        return cast(date, value)

    def texts(self, key: str, default: Any = ()) -> tuple[str, ...]:
        value = self._typed(key, list, "文字的列表", default)
        for item in value:
            if not isinstance(item, str):
                raise self.fail(key, f"列表里应当都是文字，这里有{_kind(item)}")
        duplicate = _duplicate(value)
        if duplicate is not None:
            raise self.fail(key, f"“{duplicate}”写了两次")
        return tuple(value)

    def tables(self, key: str, default: Any = ...) -> list[Any]:
        return cast(list[Any], self._typed(key, list, "表的列表", default))

    def word(self, key: str, allowed: Iterable[str], default: Any = ...) -> str:
        value = self.text(key, default)
        if value != default:
            self.known(key, value, allowed)
        return value

    def known(self, key: str, value: str, allowed: Iterable[str]) -> None:
        allowed = list(allowed)
        if value not in allowed:
            raise self.fail(key, f"没有“{value}”{_did_you_mean(value, allowed)}")

    def done(self) -> None:
        """Refuse what was not taken."""
        for key in self.table:
            if key not in self.taken:
                raise self.fail(key, f"不认识这个键{_did_you_mean(key, self.taken)}")


def _kind(value: object) -> str:
    names: dict[type, str] = {
        bool: "true/false", int: "整数", Decimal: "小数", str: "文字", list: "列表", dict: "表", date: "日期", datetime: "时刻",
    }
    return names.get(type(value), "别的东西")


def _did_you_mean(word: str, allowed: Iterable[str]) -> str:
    allowed = list(allowed)
    near = difflib.get_close_matches(word, allowed, 1, 0.5)
    if near:
        return f"，最接近的是“{near[0]}”"
    return f"，可用的有：{'、'.join(allowed[:30])}" if allowed else ""


def _duplicate(values: Iterable[Any]) -> Any:
    seen: set[Any] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


# What stands in the file, piece by piece.


def _column(table: object, path: str) -> s.Column:
    keys = Keys(table, path)
    name = keys.text("name")
    keys.path = f"{path.rsplit('.', 1)[0]}[{name}]"
    column = s.Column(
        name=name,
        type=cast(s.ColumnType, keys.word("type", s.COLUMN_TYPES)),
        required=keys.truth("required"),
        choices=keys.texts("choices"),
        aliases=keys.texts("aliases"),
        hint=keys.text("hint", ""),
        example=keys.text("example", ""),
        future=keys.truth("future"),
    )
    keys.done()
    if (column.type in ("choice", "choices")) != bool(column.choices):
        raise keys.fail("choices", "类型 choice、choices 必须有选项，其他类型不能有")
    return column


def _sheet(table: object, number: int) -> s.Sheet:
    keys = Keys(table, f"sheet[{number}]")
    name = keys.text("name")
    keys.path = f"sheet[{name}]"
    if len(name) > 31 or any(char in name for char in "[]:*?/\\"):
        raise keys.fail("name", "工作表名最多 31 个字，不能含 []:*?/\\")
    form = cast(s.Form, keys.word("form", s.FORMS))
    use = keys.word("use", USES, "")
    columns = tuple(_column(item, f"{keys.path} → columns.{i}") for i, item in enumerate(keys.tables("columns"), 1))
    headers = [header for column in columns for header in (column.name, *column.aliases)]
    duplicate = _duplicate(headers)
    if duplicate is not None:
        raise keys.fail("columns", f"“{duplicate}”出现了两次（名称和别名都不能重复）")
    roles = _roles(keys, form, use, columns)
    sheet = s.Sheet(name, form, columns, use, keys.text("hint", ""), roles)
    keys.done()
    return sheet


def _roles(keys: Keys, form: str, use: str, columns: tuple[s.Column, ...]) -> dict[str, str]:
    allowed = (*FORM_ROLES[form], *USES.get(use, ()), "evidence")
    inner = Keys(keys.take("roles", {}), f"{keys.path} → roles")
    names = [column.name for column in columns]
    roles = {}
    for role in allowed:
        if role not in inner.table and role in OPTIONAL_ROLES and role not in FORM_ROLES[form]:
            continue
        column = inner.text(role)
        inner.known(role, column, names)
        roles[role] = column
    inner.taken.extend(allowed)
    inner.done()
    return roles


class _Context:
    """What measures and filters may refer to while a scheme is read."""

    def __init__(self, sheets: tuple[s.Sheet, ...]) -> None:
        self.sheets = {sheet.name: sheet for sheet in sheets}
        self.profile = next(sheet for sheet in sheets if sheet.use == "profile")
        self.years = next(sheet for sheet in sheets if sheet.use == "years")

    def sheet(self, keys: Keys, key: str, forms: tuple[str, ...], default: Any = ...) -> s.Sheet:
        name = keys.text(key, default)
        keys.known(key, name, self.sheets)
        sheet = self.sheets[name]
        if sheet.form not in forms:
            raise keys.fail(key, f"“{name}”的形式是 {sheet.form}，这里要用 {'、'.join(forms)}")
        return sheet

    def column(self, keys: Keys, key: str, sheet: s.Sheet, types: tuple[str, ...]) -> str:
        name = keys.text(key)
        keys.known(key, name, sheet.by_name)
        if sheet.by_name[name].type not in types:
            raise keys.fail(key, f"“{name}”的类型是 {sheet.by_name[name].type}，这里要用 {'、'.join(types)}")
        return name

    def where(self, keys: Keys, key: str, sheet: s.Sheet) -> s.Where:
        inner = Keys(keys.take(key, {}), f"{keys.path} → {key}")
        conditions = []
        for name in inner.table:
            inner.known(name, name, sheet.by_name)
            conditions.append(_condition(inner, sheet.by_name[name]))
        return tuple(conditions)


def _condition(keys: Keys, column: s.Column) -> s.Condition:
    value = keys.take(column.name)
    if isinstance(value, bool):
        if column.type != "flag":
            raise keys.fail(column.name, "只有是否栏可以写 true 或 false")
        return s.Condition(column.name, "is", truth=value)
    if isinstance(value, dict):
        inner = Keys(value, f"{keys.path} → {column.name}")
        if inner.has("contains"):
            if column.type not in TEXTS:
                raise keys.fail(column.name, f"类型是 {column.type}，不能用 contains")
            condition = s.Condition(column.name, "contains", inner.texts("contains"))
        else:
            condition = s.Condition(column.name, "filled", truth=bool(inner.truth("filled")))
            if not inner.has("filled"):
                inner.taken.append("contains")
        inner.done()
        return condition
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(item, str) for item in values):
        raise keys.fail(column.name, "应当是文字、文字的列表、true/false、{ contains = [...] } 或 { filled = true }")
    if column.type not in TEXTS:
        wanted = "true 或 false" if column.type == "flag" else "{ filled = true }"
        raise keys.fail(column.name, f"类型是 {column.type}，这里只能写 {wanted}")
    if column.choices:
        for item in values:
            keys.known(column.name, item, column.choices)
    return s.Condition(column.name, "in", tuple(values))


NUMBERS = ("count", "amount")
TEXTS = ("text", "choice", "choices")


def _count(keys: Keys, at: _Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("log",))
    return s.Count(sheet.name, at.where(keys, "where", sheet))


def _sum(keys: Keys, at: _Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("log",))
    return s.Sum(sheet.name, at.column(keys, "column", sheet, NUMBERS), at.where(keys, "where", sheet))


def _mean(keys: Keys, at: _Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("log",))
    return s.Sum(sheet.name, at.column(keys, "column", sheet, NUMBERS), at.where(keys, "where", sheet), mean=True)


def _distinct(keys: Keys, at: _Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("log",))
    column = at.column(keys, "column", sheet, TEXTS)
    among = keys.texts("among")
    for value in among if sheet.by_name[column].choices else ():
        keys.known("among", value, sheet.by_name[column].choices)
    return s.Distinct(sheet.name, column, among, at.where(keys, "where", sheet))


def _people(keys: Keys, at: _Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("log",))
    return s.People(
        sheet.name, at.column(keys, "name", sheet, ("text",)), at.column(keys, "number", sheet, NUMBERS),
        at.where(keys, "where", sheet),
    )


def _year_column(keys: Keys, at: _Context) -> s.Measure:
    return s.YearColumn(at.column(keys, "column", at.years, NUMBERS))


def _complete(keys: Keys, at: _Context) -> s.Measure:
    if keys.has("items"):
        items = []
        for number, table in enumerate(keys.tables("items"), 1):
            inner = Keys(table, f"{keys.path} → items[{number}]")
            sheet = at.sheet(inner, "sheet", ("roll", "log", "years", "pairs"))
            items.append(s.Item(inner.text("title"), sheet.name, at.where(inner, "where", sheet)))
            inner.done()
        return s.Complete(tuple(items))
    sheet = at.sheet(keys, "sheet", ("roll", "log", "years", "pairs"))
    if sheet.form in ("roll", "log"):
        column = at.column(keys, "column", sheet, TEXTS)
        each = keys.texts("each", ...)
        for value in each if sheet.by_name[column].choices else ():
            keys.known("each", value, sheet.by_name[column].choices)
        return s.Complete(tuple(s.Item(value, sheet.name, (s.Condition(column, "in", (value,)),)) for value in each))
    columns = keys.texts("columns", ...)
    for name in columns:
        keys.known("columns", name, sheet.by_name)
    return s.Complete(tuple(
        s.Item(name, sheet.name, (s.Condition(name, "is" if sheet.by_name[name].type == "flag" else "filled"),))
        for name in columns
    ))


def _share(keys: Keys, at: _Context) -> s.Measure:
    parts = []
    for number, table in enumerate(keys.tables("tables"), 1):
        inner = Keys(table, f"{keys.path} → tables[{number}]")
        sheet = at.sheet(inner, "sheet", ("roll", "log"))
        parts.append(s.Part(sheet.name, at.where(inner, "within", sheet), at.where(inner, "where", sheet)))
        inner.done()
    if not parts:
        raise keys.fail("tables", "至少要有一个表")
    return s.Share(tuple(parts))


def _ratio(keys: Keys, at: _Context) -> s.Measure:
    one, other = (_measure(keys.take(key), f"{keys.path} → {key}", at) for key in ("one", "other"))
    for measure in (one, other):
        if isinstance(measure, s.Flag | s.Ratio | s.Share | s.Coverage):
            raise keys.fail("one / other", "两边都要是数，不能是比率或是否")
    return s.Ratio(one, other, keys.truth("zero_fails"))


def _coverage(keys: Keys, at: _Context) -> s.Measure:
    roll = at.sheet(keys, "roll", ("roll",))
    log = at.sheet(keys, "log", ("log",))
    return s.Coverage(
        roll.name, at.where(keys, "within", roll), log.name, at.column(keys, "name", log, ("text",)),
        at.column(keys, "column", log, NUMBERS) if keys.has("column") else None,
        at.where(keys, "where", log), keys.number("at_least", 1),
        at.column(keys, "skip_when_zero", at.years, NUMBERS) if keys.has("skip_when_zero") else None,
    )


def _stock(keys: Keys, at: _Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("roll", "log"))
    return s.Stock(sheet.name, at.where(keys, "where", sheet))


def _growth(keys: Keys, at: _Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("roll", "log"))
    return s.Growth(sheet.name, at.where(keys, "where", sheet))


def _vacancy(keys: Keys, at: _Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("roll",))
    column = at.column(keys, "column", sheet, ("choice",))
    posts = keys.texts("posts", ...)
    for post in posts:
        keys.known("posts", post, sheet.by_name[column].choices)
    return s.Vacancy(sheet.name, column, posts)


def _flag(keys: Keys, at: _Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("years", "pairs"))
    return s.Flag(sheet.name, at.column(keys, "column", sheet, ("flag",)))


MEASURES: Mapping[str, tuple[Callable[[Keys, _Context], s.Measure], tuple[str, ...], s.Shape, str]] = {
    "count": (_count, ("sheet", "where"), "count", "台账中符合条件的行数"),
    "sum": (_sum, ("sheet", "column", "where"), "amount", "台账中某数字栏的合计"),
    "mean-per-year": (_mean, ("sheet", "column", "where"), "level", "阶段开始以来的合计 ÷ 所涉自然年数"),
    "distinct": (_distinct, ("sheet", "column", "among", "where"), "set", "出现过多少个不同的值，或所列各项中出现了几项"),
    "people": (_people, ("sheet", "name", "number", "where"), "count", "没有写人数的行中不同姓名的个数，加上其余各行写明的人数"),
    "column": (_year_column, ("column",), "amount", "年度表当年一行的数"),
    "complete": (_complete, ("sheet", "column", "each", "columns", "items"), "set", "所列各项中有几项齐备（职务有人、材料已有、项目为是或不空）"),
    "share": (_share, ("tables",), "rate", "符合条件的行数 ÷ 全部行数，可合并几个表；名册只数在册的人"),
    "ratio": (_ratio, ("one", "other", "zero_fails"), "rate", "一个数 ÷ 另一个数"),
    "coverage": (_coverage, ("roll", "within", "log", "name", "column", "where", "at_least", "skip_when_zero"), "rate",
                 "在册的人中，本期台账达到次数（或合计）的人所占比例"),
    "stock": (_stock, ("sheet", "where"), "level", "当日在册的人数（台账：当日及以前的条数）"),
    "growth": (_growth, ("sheet", "where"), "level", "期末在册数 − 期初前一日在册数"),
    "vacancy": (_vacancy, ("sheet", "column", "posts"), "level", "各职务无人在任的最长连续天数"),
    "flag": (_flag, ("sheet", "column"), "flag", "年度表或基本信息中的是否"),
}


def _measure(table: object, path: str, at: _Context) -> s.Measure:
    keys = Keys(table, path)
    kind = keys.word("kind", MEASURES)
    measure = MEASURES[kind][0](keys, at)
    keys.taken.extend(MEASURES[kind][1])
    keys.done()
    return measure


TARGETS: Mapping[str, str] = {"at_least": ">=", "more_than": ">", "at_most": "<=", "all": "==", "yes": "=="}


def _target(table: object, path: str, measure: s.Measure) -> s.Target:
    keys = Keys(table, path)
    given = [name for name in TARGETS if keys.has(name)]
    keys.taken.extend(TARGETS)
    keys.done()
    if len(given) != 1:
        raise SchemeError(f"{path}：要写且只写一个：{'、'.join(TARGETS)}。")
    name = given[0]
    if name == "yes":
        value: Fraction | bool = True
        good = isinstance(measure, s.Flag) and keys.truth(name)
    elif name == "all":
        size = len(measure.items) if isinstance(measure, s.Complete) else len(getattr(measure, "among", ()))
        value, good = Fraction(size), keys.truth(name) and size > 0
    else:
        value, good = keys.number(name), not isinstance(measure, s.Flag)
    if not good:
        raise keys.fail(name, "与这个指标的算法不相配")
    return s.Target(cast(Any, TARGETS[name]), value)


CHANGE_PLACES = ("名称", "前期", "前值", "后期", "后值")
SENTENCES = ("met", "short", "none", "no_data", "pending", "pending_none", "so_far", "task", "remedy", "remedy_late")


def _sentences(
    keys: Keys, key: str, allowed: tuple[str, ...] = SENTENCES, places: Iterable[str] = PLACEHOLDERS
) -> dict[str, str]:
    inner = Keys(keys.take(key, {}), f"{keys.path} → {key}")
    found = {name: inner.text(name) for name in allowed if inner.has(name)}
    inner.taken.extend(allowed)
    inner.done()
    for name, text in found.items():
        unknown = unknown_placeholders(text, places)
        if unknown:
            raise inner.fail(name, f"没有占位词{{{unknown[0]}}}")
    return found


SHAPES: tuple[s.Shape, ...] = ("count", "amount", "flag", "set", "rate", "level")


def _indicator(table: object, number: int, at: _Context, heads: tuple[s.Head, ...]) -> s.Indicator:
    keys = Keys(table, f"indicator[{number}]")
    name = keys.text("id")
    keys.path = f"indicator[{name}]"
    raw = keys.take("measure")
    measure = _measure(raw, f"{keys.path} → measure", at)
    head = keys.text("head", name.split(".")[0])
    keys.known("head", head, [item.id for item in heads])
    stretch = None
    if keys.has("stretch"):
        inner = Keys(keys.take("stretch"), f"{keys.path} → stretch")
        text = inner.text("text")
        target = {key: value for key, value in inner.table.items() if key != "text"}
        stretch = s.Stretch(_target(target, inner.path, measure), text)
    indicator = s.Indicator(
        id=name, head=head, title=keys.text("title"), requirement=keys.text("requirement"), clause=keys.text("clause"),
        per=cast(Per, keys.word("per", PERS)), measure=measure,
        target=_target(keys.take("target"), f"{keys.path} → target", measure),
        shape=cast(s.Shape, keys.word("shape", SHAPES, MEASURES[raw["kind"]][2])),
        definition=keys.text("definition", ""), convention=keys.truth("convention"), unit=keys.text("unit", ""),
        act=keys.text("act", ""), unless=at.where(keys, "unless", at.profile), stretch=stretch,
        telling=keys.whole("telling", 5), sentences=_sentences(keys, "sentences"),
    )
    keys.done()
    if indicator.convention and not indicator.definition:
        raise keys.fail("definition", "约定的口径（convention = true）必须写明 definition")
    if indicator.shape in ("count", "flag") and not indicator.act:
        raise keys.fail("act", "次数类和是否类指标要写明做什么（如“召开例会”）")
    return indicator


def _stage(table: object, number: int, phases: tuple[s.Phase, ...]) -> s.Stage:
    keys = Keys(table, f"stage[{number}]")
    stage = s.Stage(
        keys.text("title"), keys.text("report"), keys.text("phase"), keys.day("opens"), keys.day("through"),
        keys.truth("convention"),
    )
    keys.done()
    keys.known("phase", stage.phase, [phase.title for phase in phases])
    if stage.opens > stage.through:
        raise keys.fail("opens", "不能晚于 through")
    return stage


def _phase(table: object, number: int) -> s.Phase:
    keys = Keys(table, f"phase[{number}]")
    phase = s.Phase(keys.text("title"), Span(keys.day("start"), keys.day("end")))
    keys.done()
    if phase.span.end < phase.span.start:
        raise keys.fail("end", "不能早于 start")
    return phase


def _head(table: object, number: int) -> s.Head:
    keys = Keys(table, f"head[{number}]")
    head = s.Head(keys.text("id"), keys.text("title"), keys.number("points"))
    keys.done()
    return head


def _figure(table: object, number: int, at: _Context) -> s.Figure:
    keys = Keys(table, f"figure[{number}]")
    name = keys.text("id")
    keys.path = f"figure[{name}]"
    figure = s.Figure(
        name, keys.text("title", name), keys.text("unit"), cast(Per, keys.word("per", ("年", "现状"))),
        _measure(keys.take("measure"), f"{keys.path} → measure", at), keys.truth("table", True), keys.truth("chart"),
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


def _check(table: object, number: int, at: _Context) -> s.RowCheck:
    keys = Keys(table, f"check[{number}]")
    sheet = at.sheet(keys, "sheet", ("roll", "log"))
    check = s.RowCheck(
        sheet.name, at.column(keys, "column", sheet, tuple(s.COLUMN_TYPES)), at.where(keys, "where", sheet),
        at.where(keys, "require", sheet), keys.text("text"),
    )
    keys.done()
    return check


def _unique(name: str, values: Iterable[str]) -> None:
    duplicate = _duplicate(values)
    if duplicate is not None:
        raise SchemeError(f"{name}：“{duplicate}”重复了。")


def _wording(keys: Keys | None) -> dict[str, dict[str, str]]:
    table = keys.take("wording", {}) if keys else _load(PACKAGE / "wording.toml")[0]
    inner = Keys(table, "wording")
    found = {shape: _sentences(inner, shape) for shape in (*SHAPES, "all")}
    found["change"] = _sentences(inner, "change", ("up", "down", "same", "both"), CHANGE_PLACES)
    inner.done()
    return found


@lru_cache(maxsize=1)
def default_wording() -> dict[str, dict[str, str]]:
    """The sentences of each shape that a scheme may leave as they are."""
    return _wording(None)


def _load(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SchemeError(f"方案文件“{path.name}”过大。")
        data = path.read_bytes()
        return tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"), parse_float=Decimal), data
    except OSError as error:
        raise SchemeError(f"读不了方案文件“{path.name}”（{error.strerror}）。") from error
    except UnicodeDecodeError as error:
        raise SchemeError(f"方案文件“{path.name}”不是 UTF-8 编码的文本。") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SchemeError(f"方案文件“{path.name}”不是正确的 TOML：{error}。") from error


def read_scheme(path: Path) -> s.Scheme:
    """Read a scheme file strictly.

    Raises SchemeError with the path to the key, what was expected and the nearest right word.
    """
    table, data = _load(path)
    return parse_scheme(table, hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest())


def parse_scheme(table: Mapping[str, Any], digest: str) -> s.Scheme:
    """A scheme from its plain tables; `digest` identifies the text it came from."""
    keys = Keys(dict(table), "")
    sheets = tuple(_sheet(item, number) for number, item in enumerate(keys.tables("sheet"), 1))
    _unique("sheet", [sheet.name for sheet in sheets])
    _unique("use", [sheet.use for sheet in sheets if sheet.use])
    for use in REQUIRED_USES:
        if not any(sheet.use == use for sheet in sheets):
            raise SchemeError(f"sheet：缺少用途为 {use} 的工作表。")
    at = _Context(sheets)
    heads = tuple(_head(item, number) for number, item in enumerate(keys.tables("head"), 1))
    phases = tuple(_phase(item, number) for number, item in enumerate(keys.tables("phase"), 1))
    indicators = tuple(_indicator(item, number, at, heads) for number, item in enumerate(keys.tables("indicator"), 1))
    own = _wording(keys)
    start_year = keys.whole("start_year")
    if not 1950 <= start_year <= 2150:
        raise keys.fail("start_year", "应当是 1950 至 2150 之间的年份")
    found = s.Scheme(
        id=keys.text("id"), version=keys.text("version"), title=keys.text("title"), hash=digest,
        own_start_year=start_year, start_year=start_year, self_name=keys.text("self_name"),
        report_title=keys.text("report_title"), basis=keys.texts("basis"), note=keys.text("note", ""),
        scoring_note=keys.text("scoring_note"), body_limit=keys.whole("body_limit", 3000), phases=phases,
        stages=tuple(_stage(item, number, phases) for number, item in enumerate(keys.tables("stage"), 1)),
        milestones=tuple(_milestone(item, number) for number, item in enumerate(keys.tables("milestone", []), 1)),
        sheets=sheets, heads=heads, indicators=indicators,
        figures=tuple(_figure(item, number, at) for number, item in enumerate(keys.tables("figure", []), 1)),
        checks=tuple(_check(item, number, at) for number, item in enumerate(keys.tables("check", []), 1)),
        profile_text=keys.text("profile_text", ""),
        wording={shape: {**texts, **own[shape]} for shape, texts in default_wording().items()},
    )
    keys.done()
    _unique("phase", [phase.title for phase in phases])
    _unique("stage", [stage.title for stage in found.stages])
    _unique("head", [head.id for head in heads])
    _unique("indicator", [indicator.id for indicator in indicators])
    _unique("figure", [figure.id for figure in found.figures])
    _check_placeholders(found)
    return found


def _check_placeholders(scheme: s.Scheme) -> None:
    figures = [figure.id for figure in scheme.figures]
    for path, text, names in (
        ("report_title", scheme.report_title, ["单位名称", "报告名称"]),
        ("profile_text", scheme.profile_text, [*figures, "截至日", "自称"]),
        *((f"milestone[{mark.when}] → happened", mark.happened, figures) for mark in scheme.milestones),
    ):
        unknown = unknown_placeholders(text, names)
        if unknown:
            raise SchemeError(f"{path}：没有占位词{{{unknown[0]}}}{_did_you_mean(unknown[0], names)}。")


def _folder_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml")) if folder.is_dir() else []


def scheme_files() -> dict[str, Path]:
    """The schemes that can be named by id: the built-in ones and those of the folder WUHAO_SCHEMES.

    A file that cannot be read as TOML is left out here; naming it by path tells what is wrong.
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
        super().__init__(f"没有名为“{name}”的指标体系{_did_you_mean(name, known)}。")
        self.problem = problem(self.code, value=name, name=name[:80], known="、".join(known))
