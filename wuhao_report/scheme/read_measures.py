"""Measures, filters and targets of a scheme file → their records; the closed list of what a scheme may measure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, cast

from wuhao_report.core.strict import Keys
from wuhao_report.scheme import model as s
from wuhao_report.scheme.excel_layout import PLACE_WORDS, TARGET_WORDS
from wuhao_report.tables.conditions import TEXTS, Condition, Where, named, read_where
from wuhao_report.tables.sheets import FORM_WORDS, TYPE_WORDS, Sheet


class Context:
    """What measures and filters may refer to while a scheme is read."""

    def __init__(self, sheets: tuple[Sheet, ...]) -> None:
        self.sheets = {sheet.name: sheet for sheet in sheets}
        self.profile = next(sheet for sheet in sheets if sheet.use == "profile")
        self.years = next(sheet for sheet in sheets if sheet.use == "years")

    def sheet(self, keys: Keys, key: str, forms: tuple[str, ...], default: Any = ...) -> Sheet:
        name = keys.text(key, default)
        keys.known(key, name, self.sheets)
        sheet = self.sheets[name]
        if sheet.form not in forms:
            raise keys.fail(key, f"“{name}”的形式是{named(FORM_WORDS, sheet.form)}，这里要用{named(FORM_WORDS, *forms)}")
        return sheet

    def column(self, keys: Keys, key: str, sheet: Sheet, types: tuple[str, ...]) -> str:
        name = keys.text(key)
        keys.known(key, name, sheet.by_name)
        if sheet.by_name[name].type not in types:
            raise keys.fail(key, f"“{name}”的类型是{named(TYPE_WORDS, sheet.by_name[name].type)}，这里要用{named(TYPE_WORDS, *types)}")
        return name

    def where(self, keys: Keys, key: str, sheet: Sheet) -> Where:
        return read_where(keys, key, sheet)


NUMBERS = ("count", "amount")
NO_AMOUNTS = s.Flag | s.Rank | s.Change | s.Deadline | s.Manual
"""Measures whose value is no amount that another measure could go on with."""


def _count(keys: Keys, at: Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("log",))
    return s.Count(sheet.name, at.where(keys, "where", sheet))


def _sum(keys: Keys, at: Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("log",))
    return s.Sum(sheet.name, at.column(keys, "column", sheet, NUMBERS), at.where(keys, "where", sheet))


def _mean(keys: Keys, at: Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("log",))
    return s.Sum(sheet.name, at.column(keys, "column", sheet, NUMBERS), at.where(keys, "where", sheet), mean=True)


def _distinct(keys: Keys, at: Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("log",))
    column = at.column(keys, "column", sheet, TEXTS)
    among = keys.texts("among")
    for value in among if sheet.by_name[column].choices else ():
        keys.known("among", value, sheet.by_name[column].choices)
    return s.Distinct(sheet.name, column, among, at.where(keys, "where", sheet))


def _people(keys: Keys, at: Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("log",))
    return s.People(
        sheet.name, at.column(keys, "name", sheet, ("text",)), at.column(keys, "number", sheet, NUMBERS),
        at.where(keys, "where", sheet),
    )


def _year_column(keys: Keys, at: Context) -> s.Measure:
    return s.YearColumn(at.column(keys, "column", at.years, NUMBERS))


def _complete(keys: Keys, at: Context) -> s.Measure:
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
        return s.Complete(tuple(s.Item(value, sheet.name, (Condition(column, "in", (value,)),)) for value in each))
    columns = keys.texts("columns", ...)
    for name in columns:
        keys.known("columns", name, sheet.by_name)
    return s.Complete(tuple(
        s.Item(name, sheet.name, (Condition(name, "is" if sheet.by_name[name].type == "flag" else "filled"),))
        for name in columns
    ))


def _share(keys: Keys, at: Context) -> s.Measure:
    parts = []
    for number, table in enumerate(keys.tables("tables"), 1):
        inner = Keys(table, f"{keys.path} → tables[{number}]")
        sheet = at.sheet(inner, "sheet", ("roll", "log"))
        parts.append(s.Part(sheet.name, at.where(inner, "within", sheet), at.where(inner, "where", sheet)))
        inner.done()
    if not parts:
        raise keys.fail("tables", "至少要有一个表")
    return s.Share(tuple(parts))


def _ratio(keys: Keys, at: Context) -> s.Measure:
    one, other = (read_measure(keys.inner(key, PLACE_WORDS[key]), f"{keys.path} → {key}", at) for key in ("one", "other"))
    for measure in (one, other):
        if isinstance(measure, NO_AMOUNTS | s.Ratio | s.Share | s.Coverage):
            raise keys.fail("one / other", "两边都要是数，不能是比率或是否")
    return s.Ratio(one, other, keys.truth("zero_fails"))


def _coverage(keys: Keys, at: Context) -> s.Measure:
    roll = at.sheet(keys, "roll", ("roll",))
    log = at.sheet(keys, "log", ("log",))
    return s.Coverage(
        roll.name, at.where(keys, "within", roll), log.name, at.column(keys, "name", log, ("text",)),
        at.column(keys, "column", log, NUMBERS) if keys.has("column") else None,
        at.where(keys, "where", log), keys.number("at_least", 1),
        at.column(keys, "skip_when_zero", at.years, NUMBERS) if keys.has("skip_when_zero") else None,
    )


def _stock(keys: Keys, at: Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("roll", "log"))
    return s.Stock(sheet.name, at.where(keys, "where", sheet))


def _growth(keys: Keys, at: Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("roll", "log"))
    return s.Growth(sheet.name, at.where(keys, "where", sheet), keys.truth("rate"))


def _inner(keys: Keys, key: str, at: Context) -> s.Measure:
    """A measure inside another; it must be a number."""
    measure = read_measure(keys.inner(key, PLACE_WORDS[key]), f"{keys.path} → {key}", at)
    if isinstance(measure, NO_AMOUNTS):
        raise keys.fail(key, "这里要用得出一个数的算法")
    return measure


def _change(keys: Keys, at: Context) -> s.Measure:
    return s.Change(_inner(keys, "of", at), keys.truth("rate"))


def _rank(keys: Keys, at: Context) -> s.Measure:
    return s.Rank(_inner(keys, "of", at))


def _level(keys: Keys, at: Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("pairs", "years", "log"))
    column = at.column(keys, "column", sheet, TEXTS)
    inner = Keys(keys.take("values"), f"{keys.path} → values")
    if not inner.table:
        raise keys.fail("values", "至少要写一个词和它的数")
    for word in inner.table if sheet.by_name[column].choices else ():
        inner.known(word, word, sheet.by_name[column].choices)
    values = tuple((word, inner.number(word)) for word in inner.table)
    if any(number < 0 for _, number in values):
        raise keys.fail("values", "不能是负数")
    left = [word for word in sheet.by_name[column].choices if word not in inner.table]
    if left and sheet.form != "log":
        raise keys.fail("values", f"选项“{'、'.join(left)}”没有写是多少")
    where = at.where(keys, "where", sheet)
    if where and sheet.form != "log":
        raise keys.fail("where", "只有台账可以写条件")
    return s.Level(sheet.name, column, values, where)


def _deadline(keys: Keys, at: Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("log", "roll"))
    where = at.where(keys, "where", sheet)
    if keys.has("event") == keys.has("due"):
        raise keys.fail("due", "要写且只写一个：due（某月某日）或 event（某事之后）")
    if keys.has("due"):
        month, day = _month_day(keys)
        year = keys.whole("year") if keys.has("year") else None
        if year is not None and not 1 <= year <= 50:
            raise keys.fail("year", "应当是阶段的第几年，1 至 50")
        return s.Deadline(sheet.name, where, month, day, year)
    inner = Keys(keys.take("event"), f"{keys.path} → event")
    source = at.sheet(inner, "sheet", ("log", "roll"))
    role = inner.word("role", ("date", "start", "end"), "start" if source.form == "roll" else "date")
    if source.role(role) is None:
        raise inner.fail("role", f"“{source.name}”没有这个角色的栏")
    event = s.Event(source.name, at.where(inner, "where", source), cast(Any, role))
    inner.done()
    within = keys.whole("within")
    if not 0 <= within <= 3660:
        raise keys.fail("within", "应当是 0 至 3660 之间的天数")
    return s.Deadline(sheet.name, where, event=event, within=within)


def _month_day(keys: Keys) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", keys.text("due"))
    if match:
        month, day = int(match.group(1)), int(match.group(2))
        if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2001, month)[1]:
            return month, day
    raise keys.fail("due", "应当是每年都有的月-日，例如 12-20")


def _manual(keys: Keys, at: Context) -> s.Measure:
    return s.Manual("")


def _vacancy(keys: Keys, at: Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("roll",))
    column = at.column(keys, "column", sheet, ("choice",))
    posts = keys.texts("posts", ...)
    for post in posts:
        keys.known("posts", post, sheet.by_name[column].choices)
    return s.Vacancy(sheet.name, column, posts)


def _flag(keys: Keys, at: Context) -> s.Measure:
    sheet = at.sheet(keys, "sheet", ("years", "pairs"))
    return s.Flag(sheet.name, at.column(keys, "column", sheet, ("flag",)))


MEASURES: Mapping[str, tuple[Callable[[Keys, Context], s.Measure], tuple[str, ...], s.Shape, str]] = {
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
    "growth": (_growth, ("sheet", "where", "rate"), "level", "期末在册数 − 期初前一日在册数；rate 再除以后者"),
    "change": (_change, ("of", "rate"), "level", "一个数比上一年（学期、季度、月）增加多少；rate 再除以上期的数"),
    "vacancy": (_vacancy, ("sheet", "column", "posts"), "level", "各职务无人在任的最长连续天数"),
    "flag": (_flag, ("sheet", "column"), "flag", "年度表或基本信息中的是否"),
    "level": (_level, ("sheet", "column", "values", "where"), "level", "等级换成数：年度表或基本信息中的一格，或台账中最高的一个"),
    "deadline": (_deadline, ("sheet", "where", "due", "year", "event", "within"), "term",
                 "第一条符合条件的记录比期限迟几天：期限是某月某日，或某事之后若干天；一直没有则没有值"),
    "rank": (_rank, ("of",), "rank", "按另一个数由高到低排的名次；单份报告中待汇总评定"),
    "manual": (_manual, (), "manual", "人工评定：考评表里填的自评分，未得满分的要写理由"),
}


def read_measure(table: object, path: str, at: Context) -> s.Measure:
    keys = Keys(table, path)
    kind = keys.word("kind", MEASURES)
    measure = MEASURES[kind][0](keys, at)
    keys.taken.extend(MEASURES[kind][1])
    keys.done()
    return measure


TARGETS: Mapping[str, str] = {"at_least": ">=", "more_than": ">", "at_most": "<=", "all": "==", "yes": "=="}


def told_targets() -> str:
    """不少于（at_least）、大于（more_than） …, for who writes in Excel and for who writes TOML."""
    return "、".join(f"{TARGET_WORDS[name]}（{name}）" for name in TARGETS)


def read_target(table: object, path: str, measure: s.Measure) -> s.Target:
    keys = Keys(table, path)
    given = [name for name in TARGETS if keys.has(name)]
    keys.taken.extend(TARGETS)
    keys.done()
    if len(given) != 1:
        raise keys.fail("", f"要写且只写一个：{told_targets()}")
    name = given[0]
    if name == "yes":
        value: Fraction | bool = True
        good = isinstance(measure, s.Flag) and keys.truth(name)
    elif name == "all":
        size = len(measure.items) if isinstance(measure, s.Complete | s.Parts) else len(getattr(measure, "among", ()))
        value, good = Fraction(size), keys.truth(name) and size > 0
    else:
        value, good = keys.number(name), not isinstance(measure, s.Flag)
    if not good:
        raise keys.fail(name, "与这个指标的算法不相配")
    if not isinstance(value, bool) and value > 1 and isinstance(measure, s.Share | s.Coverage):
        raise keys.fail(name, f"这个算法得出的比率不会超过100%，写的是{float(value * 100):g}%；百分数请写 95% 或 0.95")
    return s.Target(cast(Any, TARGETS[name]), value)
