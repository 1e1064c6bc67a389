"""Sheets of a scheme file → their records: forms, columns, the roles that columns play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from wuhao_report.core.strict import Keys, duplicate_of
from wuhao_report.scheme.excel.layout import ROLE_WORDS
from wuhao_report.tables.sheets import COLUMN_TYPES, FORMS, Column, ColumnType, Form, Sheet

USES: Mapping[str, tuple[str, ...]] = {
    "profile": ("unit", "superior", "start_year", "stage", "report_date", "reporter", "basis", "no_records", "self_name"),
    "years": ("year",),
    "mending": ("problem", "indicator", "cause", "measure", "person", "deadline", "state"),
    "evidence": ("id", "title", "date", "pages", "file"),
    "texts": ("overview", "process", "examples", "highlights", "shortcomings", "suggestions", "plans"),
    "honours": ("date", "title", "issuer", "recipient"),
    "leaders": ("name", "post", "office", "start", "end"),
    "activities": ("date", "title", "kind", "elders", "young"),
    "assessed": ("item", "self", "self_reason", "score", "reason"),
}
REQUIRED_USES = ("profile", "years", "mending", "evidence", "texts")
FORM_ROLES: Mapping[str, tuple[str, ...]] = {
    "pairs": (),
    "years": ("year",),
    "roll": ("name", "start", "end"),
    "log": ("date",),
    "list": (),
}
OPTIONAL_ROLES = (
    "evidence",
    "elders",
    "young",
    "kind",
    "date",
    "file",
    "pages",
    "reporter",
    "basis",
    "no_records",
    "self_name",
    "cause",
    "examples",
    "suggestions",
    "office",
)


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
        future=keys.truth("future"),
        personal=keys.truth("personal"),
        since=keys.whole("since", 1),
    )
    keys.done()
    if (column.type in ("choice", "choices")) != bool(column.choices):
        raise keys.fail("choices", "单选、多选（choice、choices）必须有选项，其他类型不能有")
    return column


def read_sheet(table: object, number: int) -> Sheet:
    """Return a sheet from its table; `number` is its place in the file. Raises SchemeError."""
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
    sheet = Sheet(
        name,
        form,
        columns,
        use,
        keys.text("hint", ""),
        roles,
        keys.truth("optional"),
        keys.whole("since", 1),
        keys.truth("minors"),
    )
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


NO_RECORDS = "无记录的表"


def with_statement(sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    """Return the sheets with the key of the profile that names the tables without records, where a scheme has none of its own."""
    tables = tuple(sheet.name for sheet in sheets if sheet.form in ("log", "roll"))
    profile = next((sheet for sheet in sheets if sheet.use == "profile"), None)
    if profile is None or not tables or profile.role("no_records") or NO_RECORDS in profile.by_name:
        return sheets
    hint = "确实没有发生的表，把表名写在这里，用顿号分开，或在那张表第一行写一个“无”；空着的按尚未填写处理"
    column = Column(NO_RECORDS, "choices", choices=tables, hint=hint, since=2)
    stated = replace(profile, columns=(*profile.columns, column), roles={**profile.roles, "no_records": NO_RECORDS})
    return tuple(stated if sheet is profile else sheet for sheet in sheets)
