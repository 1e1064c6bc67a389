"""The sheets a workbook of a scheme has: their forms, their columns, the types and roles of columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Form = Literal["pairs", "years", "roll", "log", "list"]
ColumnType = Literal[
    "text", "date", "month", "year", "count", "amount", "flag", "choice", "choices", "ids", "photos", "stage", "indicator"
]
COLUMN_TYPES: Mapping[str, str] = {
    "text": "文字",
    "date": "日期",
    "month": "年月",
    "year": "年份",
    "count": "非负整数",
    "amount": "非负数，可带小数和“万”",
    "flag": "是/否",
    "choice": "从选项中选一个",
    "choices": "从选项中选若干个，用顿号分开",
    "ids": "若干编号，用顿号分开",
    "photos": "照片：插入格内的图片，或文件名，用顿号分开",
    "stage": "报告阶段",
    "indicator": "指标编号",
}
FORMS: Mapping[str, str] = {
    "pairs": "项目 | 内容，一项一行",
    "years": "一年一行",
    "roll": "名册：一人一行，有加入日期和退出日期",
    "log": "台账：一事一行，有日期",
    "list": "其他清单",
}
FORM_WORDS: Mapping[str, str] = {"pairs": "项目表", "years": "年度表", "roll": "名册", "log": "台账", "list": "清单"}
TYPE_WORDS: Mapping[str, str] = {
    "text": "文字",
    "date": "日期",
    "month": "年月",
    "year": "年份",
    "count": "整数",
    "amount": "数",
    "flag": "是否",
    "choice": "单选",
    "choices": "多选",
    "ids": "编号",
    "photos": "照片",
    "stage": "报告阶段",
    "indicator": "指标编号",
}


@dataclass(frozen=True)
class Column:
    """One column of a sheet (or one key of a pairs sheet); one that workbooks of an earlier version lack has a later `since`."""

    name: str
    type: ColumnType
    required: bool = False
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    hint: str = ""
    example: str = ""
    future: bool = False
    personal: bool = False
    since: int = 1


@dataclass(frozen=True)
class Sheet:
    """One sheet: its form, its columns in order, and which column plays which role; workbooks of a version before `since` lack it.

    `minors`: it is a roll of children, whose names stand in no report.
    """

    name: str
    form: Form
    columns: tuple[Column, ...]
    use: str = ""
    hint: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False
    since: int = 1
    minors: bool = False

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}

    def role(self, role: str) -> str | None:
        """Return the name of the column that plays a role, or None where none does."""
        return self.roles.get(role)


class Sheets:
    """All sheets of a scheme, by their names and by what they are used for."""

    def __init__(self, sheets: Iterable[Sheet]) -> None:
        self.by_name: Mapping[str, Sheet] = {sheet.name: sheet for sheet in sheets}
        self.by_use: Mapping[str, Sheet] = {sheet.use: sheet for sheet in self.by_name.values() if sheet.use}

    def form(self, name: str) -> Form:
        """Return the form of the sheet of a name."""
        return self.by_name[name].form

    @property
    def profile(self) -> Sheet:
        """The key–value sheet that says who reports, at which stage, on which day."""
        return self.by_use["profile"]

    @property
    def years(self) -> Sheet:
        """The sheet with one row of figures for each year."""
        return self.by_use["years"]

    @property
    def assessed(self) -> Sheet:
        """The sheet of scores given by hand."""
        return self.by_use["assessed"]
