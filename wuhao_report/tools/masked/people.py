"""Who is named in a workbook, the number that stands for each, and how a text and a cell for persons are masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from wuhao_report.core.problems import At
from wuhao_report.core.text import without_space
from wuhao_report.evaluation.submission import Submission, find_sheets, raw_table, read_submission
from wuhao_report.scheme.model import Scheme
from wuhao_report.tables.cells import parse
from wuhao_report.tables.sheets import Sheet
from wuhao_report.workbook.raw import RawValue, as_text, is_blank
from wuhao_report.workbook.reader import RawBook, RawSheet

_GAP = r"[\s\-－‐-―−]?"
"""What people write between the groups of a long number."""
IDENTITY = re.compile(rf"(?<!\d)(\d{{6}}){_GAP}\d{{8}}{_GAP}(\d{{3}}[\dXxＸｘ])(?!\d)")
OLD_IDENTITY = re.compile(rf"(?<!\d)([1-9]\d{{5}}){_GAP}\d{{6}}{_GAP}(\d{{3}})(?!\d)")
"""Of fifteen digits, as they were given until 1999."""
PHONE = re.compile(rf"(?<!\d)((?:(?:[+＋]|00)?86{_GAP})?1\d{{2}})({_GAP})\d{{4}}({_GAP})(\d{{4}})(?!\d)")
LANDLINE = re.compile(rf"(?<!\d)([(（]?0\d{{2,3}}[)）]?{_GAP})\d{{4}}(\d{{3,4}})(?!\d)")
ACCOUNT = re.compile(r"((?:微信|QQ|qq)号?(?:码)?[:：\s]*)[A-Za-z0-9_-]{5,}")
MAIL = re.compile(r"[\w.+-]+@(?=[\w-]+\.[\w.-]+)", re.ASCII)
_RUN = re.compile(r"\d(?:[\d\s\-－‐-―−]*\d)")
_SEPARATORS = re.compile(r"([、,，;；/／\n]+)")
FEWEST_DIGITS, FEWEST_ALONE, LEFT_TO_SEE = 7, 4, 2
"""In a column for persons: runs of so many digits are hidden but for the last ones; of fewer, all of them."""
SHORTEST = 2
"""A single character is no name in a running text: it stands in too many words."""

Cells = Mapping[tuple[str, int, int], str]
"""By the sheet's name in the workbook, the Excel row and the 0-based column: what stands in a cell for persons once it is masked."""


@dataclass(frozen=True)
class People:
    """The people of a workbook by their names without blanks, each with a number; `runs` are their telephones, `words` what is no name.

    `cells` are the cells for persons as they are once masked.
    """

    numbers: Mapping[str, str]
    runs: frozenset[str]
    words: str
    cells: Cells

    @cached_property
    def _spoken(self) -> re.Pattern[str]:
        """The names that are looked for in texts: not what is a word of the scheme too, nor part of one."""
        names = (name for name in self.numbers if len(name) >= SHORTEST and not re.search(r"\d", name) and name not in self.words)
        return re.compile("|".join(map(_spaced, sorted(names, key=len, reverse=True))) or r"(?!)")

    @cached_property
    def _said(self) -> re.Pattern[str]:
        runs = sorted(self.runs, key=len, reverse=True)
        return re.compile(rf"(?<!\d)(?:{'|'.join(map(re.escape, runs)) or '(?!)'})(?!\d)")

    def without_names(self, text: str) -> str:
        """Return a text with a number in place of every name."""
        return self._spoken.sub(lambda match: self.numbers[without_space(match.group())], text)

    def hide(self, text: str) -> str:
        """Return a text with numbers for names, and stars in telephones, identity numbers, addresses and accounts, by their form."""
        numbers = self._said.sub(_starred, _without_long_numbers(self.without_names(text)))
        return ACCOUNT.sub(r"\1***", MAIL.sub("***@", numbers))


def people_of(book: RawBook, scheme: Scheme) -> People:
    """Return the people whom the columns and keys for persons name, in the order of the workbook."""
    sheets, _, _ = find_sheets(book, scheme)
    submission = read_submission(book, scheme)
    written = [
        (name, row, column, value)
        for sheet in scheme.sheets
        if sheet.name in sheets
        for name, row, column, value in _cells_for_persons(sheet, sheets[sheet.name], submission)
    ]
    numbers: dict[str, str] = {}
    for *_, value in written:
        for name in _names(value):
            numbers.setdefault(name, f"人员{len(numbers) + 1:03d}")
    runs = frozenset(run for *_, value in written for run in _long_numbers(value))
    known = People(numbers, runs, _vocabulary(scheme, submission), {})
    cells = {(name, row, column): _masked(value, known) for name, row, column, value in written}
    return People(numbers, runs, known.words, cells)


def _cells_for_persons(sheet: Sheet, raw: RawSheet, submission: Submission) -> Iterator[tuple[str, int, int, RawValue]]:
    """Yield the cells of the columns, or the keys, that are marked as personal and hold something."""
    personal = [column.name for column in sheet.columns if column.personal and column.type == "text"]
    if not personal:
        return
    if sheet.form == "pairs":
        places: list[At] = [at for name in personal if (at := submission.places.get((sheet.name, name)))]
    else:
        table = raw_table(raw, sheet, submission.scheme)
        places = [At(raw.name, row, table.columns[name]) for name in personal if name in table.columns for row in table.numbers]
    for at in places:
        row = raw.rows[at.row - 1] if at.row and at.row <= len(raw.rows) else ()
        value = row[at.column] if at.column is not None and at.column < len(row) else None
        if at.row and at.column is not None and not is_blank(value):
            yield raw.name, at.row, at.column, value


def _names(value: RawValue) -> Iterator[str]:
    """Yield the names in a cell for persons, without blanks: what is no number."""
    for part in _SEPARATORS.split(as_text(value))[::2]:
        name = without_space(part)
        if name and not _is_number(name) and parse("text", name).value is not None:
            yield name


def _is_number(text: str) -> bool:
    """Say whether a text is a telephone or another number, and no name that has digits in it."""
    digits = sum(map(str.isdigit, text))
    return digits >= FEWEST_ALONE and digits * 2 > len(text)


def _masked(value: RawValue, people: People) -> str:
    """Return what stands in a cell for persons once it is masked, whatever its form."""
    parts = _SEPARATORS.split(as_text(value))
    for at in range(0, len(parts), 2):
        name = without_space(parts[at])
        parts[at] = people.numbers[name] if name in people.numbers else _masked_number(parts[at], people)
    return "".join(parts)


def _masked_number(text: str, people: People) -> str:
    hidden = people.hide(text)
    if hidden != text or sum(map(str.isdigit, text)) < FEWEST_ALONE or parse("date", text).value is not None:
        return hidden
    return re.sub(r"\d", "*", text)


def _long_numbers(value: RawValue) -> list[str]:
    """Return the runs of digits that may be telephones; a day stands in other cells too, and stays."""
    runs = _RUN.findall(as_text(value)) if isinstance(value, str | int | float) else []
    return [run for run in runs if sum(map(str.isdigit, run)) >= FEWEST_DIGITS and parse("date", run).value is None]


def _vocabulary(scheme: Scheme, submission: Submission) -> str:
    """Return the words of the scheme, and the names of unit and superior: masked, they would change what is read."""
    words: Iterable[str] = (
        *(
            text
            for sheet in scheme.sheets
            for column in sheet.columns
            for text in (column.name, *column.aliases, *column.choices)
        ),
        *(sheet.name for sheet in scheme.sheets),
        *(stage.title for stage in submission.scheme.stages),
        *(str(submission.profile_role(role) or "") for role in ("unit", "superior")),
    )
    return "\n".join(words)


def _without_long_numbers(text: str) -> str:
    """Return a text with stars in everything that has the form of an identity or telephone number."""
    text = OLD_IDENTITY.sub(r"\1******\2", IDENTITY.sub(r"\1********\2", text))
    return LANDLINE.sub(r"\1****\2", PHONE.sub(r"\1\2****\3\4", text))


def _starred(run: re.Match[str]) -> str:
    return re.sub(r"\d", "*", run.group()[:-LEFT_TO_SEE]) + run.group()[-LEFT_TO_SEE:]


def _spaced(name: str) -> str:
    """A name however many blanks stand between its characters."""
    return r"\s*".join(map(re.escape, name))
