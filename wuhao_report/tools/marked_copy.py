"""A marked copy of somebody's workbook (批注副本): a comment and a fill for each problem, and a list of them with links.

The copy is made inside the package: only the sheets that have problems, the styles and the workbook's own list of
sheets are touched; every other part stays byte for byte. What was touched is kept beside in its first state, so that
marking the copy again begins from there.
"""

from __future__ import annotations

import hashlib
import io
import json
import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from wuhao_report.core.cell_reference import column_letters
from wuhao_report.core.problems import LEVEL_WORDS, At, Group, Level, Problem, grouped
from wuhao_report.files.office import pack
from wuhao_report.files.provenance import ENDING, KEPT, KEPT_LIST
from wuhao_report.report.chinese_style import due_text
from wuhao_report.report.tasks import Task

LIST = "问题清单"
AUTHOR = "核对提示"
COLORS: Mapping[Level, str] = {"error": "FFFFC7CE", "warning": "FFFFEB9C", "info": "FFDDEBF7"}
ORDER: tuple[Level, ...] = ("error", "warning", "info")
GAPS = "还差什么"
PROBLEM_COLUMNS = (("序号", 6), ("级别", 8), ("工作表", 14), ("单元格", 14), ("现在填的", 24), ("问题", 60), ("怎么办", 60))
GAP_COLUMNS = (("序号", 6), ("指标", 28), ("还要做什么", 56), ("最短的办法", 56), ("最后日期", 26), ("单元格", 20))
CONTENT_TYPES = "[Content_Types].xml"
BOOK = "xl/workbook.xml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MOST_TEXT = 30_000
AFTER_COMMENTS = frozenset({"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"})
"""What stands behind the mark of comments in a sheet."""


class NotMarkable(ValueError):
    """A package whose parts are not as a workbook has them."""


def annotated(data: bytes, problems: Iterable[Problem], tasks: Sequence[Task] = ()) -> bytes:
    """The bytes of the marked copy of a workbook (.xlsx, .xlsm), with a list of the problems and one of what is still to be done.

    Raises NotMarkable when the package is not as it should be.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = {name: package.read(name) for name in package.namelist() if not name.endswith("/")}
        return pack(_Marker(_first_state(members)).marked(list(problems), tasks).items())
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, IndexError, ValueError, StopIteration) as error:
        raise NotMarkable(str(error)) from error


def _first_state(members: dict[str, bytes]) -> dict[str, bytes]:
    """The members as they were before we marked them; a copy saved by Excel since is taken as it is."""
    listing = members.get(KEPT_LIST)
    if listing is None:
        return members
    kept = json.loads(listing)
    if any(_digest(members.get(name, b"")) != digest for name, digest in kept["made"].items()):
        return {name: part for name, part in members.items() if not name.startswith(KEPT)}
    back = {name: members[f"{KEPT}/{number}.{ENDING}"] for number, name in enumerate(kept["touched"])}
    return {name: back.get(name, part) for name, part in members.items() if not name.startswith(KEPT) and name not in kept["added"]}


def _digest(part: bytes) -> str:
    return hashlib.sha256(part).hexdigest()


def _parse(part: bytes) -> Any:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True))


def _bytes(root: Any) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _name(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if _name(child) == name), None)


def _needed(element: Any, name: str) -> Any:
    """A child without which a part cannot be marked."""
    found = _child(element, name)
    if found is None:
        raise NotMarkable(f"no {name}")
    return found


class _Marker:
    """Marks one package; `parts` holds the parsed parts that are to be written anew."""

    def __init__(self, members: dict[str, bytes]) -> None:
        self.members = members
        self.parts: dict[str, Any] = {}
        self.added: dict[str, bytes] = {}
        self.namespace = etree.QName(self.part(BOOK)).namespace
        self.links = _links(members, BOOK)

    def part(self, name: str) -> Any:
        if name not in self.parts:
            self.parts[name] = _parse(self.members[name])
        return self.parts[name]

    def tag(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}"

    def marked(self, problems: Sequence[Problem], tasks: Sequence[Task]) -> dict[str, bytes]:
        sheets = self._sheets()
        by_cell: dict[str, dict[str, list[Problem]]] = {}
        for item in problems:
            if item.at.sheet in sheets and item.at.cell:
                by_cell.setdefault(sheets[item.at.sheet], {}).setdefault(item.at.cell, []).append(item)
        styles = _Styles(self)
        for path, cells in by_cell.items():
            self._fill(path, cells, styles)
            self._comment(path, cells)
        self._lists(problems, tasks, sheets, styles)
        made = {name: _bytes(root) for name, root in self.parts.items()}
        return self._kept(made)

    def _kept(self, made: dict[str, bytes]) -> dict[str, bytes]:
        """All members with those made anew, and beside them the first state of what was there."""
        touched = [name for name in made if name in self.members and made[name] != self.members[name]]
        types = self._types(bytes(made.get(CONTENT_TYPES, self.members[CONTENT_TYPES])))
        new = {**{name: made[name] for name in touched}, CONTENT_TYPES: types}
        touched = list(dict.fromkeys([*touched, CONTENT_TYPES]))
        added = {**{name: part for name, part in made.items() if name not in self.members}, **self.added}
        listing = {"touched": touched, "added": list(added), "made": {name: _digest(part) for name, part in {**new, **added}.items()}}
        kept = {f"{KEPT}/{number}.{ENDING}": self.members[name] for number, name in enumerate(touched)}
        kept[KEPT_LIST] = json.dumps(listing, ensure_ascii=False, sort_keys=True).encode()
        return {**{name: new.get(name, part) for name, part in self.members.items()}, **added, **kept}

    def _types(self, part: bytes) -> bytes:
        root = _parse(part)
        _default(root, ENDING, "application/octet-stream")
        return _bytes(root)

    def _sheets(self) -> dict[str, str]:
        """The part of every sheet by its name, as the reader names it."""
        found = {}
        for sheet in _needed(self.part(BOOK), "sheets"):
            identity = next(value for key, value in sheet.attrib.items() if etree.QName(key).localname == "id" and etree.QName(key).namespace)
            if identity in self.links and self.links[identity] in self.members:
                found[sheet.get("name")] = self.links[identity]
        return found

    # Fills

    def _fill(self, path: str, cells: Mapping[str, list[Problem]], styles: _Styles) -> None:
        data = _needed(self.part(path), "sheetData")
        if any(not item.get("r") for row in data for item in (row, *row)):
            # Rows and cells may go without addresses; one with an address among them would move all that follow.
            raise NotMarkable("cells without addresses")
        rows = {int(row.get("r")): row for row in data if row.get("r")}
        for address, found in cells.items():
            cell = self._cell(data, rows, address)
            level = min((item.level for item in found), key=ORDER.index)
            cell.set("s", str(styles.filled(int(cell.get("s", "0")), level)))

    def _cell(self, data: Any, rows: dict[int, Any], address: str) -> Any:
        """The cell of an address, made in its place when the sheet has none there."""
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()  # type: ignore[union-attr]
        row_number = int(number)
        row = rows.get(row_number)
        if row is None:
            row = etree.Element(self.tag("row"), r=number)
            later = next((other for other in data if int(other.get("r", "0")) > row_number), None)
            if later is None:
                data.append(row)
            else:
                later.addprevious(row)
            rows[row_number] = row
        for cell in row:
            other = re.match(r"[A-Z]+", cell.get("r", ""))
            if cell.get("r") == address:
                return cell
            if other and (len(other.group()), other.group()) > (len(letters), letters):
                made = etree.Element(self.tag("c"), r=address)
                cell.addprevious(made)
                return made
        return etree.SubElement(row, self.tag("c"), r=address)

    # Comments

    def _comment(self, path: str, cells: Mapping[str, list[Problem]]) -> None:
        links = _links(self.members, path)
        comments = next(iter(_links(self.members, path, "comments").values()), None)
        drawing = next((name for name in _links(self.members, path, "vmlDrawing").values() if self._is_legacy(path, links, name)), None)
        if comments is None or drawing is None:
            comments, drawing = self._new_comments(path)
        root, shapes = self._opened(comments), self._opened(drawing)
        authors, listing = _needed(root, "authors"), _needed(root, "commentList")
        _without_ours(authors, listing, shapes)
        etree.SubElement(authors, self.tag("author")).text = AUTHOR
        author = str(len(authors) - 1)
        own = {comment.get("ref"): comment for comment in listing}
        for number, (address, found) in enumerate(cells.items(), 1):
            text = "\n".join(f"【{LEVEL_WORDS[item.level]}】{item.message}{item.hint}" for item in found)[:MOST_TEXT]
            comment = own.get(address)
            if comment is None:
                comment = etree.SubElement(listing, self.tag("comment"), ref=address, authorId=author)
                etree.SubElement(comment, self.tag("text"))
                shapes.append(_shape(address, number))
            else:
                text = "\n" + text
            run = etree.SubElement(_needed(comment, "text"), self.tag("r"))
            value = etree.SubElement(run, self.tag("t"))
            value.text = text
            value.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        listing[:] = sorted(listing, key=lambda comment: _place(comment.get("ref")))

    def _opened(self, name: str) -> Any:
        if name in self.added:
            self.parts[name] = _parse(self.added.pop(name))
        return self.part(name)

    def _is_legacy(self, path: str, links: Mapping[str, str], name: str) -> bool:
        mark = _child(self.part(path), "legacyDrawing")
        return mark is not None and any(links.get(value) == name for value in mark.attrib.values())

    def _new_comments(self, path: str) -> tuple[str, str]:
        """Empty comments and their drawing for a sheet that has none."""
        number = next(number for number in range(1, 10_000) if not any(
            name in self.members or name in self.added or name in self.parts
            for name in (f"xl/wuhaoComments{number}.xml", f"xl/drawings/wuhaoComments{number}.vml")))
        comments, drawing = f"xl/wuhaoComments{number}.xml", f"xl/drawings/wuhaoComments{number}.vml"
        self.added[comments] = f'<comments xmlns="{self.namespace}"><authors/><commentList/></comments>'.encode()
        self.added[drawing] = _DRAWING
        types = self.part(CONTENT_TYPES)
        _default(types, "vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
        etree.SubElement(types, f"{{{PACKAGE}content-types}}Override", PartName=f"/{comments}", ContentType=f"{MEDIA}.comments+xml")
        root = self.part(path)
        identity = self._link(path, drawing, "vmlDrawing")
        self._link(path, comments, "comments")
        old = _child(root, "legacyDrawing")
        mark = etree.Element(self.tag("legacyDrawing"))
        mark.set(f"{{{_relations(root)}}}id", identity)
        later = next((child for child in root if _name(child) in AFTER_COMMENTS), None)
        if old is not None:
            root.replace(old, mark)
        elif later is None:
            root.append(mark)
        else:
            later.addprevious(mark)
        return comments, drawing

    def _link(self, source: str, target: str, kind: str) -> str:
        """A relationship of a part, with an id of its own."""
        name = _links_part(source)
        if name not in self.members and name not in self.added and name not in self.parts:
            self.added[name] = f'<Relationships xmlns="{PACKAGE}relationships"/>'.encode()
        root = self._opened(name)
        taken = {link.get("Id") for link in root}
        identity = next(f"rIdWuhao{number}" for number in range(1, 10_000) if f"rIdWuhao{number}" not in taken)
        kinds = OFFICE if "openxmlformats" in self.namespace else "http://purl.oclc.org/ooxml/officeDocument/relationships"
        etree.SubElement(root, f"{{{PACKAGE}relationships}}Relationship", Id=identity, Type=f"{kinds}/{kind}", Target=f"/{target}")
        return identity

    # The lists

    def _lists(self, problems: Sequence[Problem], tasks: Sequence[Task], sheets: Mapping[str, str], styles: _Styles) -> None:
        """The two sheets in front: what to mend, and what is still to be done."""
        pages = [_Page(LIST, PROBLEM_COLUMNS, f"共 {len(problems)} 处，点“单元格”一栏可以跳到那一格；请在原来的工作簿里改，改好后再检查一次。",
                       [_problem_line(number, group) for number, group in enumerate(grouped(problems), 1)])]
        if tasks:
            pages.append(_Page(GAPS, GAP_COLUMNS, "按指标的规则倒算出来的最短的办法；点“单元格”一栏可以跳到要补填的地方。",
                               [_task_line(number, task) for number, task in enumerate(tasks, 1)]))
        book = self.part(BOOK)
        listing = _needed(book, "sheets")
        for at, page in enumerate(pages):
            self._add_page(book, listing, at, page, sheets, styles)
        for name in _child(book, "definedNames") if _child(book, "definedNames") is not None else ():
            if name.get("localSheetId"):
                name.set("localSheetId", str(int(name.get("localSheetId")) + len(pages)))
        views = _child(book, "bookViews")
        for view in views if views is not None else ():
            for key in ("activeTab", "firstSheet"):
                if view.get(key) or key == "activeTab":
                    view.set(key, str(int(view.get(key, "0")) + len(pages)))

    def _add_page(self, book: Any, listing: Any, at: int, page: _Page, sheets: Mapping[str, str], styles: _Styles) -> None:
        title = next(name for name in (page.title, *(f"{page.title}{number}" for number in range(2, 100))) if name not in sheets)
        path = next(name for number in range(1, 100) if (name := f"xl/worksheets/wuhaoList{number}.xml") not in self.members and name not in self.added)
        self.added[path] = self._page(page, sheets, styles)
        types = self.part(CONTENT_TYPES)
        etree.SubElement(types, f"{{{PACKAGE}content-types}}Override", PartName=f"/{path}", ContentType=f"{MEDIA}.worksheet+xml")
        sheet = etree.Element(self.tag("sheet"), name=title, sheetId=str(1 + max(int(one.get("sheetId")) for one in listing)))
        sheet.set(f"{{{_relations(book)}}}id", self._link(BOOK, path, "worksheet"))
        listing.insert(at, sheet)

    def _page(self, told: _Page, sheets: Mapping[str, str], styles: _Styles) -> bytes:
        plain: Any = {None: self.namespace}
        page = etree.Element(self.tag("worksheet"), nsmap=plain)
        etree.SubElement(etree.SubElement(page, self.tag("sheetPr")), self.tag("pageSetUpPr"), fitToPage="1")
        views = etree.SubElement(page, self.tag("sheetViews"))
        view = etree.SubElement(views, self.tag("sheetView"), workbookViewId="0")
        etree.SubElement(view, self.tag("pane"), ySplit="2", topLeftCell="A3", activePane="bottomLeft", state="frozen")
        columns = etree.SubElement(page, self.tag("cols"))
        for number, (_, width) in enumerate(told.columns, 1):
            etree.SubElement(columns, self.tag("col"), min=str(number), max=str(number), width=str(width), customWidth="1")
        data = etree.SubElement(page, self.tag("sheetData"))
        widths = [width for _, width in told.columns]
        self._row(data, 1, [told.lead], [styles.lead], widths)
        self._row(data, 2, [name for name, _ in told.columns], [styles.bold] * len(widths), widths)
        places = []
        for number, line in enumerate(told.lines, 3):
            linked = line.at is not None and bool(line.at.cell) and line.at.sheet in sheets
            looks = [styles.plain] * len(widths)
            if line.level is not None:
                looks[1] = styles.level(line.level)
            if linked and line.at is not None:
                looks[told.linked] = styles.link
                places.append((f"{column_letters(told.linked)}{number}", f"'{(line.at.sheet or '').replace(chr(39), chr(39) * 2)}'!{line.at.cell}"))
            self._row(data, number, line.texts, looks, widths)
        merged = etree.SubElement(page, self.tag("mergeCells"), count="1")
        etree.SubElement(merged, self.tag("mergeCell"), ref=f"A1:{column_letters(len(widths) - 1)}1")
        if places:
            links = etree.SubElement(page, self.tag("hyperlinks"))
            for where, target in places:
                etree.SubElement(links, self.tag("hyperlink"), ref=where, location=target, display=target)
        etree.SubElement(page, self.tag("pageSetup"), paperSize="9", orientation="landscape", fitToHeight="0")
        return _bytes(page)

    def _row(self, data: Any, number: int, texts: Sequence[str], looks: Sequence[int], widths: Sequence[int]) -> None:
        lines = max(1 + 2 * len(text) // width for text, width in zip(texts, widths, strict=False)) if len(texts) > 1 else 1
        row = etree.SubElement(data, self.tag("row"), r=str(number), ht=str(16 * min(lines, 20) + 4), customHeight="1")
        for at, (text, look) in enumerate(zip(texts, looks, strict=True)):
            cell = etree.SubElement(row, self.tag("c"), r=f"{column_letters(at)}{number}", s=str(look), t="inlineStr")
            value = etree.SubElement(etree.SubElement(cell, self.tag("is")), self.tag("t"))
            value.text = text[:MOST_TEXT]
            value.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


@dataclass(frozen=True)
class _Line:
    """One row of a list: its texts, the level that colours it, the cell it leads to."""

    texts: tuple[str, ...]
    level: Level | None = None
    at: At | None = None


@dataclass(frozen=True)
class _Page:
    """One list: its title, its columns and their widths, the line above them, its rows; column `linked` leads to the cell."""

    title: str
    columns: Sequence[tuple[str, int]]
    lead: str
    lines: Sequence[_Line]

    @property
    def linked(self) -> int:
        return [name for name, _ in self.columns].index("单元格")


def _problem_line(number: int, group: Group) -> _Line:
    item = group.first
    value = "" if group.value is None else str(group.value)
    return _Line((str(number), LEVEL_WORDS[item.level], item.at.sheet or "", group.cells, value, group.message, item.hint), item.level, item.at)


def _task_line(number: int, task: Task) -> _Line:
    at = task.way.places[0] if task.way.places else None
    name = f"{task.result.indicator.id} {task.result.indicator.title}"
    due = due_text(task.due) if task.possible else "已不可补"
    return _Line((str(number), name, task.text, task.where, due, str(at) if at else ""), None, at)


def _without_ours(authors: Any, listing: Any, shapes: Any) -> None:
    """Take out the notes of an earlier marking that Excel has saved since; everybody else's stay."""
    ours = {str(at) for at, author in enumerate(authors) if author.text == AUTHOR}
    for comment in [comment for comment in listing if comment.get("authorId") in ours]:
        row, _, letters = _place(comment.get("ref"))
        listing.remove(comment)
        for shape in list(shapes):
            told = {_name(item): item.text for item in shape.iter() if _name(item) in ("Row", "Column")}
            if told == {"Row": str(row - 1), "Column": str(_column(letters) - 1)}:
                shapes.remove(shape)


class _Styles:
    """Cell formats added to those of the workbook: each a copy of an existing one with a fill."""

    def __init__(self, marker: _Marker) -> None:
        self.marker = marker
        self.root = marker.part(next(name for name in marker.links.values() if name.endswith("styles.xml")))
        self.formats = _needed(self.root, "cellXfs")
        self.fills = _needed(self.root, "fills")
        self.fonts = _needed(self.root, "fonts")
        self.borders = _needed(self.root, "borders")
        self.made: dict[tuple[int, Level], int] = {}
        self.colors: dict[Level, int] = {}
        self.ruled = 0
        self.lead = self._wrapped()
        self.ruled = self._border()
        self.plain = self._wrapped()
        self.bold = self._wrapped(font='<font xmlns="{0}"><b/><sz val="11"/><name val="宋体"/></font>')
        self.link = self._wrapped(font='<font xmlns="{0}"><u/><sz val="11"/><color rgb="FF0563C1"/><name val="宋体"/></font>')

    def _wrapped(self, font: str = '<font xmlns="{0}"><sz val="11"/><name val="宋体"/></font>') -> int:
        self.fonts.append(etree.fromstring(font.format(self.marker.namespace).encode()))
        self._count(self.fonts)
        found = etree.SubElement(self.formats, self.marker.tag("xf"), numFmtId="0", fontId=str(len(self.fonts) - 1), fillId="0", borderId=str(self.ruled),
                                 xfId="0", applyFont="1", applyAlignment="1", applyBorder="1")
        etree.SubElement(found, self.marker.tag("alignment"), vertical="center", wrapText="1")
        self._count(self.formats)
        return len(self.formats) - 1

    def _border(self) -> int:
        """The number of a thin grey border, added to those of the workbook."""
        found = etree.SubElement(self.borders, self.marker.tag("border"))
        for side in ("left", "right", "top", "bottom"):
            line = etree.SubElement(found, self.marker.tag(side), style="thin")
            etree.SubElement(line, self.marker.tag("color"), rgb="FFBFBFBF")
        self._count(self.borders)
        return len(self.borders) - 1

    @staticmethod
    def _count(element: Any) -> None:
        element.set("count", str(len(element)))

    def _color(self, level: Level) -> int:
        if level not in self.colors:
            fill = etree.SubElement(self.fills, self.marker.tag("fill"))
            pattern = etree.SubElement(fill, self.marker.tag("patternFill"), patternType="solid")
            etree.SubElement(pattern, self.marker.tag("fgColor"), rgb=COLORS[level])
            etree.SubElement(pattern, self.marker.tag("bgColor"), indexed="64")
            self._count(self.fills)
            self.colors[level] = len(self.fills) - 1
        return self.colors[level]

    def filled(self, style: int, level: Level) -> int:
        """The number of the same format with the fill of a level."""
        if (style, level) not in self.made:
            copied = etree.fromstring(etree.tostring(self.formats[style if style < len(self.formats) else 0]))
            copied.set("fillId", str(self._color(level)))
            copied.set("applyFill", "1")
            self.formats.append(copied)
            self._count(self.formats)
            self.made[style, level] = len(self.formats) - 1
        return self.made[style, level]

    def level(self, level: Level) -> int:
        return self.filled(self.plain, level)


def _default(types: Any, extension: str, kind: str) -> None:
    if not any(_name(item) == "Default" and item.get("Extension", "").lower() == extension for item in types):
        types.insert(0, etree.Element(f"{{{PACKAGE}content-types}}Default", Extension=extension, ContentType=kind))


def _relations(root: Any) -> str:
    """The namespace of relationship ids that a part uses (strict workbooks have another)."""
    known = [value for value in root.nsmap.values() if value and value.endswith("/relationships")]
    return known[0] if known else OFFICE


def _links_part(name: str) -> str:
    folder, file = posixpath.split(name)
    return f"{folder}/_rels/{file}.rels"


def _links(members: Mapping[str, bytes], name: str, kind: str = "") -> dict[str, str]:
    """The targets of a part's relationships (of one kind) by id, as names of members."""
    part = members.get(_links_part(name))
    if part is None:
        return {}
    folder = posixpath.dirname(name)
    return {link.get("Id"): link.get("Target")[1:] if link.get("Target", "").startswith("/") else posixpath.normpath(
        posixpath.join(folder, link.get("Target", ""))) for link in _parse(part)
        if link.get("TargetMode") != "External" and link.get("Type", "").endswith(f"/{kind}" if kind else "")}


def _place(address: str) -> tuple[int, int, str]:
    match = re.match(r"([A-Z]+)(\d+)", address or "")
    return (int(match.group(2)), len(match.group(1)), match.group(1)) if match else (0, 0, "")


VML, OFFICE_VML, EXCEL_VML = "urn:schemas-microsoft-com:vml", "urn:schemas-microsoft-com:office:office", "urn:schemas-microsoft-com:office:excel"
_DRAWING = (
    f'<xml xmlns:v="{VML}" xmlns:o="{OFFICE_VML}" xmlns:x="{EXCEL_VML}"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>').encode()


def _column(letters: str) -> int:
    """The number of a column, A being 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _shape(address: str, number: int) -> Any:
    """The hidden yellow note of one cell, right of it."""
    row, _, letters = _place(address)
    column = _column(letters)
    return etree.fromstring(
        f'<v:shape xmlns:v="{VML}" xmlns:o="{OFFICE_VML}" xmlns:x="{EXCEL_VML}" id="_wuhao_s{number}_{address}" type="#_x0000_t202" '
        'style="position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:90pt;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note"><x:MoveWithCells/>'
        f'<x:SizeWithCells/><x:Anchor>{column}, 15, {max(0, row - 2)}, 10, {column + 4}, 15, {row + 3}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>'
        f'<x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>'.encode())
