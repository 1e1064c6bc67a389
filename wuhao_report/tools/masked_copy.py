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
from wuhao_report.workbook.raw import as_text, is_blank
from wuhao_report.workbook.reader import RawBook

IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
PHONE = re.compile(r"(?<!\d)(1\d{2})(-?)\d{4}\2(\d{4})(?!\d)")
LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}-)\d{4}(\d{3,4})(?!\d)")
_TEXT = re.compile(r">([^<>]+)<")
_NUMBER = re.compile(r"<c ([^<>]*)><v>(\d{11,18})</v>")
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
    names = _people(book, scheme)
    numbers = {name: f"人员{number:03d}" for number, name in enumerate(names, 1)}
    spoken = re.compile("|".join(_spaced(name) for name in sorted(names, key=len, reverse=True)) or r"(?!)")

    def hide(text: str) -> str:
        numbered = spoken.sub(lambda match: numbers[without_space(match.group())], text)
        return LANDLINE.sub(r"\1****\2", PHONE.sub(r"\1\2****\2\3", IDENTITY.sub(r"\1********\2", numbered)))

    try:
        members = unpack(data)
    except DAMAGE as error:
        raise UnreadableWorkbook(problem("damaged", file=book.file)) from error
    exchanged = {
        name: _exchanged(part, hide) if name.lower().endswith(PARTS) and not name.endswith(".rels") else part
        for name, part in members.items()
    }
    return Masked(pack(exchanged.items()), len(names), any(name.startswith("xl/media/") for name in members))


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


def _people(book: RawBook, scheme: Scheme) -> list[str]:
    """Every name in a column for persons, without blanks, each once, in the order of the workbook."""
    sheets, _, _ = find_sheets(book, scheme)
    submission = read_submission(book, scheme)
    people: dict[str, None] = {}
    for sheet in scheme.sheets:
        personal = [column.name for column in sheet.columns if column.personal]
        if not personal or sheet.name not in sheets:
            continue
        if sheet.form == "pairs":
            values: Iterable[object] = [submission.profile.get(name) for name in personal]
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
            for name in re.split(r"[、,，;；/／\n]+", value if isinstance(value, str) else ""):
                name = without_space(as_text(name))
                if len(name) >= SHORTEST and not re.search(r"\d", name):
                    people[name] = None
    return list(people)
