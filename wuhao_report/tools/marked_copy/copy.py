"""The marked copy as a whole: the cells with problems are filled and commented, the lists put in front.

The copy is made inside the package: only the sheets that have problems, the styles and the workbook's own list of sheets are touched.
What was touched is kept beside in its first state, so that marking the copy again begins from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lxml import etree

from wuhao_report.core.catalogue import LEVELS
from wuhao_report.core.cell_reference import parse_cell
from wuhao_report.core.problems import Problem
from wuhao_report.files.office import DAMAGE, pack, unpack
from wuhao_report.report.tasks import Task
from wuhao_report.tools.marked_copy.comments import add_comments
from wuhao_report.tools.marked_copy.lists import add_lists
from wuhao_report.tools.marked_copy.parts import NotMarkable, Parts, first_state, needed
from wuhao_report.tools.marked_copy.styles import Styles


def annotated(data: bytes, problems: Iterable[Problem], tasks: Sequence[Task] = ()) -> bytes:
    """Return the marked copy of a workbook (.xlsx, .xlsm), with a list of the problems and one of what is still to be done.

    Raises NotMarkable when the package is not as it should be.
    """
    try:
        members = unpack(data)
    except DAMAGE as error:
        raise NotMarkable(str(error)) from error
    try:
        return pack(_marked(first_state(members), list(problems), tasks).items())
    except (SyntaxError, LookupError, ValueError, TypeError, AttributeError, StopIteration, RecursionError) as error:
        # Parts that strangers wrote may be anything.
        raise NotMarkable(str(error)) from error


def _marked(members: dict[str, bytes], problems: Sequence[Problem], tasks: Sequence[Task]) -> dict[str, bytes]:
    parts = Parts(members)
    sheets = parts.sheets()
    by_sheet: dict[str, dict[str, list[Problem]]] = {}
    for item in problems:
        if item.at.sheet in sheets and item.at.cell:
            by_sheet.setdefault(sheets[item.at.sheet], {}).setdefault(item.at.cell, []).append(item)
    styles = Styles(parts)
    for sheet, cells in by_sheet.items():
        _fill(parts, sheet, cells, styles)
        add_comments(parts, sheet, cells)
    add_lists(parts, problems, tasks, sheets, styles)
    return parts.finished()


def _fill(parts: Parts, sheet: str, cells: Mapping[str, Sequence[Problem]], styles: Styles) -> None:
    """Colour every cell by the gravest of its problems."""
    data = needed(parts.open(sheet), "sheetData")
    if any(not item.get("r") for row in data for item in (row, *row)):
        # Rows and cells may go without addresses; one with an address among them would move all that follow.
        raise NotMarkable("cells without addresses")
    rows = {int(row.get("r")): row for row in data}
    for address, problems in cells.items():
        cell = _cell(parts, data, rows, address)
        level = min((item.level for item in problems), key=LEVELS.index)
        cell.set("s", str(styles.filled(int(cell.get("s", "0")), level)))


def _cell(parts: Parts, data: Any, rows: dict[int, Any], address: str) -> Any:
    """The cell of an address, made in its place where the sheet has none there."""
    place = parse_cell(address)
    if place is None:
        raise NotMarkable(f"no cell: {address}")
    row = rows.get(place[0])
    if row is None:
        row = rows[place[0]] = _inserted(
            data, etree.Element(parts.tag("row"), r=str(place[0])), lambda other: int(other.get("r", "0")) > place[0]
        )
    for cell in row:
        if cell.get("r") == address:
            return cell
    return _inserted(
        row, etree.Element(parts.tag("c"), r=address), lambda other: (parse_cell(other.get("r", "")) or place)[1] > place[1]
    )


def _inserted(parent: Any, element: Any, is_later: Callable[[Any], bool]) -> Any:
    """Put an element before the first that is later, or at the end; return it."""
    later = next((other for other in parent if is_later(other)), None)
    if later is None:
        parent.append(element)
    else:
        later.addprevious(element)
    return element
