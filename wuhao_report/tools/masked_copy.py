"""A masked copy of a workbook for passing on: people under numbers, telephones and identity numbers with stars, the same results.

As in a marked copy, the package is not rewritten by another program: texts are exchanged in its parts, and nothing else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.problems import problem
from wuhao_report.core.text import without_space
from wuhao_report.evaluation.submission import find_sheets, raw_table, read_submission
from wuhao_report.files.office import DAMAGE, pack, unpack
from wuhao_report.scheme.model import Scheme
from wuhao_report.tables.cells import parse
from wuhao_report.workbook.raw import RawValue, as_text, is_blank
from wuhao_report.workbook.reader import RawBook

_GAP = r"[\s\-－‐-―−]?"
"""What people write between the groups of a long number."""
IDENTITY = re.compile(rf"(?<!\d)(\d{{6}}){_GAP}\d{{8}}{_GAP}(\d{{3}}[\dXxＸｘ])(?!\d)")
OLD_IDENTITY = re.compile(rf"(?<!\d)([1-9]\d{{5}}){_GAP}\d{{6}}{_GAP}(\d{{3}})(?!\d)")
"""Of fifteen digits, as they were given until 1999."""
PHONE = re.compile(rf"(?<!\d)((?:(?:[+＋]|00)?86{_GAP})?1\d{{2}})({_GAP})\d{{4}}({_GAP})(\d{{4}})(?!\d)")
LANDLINE = re.compile(rf"(?<!\d)([(（]?0\d{{2,3}}[)）]?{_GAP})\d{{4}}(\d{{3,4}})(?!\d)")
_RUN = re.compile(r"\d(?:[\d\s\-－‐-―−]*\d)")
FEWEST_DIGITS, LEFT_TO_SEE = 7, 2
"""A run of so many digits in a column for persons is hidden whatever it is, but for its last ones."""
_TEXT = re.compile(r">([^<>]+)<")
_NUMBER = re.compile(r"<c ([^<>]*)><v>(\d{7,18})</v>")
_WHO = re.compile(r"(<(?:dc:creator|cp:lastModifiedBy|Manager|Company)>)[^<]*(<)")
PARTS = (".xml", ".rels", ".vml")
SHORTEST = 2
"""A single character is no name: it stands in too many words."""


@dataclass(frozen=True)
class Masked:
    """The copy, how many people were given numbers, and whether it has pictures, which nobody can mask."""

    data: bytes
    people: int
    pictures: bool


def masked(data: bytes, book: RawBook, scheme: Scheme) -> Masked:
    """The masked copy of the bytes of a workbook (.xlsx, .xlsm) that has been read as `book`.

    Raises UnreadableWorkbook for a package that cannot be written again.
    """
    names, runs = _people(book, scheme)
    numbers = {name: f"人员{number:03d}" for number, name in enumerate(names, 1)}
    said = re.compile(rf"(?<!\d)(?:{'|'.join(map(re.escape, sorted(runs, key=len, reverse=True))) or '(?!)'})(?!\d)")
    spoken = re.compile("|".join(_spaced(name) for name in sorted(names, key=len, reverse=True)) or r"(?!)")

    def hide(text: str) -> str:
        numbered = spoken.sub(lambda match: numbers[without_space(match.group())], text)
        return said.sub(_starred, _without_long_numbers(numbered))

    try:
        members = unpack(data)
    except DAMAGE as error:
        raise UnreadableWorkbook(problem("damaged", file=book.file)) from error
    exchanged = {
        name: _exchanged(part, hide) if name.lower().endswith(PARTS) and not name.endswith(".rels") else part
        for name, part in members.items()
    }
    return Masked(pack(exchanged.items()), len(names), any(name.startswith("xl/media/") for name in members))


def _without_long_numbers(text: str) -> str:
    """Return a text with stars in everything that has the form of an identity or telephone number."""
    text = OLD_IDENTITY.sub(r"\1******\2", IDENTITY.sub(r"\1********\2", text))
    return LANDLINE.sub(r"\1****\2", PHONE.sub(r"\1\2****\3\4", text))


def _starred(run: re.Match[str]) -> str:
    return re.sub(r"\d", "*", run.group()[:-LEFT_TO_SEE]) + run.group()[-LEFT_TO_SEE:]


def _exchanged(part: bytes, hide: Callable[[str], str]) -> bytes:
    text = part.decode("utf-8", "surrogateescape")
    text = _NUMBER.sub(lambda cell: _as_text(cell, hide), text)
    text = _TEXT.sub(lambda match: f">{html.escape(hide(html.unescape(match.group(1))), quote=False)}<", text)
    return _WHO.sub(r"\1\2", text).encode("utf-8", "surrogateescape")


def _as_text(cell: re.Match[str], hide: Callable[[str], str]) -> str:
    """A telephone typed as a number: with stars in it, it is a text."""
    attributes, number = cell.groups()
    if hide(number) == number or re.search(r'\bt="(?!n")', attributes):
        return cell.group()
    return f'<c {re.sub(r" ?t=.n.", "", attributes)} t="str"><v>{number}</v>'


def _spaced(name: str) -> str:
    """A name however many blanks stand between its characters."""
    return r"\s*".join(map(re.escape, name))


def _long_numbers(value: RawValue) -> list[str]:
    """Return the runs of digits that may be telephones; a day stands in other cells too, and stays."""
    runs = _RUN.findall(as_text(value)) if isinstance(value, str | int | float) else []
    return [run for run in runs if sum(map(str.isdigit, run)) >= FEWEST_DIGITS and parse("date", run).value is None]


def _people(book: RawBook, scheme: Scheme) -> tuple[list[str], set[str]]:
    """Return what the columns for persons hold: every name, without blanks, each once, in the order of the workbook; and long numbers."""
    sheets, _, _ = find_sheets(book, scheme)
    submission = read_submission(book, scheme)
    people: dict[str, None] = {}
    runs: set[str] = set()
    for sheet in scheme.sheets:
        personal = [column.name for column in sheet.columns if column.personal and column.type == "text"]
        if not personal or sheet.name not in sheets:
            continue
        if sheet.form == "pairs":
            values: Iterable[RawValue] = [submission.pairs[sheet.name].get(name) for name in personal]
        else:
            table = raw_table(sheets[sheet.name], sheet, scheme)
            values = [
                value
                for name, column in zip(table.columns, table.raws, strict=True)
                if name in personal
                for value in column
                if not is_blank(value)
            ]
        for value in values:
            runs.update(_long_numbers(value))
            for name in re.split(r"[、,，;；/／\n]+", value if isinstance(value, str) else ""):
                name = without_space(as_text(name))
                if len(name) >= SHORTEST and not re.search(r"\d", name):
                    people[name] = None
    return list(people), runs
