"""A Word document as everything a reader sees in it: texts, tables, headers, notes, shapes, charts and the workbooks behind them.

What is hidden, white, tiny or struck out is told as such, a shape or a picture as one that is there, a field by its instruction. The
numbers of pages are left out: Word counts them anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wuhao_report.files.office import DAMAGE, DOCUMENT, Relationship, links_part, local_name, parse_tree, relationships

PARTS: tuple[tuple[str, str], ...] = (
    ("header", "页眉"),
    ("footer", "页脚"),
    ("footnotes", "脚注"),
    ("endnotes", "尾注"),
    ("comments", "批注"),
)
STYLES = "word/styles.xml"
LONGEST_HEADING, TINY = 30, 8
"""Headings are shorter; letters of four points (eight half-points) and less nobody reads."""
PAGES = re.compile(r"^\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b")
_UNSEEN = frozenset({"FFFFFF", "FEFEFE", "FDFDFD"})
_SHAPES = frozenset({"drawing", "pict", "object", "altChunk"})
MARKS = re.compile(r"〔[^〕]*〕")


@dataclass(frozen=True)
class Block:
    """A paragraph, a row of a table, or a chart; `place` tells a reader where to look."""

    place: str
    cells: tuple[str, ...]


def blocks_of(members: Mapping[str, bytes]) -> list[Block]:
    """Return everything a reader sees in a document, in its order; headers and notes behind the body."""
    reader = _Reader(members)
    blocks = [*reader.part(DOCUMENT, "")]
    for kind, word in PARTS:
        names = sorted(name for name in members if re.fullmatch(rf"word/{kind}\d*\.xml", name))
        # Word numbers its parts as it likes: they are told in the order of what they say.
        parts = sorted((list(reader.part(name, word)) for name in names), key=lambda part: [block.cells for block in part])
        blocks += [block for part in parts for block in part]
    return [*blocks, *reader.charts()]


class _Reader:
    """Reads the parts of one document; charts are gathered on the way, in the order of their drawings."""

    def __init__(self, members: Mapping[str, bytes]) -> None:
        self.members = members
        self._charts: list[str] = []
        self._hidden = set(_hidden_styles(members.get(STYLES, b"")))

    def part(self, name: str, word: str) -> Iterator[Block]:
        """Yield the paragraphs and rows of a part in order; a part that is not well formed has none."""
        try:
            root = parse_tree(self.members.get(name, b""), huge=True)
        except SyntaxError:
            # lxml's fault of a part that is no XML is one of Python's.
            return
        links = {link.identity: link for link in self._links(name)}
        heading, table, row, paragraph = word or "文首", 0, 0, 0
        for element in root.iter("{*}p", "{*}tr"):
            if _in_fallback(element):
                continue
            if local_name(element) == "tr":
                if any(local_name(parent) == "tr" for parent in element.iterancestors()):
                    continue
                first = element.getprevious() is None or local_name(element.getprevious()) != "tr"
                table += first
                row = 1 if first else row + 1
                yield Block(
                    f"{word}第{table}个表第{row}行", tuple(self._text(cell, links) for cell in element.iterchildren("{*}tc"))
                )
            elif not any(local_name(parent) in ("tc", "p") for parent in element.iterancestors()):
                text = self._text(element, links)
                if text:
                    paragraph += 1
                    heading = (
                        text if not word and len(text) < LONGEST_HEADING and text[0] in "一二三四五六七八九十（附" else heading
                    )
                    yield Block(f"{word}第{paragraph}段（{heading[:20]}）" if not word else f"{word}第{paragraph}段", (text,))

    def _links(self, name: str) -> tuple[Relationship, ...]:
        try:
            return relationships(self.members.get(links_part(name)), name)
        except DAMAGE:
            return ()

    # Texts

    def _text(self, element: Any, links: Mapping[str, Relationship]) -> str:
        """Return what is seen of a paragraph or a cell, what is odd about it in brackets."""
        pieces: list[tuple[str, str]] = []
        fields: list[list[str]] = []
        for node in element.iter():
            name = local_name(node)
            if name not in _TOLD or _in_fallback(node):
                continue
            if name == "fldChar":
                _follow(fields, node)
            elif name == "instrText":
                if fields:
                    fields[-1][1] += node.text or ""
                pieces.append(("", _instruction(node.text or "")))
            elif name == "fldSimple":
                pieces.append(
                    ("", _instruction(next((value for key, value in node.attrib.items() if key.endswith("}instr")), "")))
                )
            elif name in _SHAPES:
                pieces.append(("", self._shape(node, links)))
            elif name == "sym":
                pieces.append(("", f"〔符号{next((value for key, value in node.attrib.items() if key.endswith('}char')), '')}〕"))
            elif not _is_page_number(node, fields):
                pieces.append((self._how(node), node.text or ""))
        return _joined(pieces)

    def _how(self, node: Any) -> str:
        """Return how a piece of text is kept from being read; "" where it is not."""
        if local_name(node) == "delText":
            return "删去"
        run = node.getparent()
        properties = next((child for child in run if local_name(child) == "rPr"), None) if run is not None else None
        style = _value(properties, "rStyle")
        paragraph = next((parent for parent in node.iterancestors() if local_name(parent) == "p"), None)
        marks = next((child for child in paragraph if local_name(child) == "pPr"), None) if paragraph is not None else None
        if _is_hidden(properties) or style in self._hidden or _value(marks, "pStyle") in self._hidden:
            return "隐藏"
        return "隐藏" if any(local_name(parent) == "tr" and _is_hidden_row(parent) for parent in node.iterancestors()) else ""

    def _shape(self, node: Any, links: Mapping[str, Relationship]) -> str:
        """Return what a drawing is: a chart, a picture by its bytes, any other shape; with what it says in large letters."""
        for inner in node.iter():
            name = local_name(inner)
            identity = next((value for key, value in inner.attrib.items() if key.rsplit("}", 1)[-1] in ("id", "embed")), "")
            member = links[identity].member if identity in links else ""
            if name == "chart" and member:
                self._charts.append(member)
                return f"〔图表{len(self._charts)}〕"
            if name in ("blip", "imagedata"):
                return f"〔图片{hashlib.sha256(self.members.get(member, b'')).hexdigest()[:8]}〕"
            if name == "textpath":
                return f"〔图形：{inner.get('string') or ''}〕"
        return "〔图形〕"

    # Charts

    def charts(self) -> Iterator[Block]:
        """Yield what each chart shows, and the cells of the workbook behind it."""
        for number, name in enumerate(self._charts, 1):
            try:
                root = parse_tree(self.members.get(name, b""))
            except SyntaxError:
                yield Block(f"图表{number}", ("〔读不出〕",))
                continue
            title = "".join(part.text or "" for part in root.iter("{*}t"))
            yield Block(f"图表{number}", (title, *(_series(series) for series in root.iter("{*}ser"))))
            for link in self._links(name):
                if link.member.endswith(".xlsx"):
                    yield Block(f"图表{number}背后的表", tuple(_cells(self.members.get(link.member, b""))))


_TOLD = frozenset({"t", "delText", "instrText", "fldSimple", "fldChar", "sym", *_SHAPES})


def _follow(fields: list[list[str]], node: Any) -> None:
    """Follow a complex field: it begins, its result begins, it ends."""
    kind = next((value for key, value in node.attrib.items() if key.endswith("}fldCharType")), "")
    if kind == "begin":
        fields.append(["instruction", ""])
    elif kind == "separate" and fields:
        fields[-1][0] = "result"
    elif kind == "end" and fields:
        fields.pop()


def _is_page_number(node: Any, fields: list[list[str]]) -> bool:
    """Say whether a text is the result of a field that Word works out anew."""
    if any(state == "result" and PAGES.match(instruction) for state, instruction in fields):
        return True
    simple = next((parent for parent in node.iterancestors() if local_name(parent) == "fldSimple"), None)
    return simple is not None and any(key.endswith("}instr") and PAGES.match(value) for key, value in simple.attrib.items())


def _instruction(text: str) -> str:
    return f"〔域：{text.strip()}〕" if text.strip() and not PAGES.match(text) else ""


def _joined(pieces: list[tuple[str, str]]) -> str:
    """Return pieces of text as one, those that are kept from being read in brackets."""
    text, how_before = "", ""
    for how, piece in pieces:
        if how != how_before and piece:
            text += "〕" * bool(how_before) + (f"〔{how}：" if how else "")
            how_before = how
        text += piece
    return (text + "〕" * bool(how_before)).strip()


def _in_fallback(element: Any) -> bool:
    """Say whether an element is the older form of something that stands there in a newer one too."""
    older = next((parent for parent in element.iterancestors() if local_name(parent) == "Fallback"), None)
    if older is None:
        return False
    # Which of both forms a program shows is its own affair: where they differ, both are told.
    newer = [_plain(other) for other in older.getparent() if local_name(other) == "Choice"]
    return _plain(older) in newer


def _plain(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter() if local_name(node) in ("t", "instrText"))


def _value(properties: Any, name: str) -> str | None:
    """Return the value of a property; None where it is not given."""
    found = next((child for child in properties if local_name(child) == name), None) if properties is not None else None
    if found is None:
        return None
    return next((value for key, value in found.attrib.items() if key.rsplit("}", 1)[-1] in ("val", "fill")), "")


def _is_hidden(properties: Any) -> bool:
    """Say whether the properties of a run keep its text from being read: hidden, white, tiny, on its own colour."""
    if properties is None:
        return False
    if any(
        (value := _value(properties, name)) is not None and value not in ("0", "false")
        for name in ("vanish", "specVanish", "strike", "dstrike")
    ):
        return True
    size = _value(properties, "sz")
    if size is not None and size.isdigit() and int(size) <= TINY:
        return True
    colour, behind = _value(properties, "color"), _value(properties, "shd")
    marker = _value(properties, "highlight")
    return (colour or "").upper() in _UNSEEN or (marker == "black") or (behind is not None and behind == (colour or "000000"))


def _is_hidden_row(row: Any) -> bool:
    return any(local_name(part) == "hidden" for child in row if local_name(child) == "trPr" for part in child)


def _hidden_styles(xml: bytes) -> Iterator[str]:
    """Yield the styles whose letters nobody reads."""
    try:
        root = parse_tree(xml)
    except SyntaxError:
        return
    for style in root.iter("{*}style"):
        if _is_hidden(next((child for child in style if local_name(child) == "rPr"), None)):
            yield next((value for key, value in style.attrib.items() if key.endswith("}styleId")), "")


def _series(series: Any) -> str:
    """Return a series of a chart: its name, and each category with its value."""
    by_kind: dict[str, list[str]] = {"tx": [], "cat": [], "val": []}
    for part in series:
        if local_name(part) in by_kind:
            by_kind[local_name(part)] += [_number(value.text or "") for value in part.iter("{*}v")]
    pairs = "、".join(f"{category}{value}" for category, value in zip(by_kind["cat"], by_kind["val"], strict=False))
    return f"{''.join(by_kind['tx'])}：{pairs}"


def _number(text: str) -> str:
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def _cells(data: bytes) -> Iterator[str]:
    """Yield the cells of a workbook behind a chart, row by row."""
    from wuhao_report.core.errors import UnreadableWorkbook
    from wuhao_report.workbook.raw import as_text
    from wuhao_report.workbook.reader import read_cells

    try:
        for _, rows in read_cells(data, "图表的表"):
            for row in rows or ():
                yield "　".join(_number(as_text(cell)) for cell in row)
    except UnreadableWorkbook:
        yield "〔读不出〕"
