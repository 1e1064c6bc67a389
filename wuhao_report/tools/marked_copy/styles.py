"""Cell formats added to those of a workbook: the looks of our lists, and copies of its own formats with the fill of a level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from wuhao_report.core.catalogue import Level
from wuhao_report.tools.marked_copy.parts import Parts, needed

COLORS: Mapping[Level, str] = {"error": "FFFFC7CE", "warning": "FFFFEB9C", "info": "FFDDEBF7"}
SIDES = ("left", "right", "top", "bottom")
PLAIN = '<sz val="11"/><name val="宋体"/>'
BOLD = f"<b/>{PLAIN}"
LINK = '<u/><sz val="11"/><color rgb="FF0563C1"/><name val="宋体"/>'


class Styles:
    """The formats of one workbook; `lead`, `plain`, `bold` and `link` are the numbers of those of our lists."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        root = parts.open(next(name for name in parts.links.values() if name.endswith("styles.xml")))
        self.formats, self.fills = needed(root, "cellXfs"), needed(root, "fills")
        self.fonts, self.borders = needed(root, "fonts"), needed(root, "borders")
        self.filled_formats: dict[tuple[int, Level], int] = {}
        self.level_fills: dict[Level, int] = {}
        self.lead = self._add_format(PLAIN, border=0)
        border = self._add_border()
        self.plain = self._add_format(PLAIN, border)
        self.bold = self._add_format(BOLD, border)
        self.link = self._add_format(LINK, border)

    def filled(self, style: int, level: Level) -> int:
        """Return the number of the same format with the fill of a level."""
        if (style, level) not in self.filled_formats:
            copied = etree.fromstring(etree.tostring(self.formats[style if style < len(self.formats) else 0]))
            copied.set("fillId", str(self._level_fill(level)))
            copied.set("applyFill", "1")
            self.formats.append(copied)
            self.filled_formats[style, level] = _counted(self.formats)
        return self.filled_formats[style, level]

    def level(self, level: Level) -> int:
        """Return the number of the format of a list's cell that names a level."""
        return self.filled(self.plain, level)

    def _add_format(self, font: str, border: int) -> int:
        self.fonts.append(etree.fromstring(f'<font xmlns="{self.parts.namespace}">{font}</font>'.encode()))
        item = self.parts.element(
            self.formats,
            "xf",
            numFmtId="0",
            fontId=str(_counted(self.fonts)),
            fillId="0",
            borderId=str(border),
            xfId="0",
            applyFont="1",
            applyAlignment="1",
            applyBorder="1",
        )
        self.parts.element(item, "alignment", vertical="center", wrapText="1")
        return _counted(self.formats)

    def _add_border(self) -> int:
        """Add a thin grey border, and return its number."""
        item = self.parts.element(self.borders, "border")
        for side in SIDES:
            self.parts.element(self.parts.element(item, side, style="thin"), "color", rgb="FFBFBFBF")
        return _counted(self.borders)

    def _level_fill(self, level: Level) -> int:
        if level not in self.level_fills:
            pattern = self.parts.element(self.parts.element(self.fills, "fill"), "patternFill", patternType="solid")
            self.parts.element(pattern, "fgColor", rgb=COLORS[level])
            self.parts.element(pattern, "bgColor", indexed="64")
            self.level_fills[level] = _counted(self.fills)
        return self.level_fills[level]


def _counted(listing: Any) -> int:
    """State how many items a list of formats has, and return the number of the last."""
    listing.set("count", str(len(listing)))
    return len(listing) - 1
