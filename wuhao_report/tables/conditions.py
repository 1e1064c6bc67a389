"""Conditions on the columns of a table: their record, how a scheme writes them, whether a value meets them, their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wuhao_report.core.strict import Keys
from wuhao_report.core.text import without_space
from wuhao_report.tables.sheets import TYPE_WORDS, Column, Sheet

TEXTS = ("text", "choice", "choices")
"""The types of columns whose values are words."""


@dataclass(frozen=True)
class Condition:
    """A test of one column: op is 'in' (one of values), 'contains' (text), 'is' (flag) or 'filled'."""

    column: str
    op: Literal["in", "contains", "is", "filled"]
    values: tuple[str, ...] = ()
    truth: bool = True


Where = tuple[Condition, ...]


def fits(condition: Condition, value: Any) -> bool:
    """Whether one value meets a condition; an empty flag of a table is no."""
    if condition.op == "is":
        return (value is True) == condition.truth
    if condition.op == "filled":
        return (value not in (None, ())) == condition.truth
    if value is None:
        return False
    if condition.op == "contains":
        text = without_space(str(value))
        return any(part in text for part in condition.values)
    if isinstance(value, tuple):
        return any(item in condition.values for item in value)
    return value in condition.values


def read_where(keys: Keys, key: str, sheet: Sheet) -> Where:
    """Return the conditions on a sheet's columns that stand under a key of a scheme.

    Raises SchemeError for a column the sheet has not, or a value its type cannot have.
    """
    inner = Keys(keys.take(key, {}), f"{keys.path} → {key}")
    conditions = []
    for name in inner.table:
        inner.known(name, name, sheet.by_name)
        conditions.append(_condition(inner, sheet.by_name[name]))
    return tuple(conditions)


def named(words: Mapping[str, str], *names: str) -> str:
    """Return “台账”（log）: both who writes TOML and who writes in Excel find the word."""
    return "、".join(f"“{words[name]}”（{name}）" for name in names)


def _condition(keys: Keys, column: Column) -> Condition:
    value = keys.take(column.name)
    if isinstance(value, bool):
        if column.type != "flag":
            raise keys.fail(column.name, "只有是否栏可以写 true 或 false")
        return Condition(column.name, "is", truth=value)
    if isinstance(value, dict):
        return _inner_condition(Keys(value, f"{keys.path} → {column.name}"), keys, column)
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(item, str) for item in values):
        raise keys.fail(column.name, "应当是文字、文字的列表、true/false、{ contains = [...] } 或 { filled = true }")
    if column.type not in TEXTS:
        wanted = "是或否（true 或 false）" if column.type == "flag" else "不空（{ filled = true }）"
        raise keys.fail(column.name, f"类型是{named(TYPE_WORDS, column.type)}，这里只能写{wanted}")
    for item in values if column.choices else ():
        keys.known(column.name, item, column.choices)
    return Condition(column.name, "in", tuple(values))


def _inner_condition(inner: Keys, outer: Keys, column: Column) -> Condition:
    """Return { contains = [...] } or { filled = true } as a condition."""
    if inner.has("contains"):
        if column.type not in TEXTS:
            raise outer.fail(column.name, f"类型是{named(TYPE_WORDS, column.type)}，不能用“含”（contains）")
        condition = Condition(column.name, "contains", inner.texts("contains"))
    else:
        condition = Condition(column.name, "filled", truth=bool(inner.truth("filled")))
        if not inner.has("filled"):
            inner.taken.append("contains")
    inner.done()
    return condition


def where_text(where: Iterable[Condition]) -> str:
    """Return the conditions in brackets, as a secretary reads them: （类型为调研，研究）."""
    parts = []
    for one in where:
        if one.op in ("in", "contains"):
            parts.append(f"{one.column}{'为' if one.op == 'in' else '含'}{'或'.join(one.values)}")
        elif one.op == "is":
            parts.append(one.column if one.truth else f"{one.column}为否")
        else:
            parts.append(f"{one.column}已填" if one.truth else f"{one.column}未填")
    return f"（{'，'.join(parts)}）" if parts else ""
