"""A filled 考评表 as plain values; read in a process that can be lost, for it came back from somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from wuhao_report.aggregate.assessors.form import ASSESSOR, ID, PARENT, REASON, SCHEME, SCORE, STAGE, SUM, UNIT
from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.tables.cells import parse
from wuhao_report.tables.headers import find_header, header_key, place_headers
from wuhao_report.workbook.raw import RawValue, as_text, is_blank
from wuhao_report.workbook.reader import RawSheet, read_book

FACTS = {header_key(name): name for name in (UNIT, PARENT, SCHEME, STAGE, ASSESSOR)}
WANTED = {header_key(name): name for name in (ID, SCORE, REASON)}
MOST_ITEMS = 1_000
HEADER_WITHIN = 30


@dataclass(frozen=True)
class Entry:
    """What stands in a row: the number of the indicator, the score where it is filled in, the reason, and where the score stands."""

    id: str
    score: Fraction | None
    reason: str
    at: At


@dataclass(frozen=True)
class FilledForm:
    """A filled form: of which committee it is, by whom, and its rows that are filled in."""

    file: str
    unit: str
    parent: str
    scheme: str
    stage: str
    assessor: str
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()


def read_forms(paths: Sequence[tuple[str, Path]]) -> list[FilledForm | UnreadableWorkbook]:
    """Return the filled forms of several files, each with its name; for one that is none, what is wrong with it."""
    found: list[FilledForm | UnreadableWorkbook] = []
    for name, path in paths:
        try:
            found.append(read_form(name, path))
        except UnreadableWorkbook as error:
            found.append(error)
    return found


def read_form(name: str, path: Path) -> FilledForm:
    """Return a filled form; raises UnreadableWorkbook where the file is none."""
    for sheet in read_book(path).sheets:
        header = find_header(sheet.rows, WANTED, within=HEADER_WITHIN)
        columns: Mapping[str, int] = place_headers(header.cells, WANTED).columns if header else {}
        facts = _facts(sheet, header.row if header else 0)
        if header and {ID, SCORE} <= set(columns) and facts.get(UNIT):
            return _form(name, sheet, header.row, columns, facts)
    raise UnreadableWorkbook(problem("no-form", file=name))


def _facts(sheet: RawSheet, until: int) -> dict[str, str]:
    """Return what stands beside the words above the table."""
    facts: dict[str, str] = {}
    for cells in sheet.rows[:until]:
        filled = [as_text(cell) for cell in cells if not is_blank(cell)]
        if len(filled) > 1 and header_key(filled[0]) in FACTS:
            facts.setdefault(FACTS[header_key(filled[0])], filled[1].strip())
    return facts


def _cell(cells: Sequence[RawValue], at: int | None) -> RawValue:
    return cells[at] if at is not None and at < len(cells) else ""


def _form(name: str, sheet: RawSheet, header: int, columns: Mapping[str, int], facts: dict[str, str]) -> FilledForm:
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, cells in enumerate(sheet.rows[header + 1 :][:MOST_ITEMS], header + 2):
        item, raw, reason = (_cell(cells, columns.get(column)) for column in (ID, SCORE, REASON))
        if as_text(item).strip() == SUM:
            break
        if is_blank(item) or (is_blank(raw) and is_blank(reason)):
            continue
        at = At(sheet.name, number, columns[SCORE])
        parsed = parse("amount", raw)
        if parsed.code and parsed.value is None:
            problems.append(problem("not-a-number", at, as_text(raw)[:40], column=SCORE, effect="，未计入"))
            continue
        score = None if parsed.value is None else Fraction(parsed.value)
        entries.append(Entry(as_text(item).strip(), score, "" if is_blank(reason) else as_text(reason).strip(), at))
    unit, parent, scheme, stage, assessor = (facts.get(name, "") for name in (UNIT, PARENT, SCHEME, STAGE, ASSESSOR))
    return FilledForm(name, unit, parent, scheme, stage, assessor, tuple(entries), tuple(problems))
