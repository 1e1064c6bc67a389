"""A workbook → its masked copy."""

from __future__ import annotations

from dataclasses import dataclass

from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.problems import problem
from wuhao_report.files.office import DAMAGE, pack, unpack
from wuhao_report.scheme.model import Scheme
from wuhao_report.tools.masked.parts import masked_parts, unmasked
from wuhao_report.tools.masked.people import People, people_of
from wuhao_report.workbook.reader import RawBook


@dataclass(frozen=True)
class Masked:
    """The copy, the people who were given numbers, and what is in it that nobody can mask: pictures, files, macros."""

    data: bytes
    people: People
    unmasked: tuple[str, ...]


def masked(data: bytes, book: RawBook, scheme: Scheme) -> Masked:
    """Return the masked copy of the bytes of a workbook (.xlsx, .xlsm) that has been read as `book`.

    Raises UnreadableWorkbook for a package that cannot be written again.
    """
    people = people_of(book, scheme)
    try:
        members = unpack(data)
        made = masked_parts(members, people)
    except DAMAGE as error:
        raise UnreadableWorkbook(problem("damaged", file=book.file)) from error
    return Masked(pack(made.items()), people, unmasked(members))
