"""Hostile and broken workbooks, made on the spot: each a small builder and the name of its file; hostile.txt tells what comes of it.

Every name begins with the number of its class of hazards:

    01 crash, bomb, lying package    02 sheer size                   03 far cells, odd addresses    04 DOCTYPE, entities
    05 passwords                     06 something else in disguise   07 damaged on the way          08 strict OOXML
    09 other producers               10 silently wrong values        11 characters no XML holds     12, 13 markup and Jinja
    14 formulas and links as text    15 over-long text               16 names as paths              28 links, macros, objects
    30 thousands of things           31 names of sheets              32 path tricks in the package

All are made from one filled sample of ours, taken as a package of members; nothing depends on a clock or on chance.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple
from unittest import mock
from xml.sax.saxutils import escape

from tests.helpers import ROOT
from wuhao_report.files.office import pack, unpack

SAMPLE = ROOT / "tests" / "data" / "version1_village.xlsx"
Members = dict[str, bytes]
Builder = Callable[[], bytes]

BOOK = "xl/workbook.xml"
LINKS = "xl/_rels/workbook.xml.rels"
TYPES = "[Content_Types].xml"
STYLES = "xl/styles.xml"
STRINGS = "xl/sharedStrings.xml"
SHEETS = (
    "填报说明",
    "基本信息",
    "年度数据",
    "班子成员",
    "五老名册",
    "会议",
    "培训学习",
    "制度",
    "宣传表彰",
    "调研",
    "村校共建",
    "典型经验",
    "活动",
    "困境青少年",
    "关爱帮扶",
    "问题整改",
    "佐证材料",
    "文字材料",
    "_wuhao",
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class Case(NamedTuple):
    """A file: its builder, its name and its line of hostile.txt; `heavy`: it takes much memory or time."""

    build: Builder
    file: str
    expected: str
    heavy: bool


TABLE = Path(__file__).with_name("hostile.txt")
NAME = "测试.xlsx"


def outcomes() -> dict[str, str]:
    """Name → outcome, as the table tells it; lines that begin with # are for the reader."""
    lines = (line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return {name: outcome for name, _, outcome in (line.partition(" → ") for line in lines)}


HOSTILE: dict[str, Case] = {}
_OUTCOMES = outcomes()


def add(name: str, build: Builder, file: str = NAME, heavy: bool = False) -> None:
    assert name not in HOSTILE, name
    HOSTILE[name] = Case(build, file, _OUTCOMES.get(name, ""), heavy)


def case(name: str, file: str = NAME, heavy: bool = False) -> Callable[[Builder], Builder]:
    """The same for a builder that needs more than a line."""

    def put(build: Builder) -> Builder:
        add(name, build, file, heavy)
        return build

    return put


# The package of the sample, and small changes to it


@cache
def _sample() -> tuple[tuple[str, bytes], ...]:
    return tuple(unpack(SAMPLE.read_bytes()).items())


def members() -> Members:
    """The parts of the filled sample."""
    return dict(_sample())


def part(sheet: str) -> str:
    return f"xl/worksheets/sheet{SHEETS.index(sheet) + 1}.xml"


def with_parts(**parts: bytes) -> bytes:
    """The sample with parts put in or replaced; names are given as keys with their slashes through ** of a dict."""
    return pack({**members(), **parts}.items())


def changed(where: str, *pairs: tuple[str | bytes, str | bytes], start: Members | None = None) -> Members:
    """The members with a part changed; `where` is a part or the name of a sheet. What is to be replaced must be there."""
    found = members() if start is None else dict(start)
    name = part(where) if where in SHEETS else where
    for old, new in pairs:
        old, new = (value.encode() if isinstance(value, str) else value for value in (old, new))
        assert old in found[name], (name, old)
        found[name] = found[name].replace(old, new)
    return found


def packed(where: str, *pairs: tuple[str | bytes, str | bytes]) -> bytes:
    return pack(changed(where, *pairs).items())


def with_cell(sheet: str, address: str, xml: str, start: Members | None = None) -> Members:
    """One cell of the sample replaced by XML; it must be there, written <c r="A1" …>…</c>."""
    found = members() if start is None else dict(start)
    name = part(sheet)
    pattern = rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)'.encode()
    found[name], times = re.subn(pattern, lambda _: xml.encode("utf-8"), found[name], count=1)
    assert times == 1, (sheet, address)
    return found


def text_cell(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def with_text(sheet: str, address: str, text: str) -> bytes:
    return pack(with_cell(sheet, address, text_cell(address, text)).items())


def with_xml(sheet: str, address: str, xml: str) -> bytes:
    return pack(with_cell(sheet, address, xml).items())


def with_rows(sheet: str, xml: str, start: Members | None = None) -> Members:
    """Rows put below the others of a sheet."""
    return changed(sheet, ("</sheetData>", xml + "</sheetData>"), start=start)


def with_strings(strings: str | bytes, start: Members | None = None) -> Members:
    """A table of shared strings, to which the name of the unit then belongs (its first string)."""
    found = with_cell("基本信息", "B4", '<c r="B4" t="s"><v>0</v></c>', start)
    found = changed(
        TYPES,
        (
            "</Types>",
            '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
        ),
        start=found,
    )
    found = changed(
        LINKS,
        (
            "</Relationships>",
            f'<Relationship Id="rId90" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        ),
        start=found,
    )
    found[STRINGS] = strings.encode() if isinstance(strings, str) else strings
    return found


def with_sheets(sheets: list[tuple[str, str]], parts: Members | None = None, start: Members | None = None) -> Members:
    """More sheets behind the others: the name as it stands in the XML, and the target of the relationship."""
    listed = "".join(
        f'<sheet xmlns:r="{RELATIONS}" name="{name}" sheetId="{500 + at}" r:id="rIdX{at}"/>'
        for at, (name, _) in enumerate(sheets)
    )
    linked = "".join(
        f'<Relationship Id="rIdX{at}" Type="{RELATIONS}/worksheet" Target="{target}"/>' for at, (_, target) in enumerate(sheets)
    )
    found = changed(BOOK, ("</sheets>", listed + "</sheets>"), start=start)
    found = changed(LINKS, ("</Relationships>", linked + "</Relationships>"), start=found)
    return {**found, **(parts or {})}


def in_all_sheets(change: Callable[[bytes], bytes]) -> Members:
    """A change made to every sheet part."""
    return {name: change(data) if name.startswith("xl/worksheets/") else data for name, data in members().items()}


def small_sheet(data: str) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'.encode()


# Packages that no honest program writes


class Raw(NamedTuple):
    """A member as it lies in the package: what is said of it and what is there."""

    name: str
    stream: bytes
    size: int
    crc: int
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0x800


def deflated(name: str, data: bytes) -> Raw:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Raw(name, packer.compress(data) + packer.flush(), len(data), zlib.crc32(data))


def endless(name: str, head: bytes, megabytes: int, filler: bytes = b"a", tail: bytes = b"", said: int | None = None) -> Raw:
    """A member that inflates to many megabytes, made without inflating it; `said` is the size that it claims.

    Its check sum is that of the first `said` bytes, so that a reader that stops there finds nothing wrong.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = filler * (2**20 // len(filler))
    stream = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    again = zlib.compressobj(9, zlib.DEFLATED, -15)
    middle = again.compress(block) + again.flush(zlib.Z_FULL_FLUSH)
    last = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream += middle * megabytes + last.compress(tail) + last.flush()
    size = len(head) + megabytes * len(block) + len(tail)
    if said is None:
        crc = zlib.crc32(head)
        for _ in range(megabytes):
            crc = zlib.crc32(block, crc)
        return Raw(name, stream, size, zlib.crc32(tail, crc))
    return Raw(name, stream, said, zlib.crc32((head + block)[:said]))


def raw_package(raws: list[Raw], same: dict[str, str] | None = None) -> bytes:
    """A package written by hand; `same` gives further entries of the directory that point at a member already there."""
    body, places, directory = bytearray(), {}, bytearray()
    stamp = struct.pack("<HH", 0, 33)

    def entry(raw: Raw, name: str, at: int) -> bytes:
        return (
            struct.pack(
                "<IHHHH4sIIIHHHHHII",
                0x02014B50,
                20,
                20,
                raw.flags,
                raw.method,
                stamp,
                raw.crc,
                len(raw.stream),
                raw.size,
                len(name.encode()),
                0,
                0,
                0,
                0,
                0,
                at,
            )
            + name.encode()
        )

    by_name = {raw.name: raw for raw in raws}
    for raw in raws:
        places[raw.name] = len(body)
        encoded = raw.name.encode()
        body += struct.pack(
            "<IHHH4sIIIHH", 0x04034B50, 20, raw.flags, raw.method, stamp, raw.crc, len(raw.stream), raw.size, len(encoded), 0
        )
        body += encoded + raw.stream
        directory += entry(raw, raw.name, places[raw.name])
    for name, target in (same or {}).items():
        directory += entry(by_name[target], name, places[target])
    count = len(raws) + len(same or {})
    return bytes(body + directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), len(body), 0))


def with_raw(raw: Raw, start: Members | None = None) -> bytes:
    """The sample, one member of which lies there as told."""
    found = members() if start is None else start
    raws = [raw if name == raw.name else deflated(name, data) for name, data in found.items()]
    return raw_package(raws if raw.name in found else [*raws, raw])


# 01 crash, bomb, lying package

OPEN_SHEET = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'.encode()
CLOSE_SHEET = b"</t></is></c></row></sheetData></worksheet>"
OPEN_STRINGS = f'<sst xmlns="{MAIN}"><si><t>'.encode()
CLOSE_STRINGS = b"</t></si></sst>"
UNIT_STRING = f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>甲关工委</t></si></sst>'

add("01 bomb by ratio in a sheet", lambda: with_raw(endless(part("会议"), OPEN_SHEET, 60, tail=CLOSE_SHEET)))
add(
    "01 bomb by ratio in the shared strings",
    lambda: with_raw(endless(STRINGS, OPEN_STRINGS, 60, tail=CLOSE_STRINGS), with_strings(UNIT_STRING)),
)
add(
    "01 many members under the limit of the ratio",
    lambda: pack([*members().items(), *((f"xl/media/{at}.xml", bytes(2**20)) for at in range(101))]),
)
add("01 more than 1,000 members", lambda: pack([*members().items(), *((f"xl/media/{at}.png", b"") for at in range(1_000))]))
add(
    "01 just 1,000 members",
    lambda: pack([*members().items(), *((f"xl/media/{at}.png", b"") for at in range(1_000 - len(members())))]),
)
add(
    "01 a bomb inside a package inside",
    lambda: with_parts(**{"xl/embeddings/nested.xlsx": raw_package([endless("bomb", b"", 500)])}),
)
add(
    "01 a size of 2 GiB said to be 2,000 bytes, sheet",
    lambda: with_raw(endless(part("会议"), OPEN_SHEET, 2_048, tail=CLOSE_SHEET, said=2_000)),
    heavy=True,
)
add(
    "01 a size of 2 GiB said to be 2,000 bytes, guide",
    lambda: with_raw(endless(part("填报说明"), OPEN_SHEET, 2_048, filler=b" ", tail=CLOSE_SHEET, said=2_000)),
    heavy=True,
)
add(
    "01 a size of 2 GiB said to be 200 bytes, shared strings",
    lambda: with_raw(endless(STRINGS, OPEN_STRINGS, 2_048, tail=CLOSE_STRINGS, said=200), with_strings(UNIT_STRING)),
    heavy=True,
)
add(
    "01 a size of 2 GiB said to be 200 bytes, many shared strings",
    lambda: with_raw(
        endless(STRINGS, f'<sst xmlns="{MAIN}">'.encode(), 2_048, b"<si><t/></si>", b"</sst>", said=200),
        with_strings(UNIT_STRING),
    ),
    heavy=True,
)
add(
    "01 a size of 2 GiB said to be 200 bytes, styles",
    lambda: with_raw(endless(STYLES, f'<styleSheet xmlns="{MAIN}"><!--'.encode(), 2_048, tail=b"--></styleSheet>", said=200)),
    heavy=True,
)
add(
    "01 a size of 2 GiB said to be 200 bytes, workbook",
    lambda: with_raw(endless(BOOK, f'<workbook xmlns="{MAIN}"><!--'.encode(), 2_048, tail=b"--></workbook>", said=200)),
    heavy=True,
)
add(
    "01 a size of 2 GiB said to be 200 bytes, links",
    lambda: with_raw(endless(LINKS, b"<Relationships><!--", 2_048, tail=b"--></Relationships>", said=200)),
    heavy=True,
)
add(
    "01 a size said to be larger than it is",
    lambda: with_raw(deflated(part("会议"), members()[part("会议")])._replace(size=50_000)),
)
add(
    "01 a size of 4 GiB said of a small sheet",
    lambda: with_raw(deflated(part("会议"), members()[part("会议")])._replace(size=0xFFFFFFFE)),
)
add("01 an unknown way of packing", lambda: with_raw(deflated(part("会议"), members()[part("会议")])._replace(method=99)))
add("01 a member with a password of zip", lambda: with_raw(deflated(part("会议"), members()[part("会议")])._replace(flags=0x801)))
add(
    "01 five hundred entries for the same bytes",
    lambda: raw_package(
        [deflated(name, data) for name, data in members().items()] + [deflated("xl/media/0.png", bytes(2**20))],
        {f"xl/media/{at}.png": "xl/media/0.png" for at in range(1, 501)},
    ),
)
add(
    "01 two entries for the same bytes",
    lambda: raw_package([deflated(name, data) for name, data in members().items()], {"xl/media/again.xml": part("会议")}),
)


@case("01 two members of the same name")
def _() -> bytes:
    return raw_package(
        [*(deflated(name, data) for name, data in members().items()), deflated(part("会议"), members()[part("会议")])]
    )


@case("01 two members of the same name, one with a far cell")
def _() -> bytes:
    far = with_rows("会议", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')[part("会议")]
    return raw_package([deflated(part("会议"), far), *(deflated(name, data) for name, data in members().items())])


@case("01 members that begin inside one another")
def _() -> bytes:
    """The stream of one member holds, stored, the whole of the next: a bomb that grows with the square of its size."""
    inner = raw_package([deflated("xl/media/inner.png", bytes(2**20))])
    outer = Raw(part("会议"), inner, len(inner), zlib.crc32(inner), method=zipfile.ZIP_STORED)
    return with_raw(outer)


for count in ("4294967295", "18446744073709551615", "100000000000", "-1", "viele"):
    add(
        f"01 {count} shared strings, it says",
        lambda count=count: pack(
            with_strings(UNIT_STRING.replace('count="1" uniqueCount="1"', f'count="{count}" uniqueCount="{count}"')).items()
        ),
        heavy=True,
    )
add(
    "01 a shared string that is not there",
    lambda: pack(with_cell("基本信息", "B4", '<c r="B4" t="s"><v>77</v></c>', with_strings(UNIT_STRING)).items()),
)
add(
    "01 a shared string with a number beyond all",
    lambda: pack(
        with_cell("基本信息", "B4", '<c r="B4" t="s"><v>99999999999999999999999</v></c>', with_strings(UNIT_STRING)).items()
    ),
)
add(
    "01 a shared string with a negative number",
    lambda: pack(with_cell("基本信息", "B4", '<c r="B4" t="s"><v>-1</v></c>', with_strings(UNIT_STRING)).items()),
)
add("01 a style that is not there", lambda: packed("会议", ('s="19"', 's="4294967296"')))
add("01 190,000 nested elements", lambda: with_parts(**{part("会议"): small_sheet("<row>" * 190_000)}), heavy=True)
add(
    "01 300,000 nested elements in the workbook",
    lambda: with_parts(**{BOOK: f'<workbook xmlns="{MAIN}">'.encode() + b"<a>" * 300_000}),
    heavy=True,
)

# 02 sheer size

add("02 a file of 20 MiB and a byte", lambda: pack([*members().items(), ("xl/media/a.png", bytes(20 * 2**20 + 1))]))
add("02 a sheet of 90 MB with little in it", lambda: with_raw(endless(part("填报说明"), OPEN_SHEET, 90, tail=CLOSE_SHEET)))


@cache
def long_sheet(rows: int, columns: int) -> bytes:
    """A sheet of numbers that no two cells share, so that it does not pack to nothing."""
    random = Random(1)
    lines = []
    for row in range(4, 4 + rows):
        cells = "".join(f'<c r="{chr(72 + at)}{row}"><v>{random.random()}</v></c>' for at in range(columns))
        lines.append(f'<row r="{row}">{cells}</row>')
    return small_sheet("".join(lines))


add(
    "02 150,000 cells in a sheet that nobody reads",
    lambda: pack(with_sheets([("附表", "worksheets/extra.xml")], {"xl/worksheets/extra.xml": long_sheet(15_000, 10)}).items()),
    heavy=True,
)

# 03 far cells, odd addresses

for address in ("XFD1048576", "A1048576"):
    add(
        f"03 far cell {address}",
        lambda address=address: pack(
            with_rows("会议", f'<row r="{address.lstrip("XFDA")}"><c r="{address}"><v>1</v></c></row>').items()
        ),
        heavy=True,
    )
add("03 far cell XFD1", lambda: packed("会议", ('</c></row><row r="2"', '</c><c r="XFD1"><v>1</v></c></row><row r="2"')))
add("03 far row, empty", lambda: pack(with_rows("会议", '<row r="1048576" ht="15"/>').items()))
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
for name, far in {
    "in small letters": '<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>',
    "with a tab before the address": '<row\tr="1048576"><c\tr="XFD1048576"><v>1</v></c></row>',
    "with a line break before the address": '<row\nr="1048576"><c\nr="XFD1048576"><v>1</v></c></row>',
    "with blanks around the sign": '<row r = "1048576"><c r = "XFD1048576"><v>1</v></c></row>',
    "in single quotes": "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
    "in single quotes and with a tab": "<row\tr='1048576'><c\tr='XFD1048576'><v>1</v></c></row>",
    "with a prefix": f'<x:row xmlns:x="{MAIN}" r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
    "with dollar signs": '<row r="1048576"><c r="$XFD$1048576"><v>1</v></c></row>',
    "with a character reference": '<row r="1048576"><c r="&#88;FD1048576"><v>1</v></c></row>',
    "without the address of its row": '<row><c r="XFD1048576"><v>1</v></c></row>',
    "in a row that says another": '<row r="19"><c r="XFD1048576"><v>1</v></c></row>',
    "beyond the last column": '<row r="1048576"><c r="ZZZZ1048576"><v>1</v></c></row>',
    "beyond any number": '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
}.items():
    add(f"03 far cell {name}", lambda far=far: pack(with_rows("会议", far).items()), heavy=True)
far_sheet = cache(lambda: with_rows("会议", FAR))


@case("03 far cell in a part whose name differs in its letters", heavy=True)
def _() -> bytes:
    return pack(changed(LINKS, ("worksheets/sheet6.xml", "worksheets/SHEET6.xml"), start=far_sheet()).items())


@case("03 far cell in a part named from the root without a slash", heavy=True)
def _() -> bytes:
    return pack(changed(LINKS, ("/xl/worksheets/sheet6.xml", "xl/worksheets/sheet6.xml"), start=far_sheet()).items())


@case("03 far cell in a part named with a backslash", heavy=True)
def _() -> bytes:
    found = changed(LINKS, ("/xl/worksheets/sheet6.xml", "worksheets\\sheet6.xml"), start=far_sheet())
    found["xl\\worksheets\\sheet6.xml"] = found["xl/worksheets\\sheet6.xml"] = found[part("会议")]
    return pack(found.items())


@case("03 far cell in a workbook without name spaces", heavy=True)
def _() -> bytes:
    return pack(changed(BOOK, (f' xmlns="{MAIN}"', ""), start=far_sheet()).items())


@case("03 far cell in a sheet of the workbook that is linked by a prefix of its own", heavy=True)
def _() -> bytes:
    return pack(changed(BOOK, ("xmlns:r=", "xmlns:rel="), ("r:id=", "rel:id="), start=far_sheet()).items())


@case("03 far cell in UTF-16", heavy=True)
def _() -> bytes:
    found = far_sheet()
    return pack({**found, part("会议"): b"\xff\xfe" + found[part("会议")].decode().encode("utf-16-le")}.items())


add(
    "03 two far corners of 100,000 rows and 50 columns",
    lambda: pack(with_rows("会议", '<row r="100000"><c r="AX100000"><v>1</v></c></row>').items()),
    heavy=True,
)
add("03 a far address in the text of a cell", lambda: with_text("会议", "C4", '见 <c r="XFD1048576"> 一格'))
add("03 a far address in a comment", lambda: packed("会议", ("</sheetData>", f"<!-- {FAR} --></sheetData>")))
add(
    "03 the dimension says A1:XFD1048576",
    lambda: pack(in_all_sheets(lambda data: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', data)).items()),
    heavy=True,
)
for said in ("A1", "Z99:A1", "A0:B0", "", "A1:ZZZZ99999999999", "#REF!", "A1:C3:D4"):
    add(
        f"03 the dimension says {said or 'nothing'}",
        lambda said=said: pack(
            in_all_sheets(lambda data: re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{said}"'.encode(), data)).items()
        ),
    )
add("03 no dimension", lambda: pack(in_all_sheets(lambda data: re.sub(rb"<dimension [^>]*/>", b"", data)).items()))
add("03 rows without an address", lambda: pack(in_all_sheets(lambda data: re.sub(rb'<row r="\d+"', b"<row", data)).items()))
add(
    "03 cells without an address",
    lambda: pack(changed("会议", *((f'<c r="{letter}{row}"', "<c") for row in range(4, 14) for letter in "ABCDEFG")).items()),
)


@case("03 neither rows nor cells have an address")
def _() -> bytes:
    data = members()[part("会议")]
    return with_parts(**{part("会议"): re.sub(rb'<(row|c) r="[A-Z]*\d+"', rb"<\1", data)})


@case("03 cells and rows out of order")
def _() -> bytes:
    data = members()[part("会议")].decode()
    rows = re.findall(r"<row .*?</row>", data)
    turned = [
        "".join([head, *reversed(re.findall(r"<c .*?(?:/>|</c>)", row)), "</row>"])
        for row in reversed(rows)
        for head in re.findall(r"^<row [^>]*>", row)
    ]
    start, end = data.index("<sheetData>"), data.index("</sheetData>")
    return with_parts(**{part("会议"): (data[:start] + "<sheetData>" + "".join(turned) + data[end:]).encode()})


add("03 the same cell twice", lambda: packed("会议", ('<c r="C4"', text_cell("B4", "关工委会议") + '<c r="C4"')))
add("03 the same row twice", lambda: pack(with_rows("会议", '<row r="4"><c r="H4"><v>1</v></c></row>').items()))
for name, xml in {
    "row 0": '<row r="0"><c r="A0"><v>1</v></c></row>',
    "row -1": '<row r="-1"><c r="A-1"><v>1</v></c></row>',
    "row of words": '<row r="甲"><c r="A甲"><v>1</v></c></row>',
    "row of 30 digits": f'<row r="{"9" * 30}"/>',
    "row and cell of 30 digits": f'<row r="{"9" * 30}"><c r="A{"9" * 30}"><v>1</v></c></row>',
    "row 4294967296": '<row r="4294967296"><c r="A4294967296"><v>1</v></c></row>',
    "row 4294967295, empty": '<row r="4294967295"/>',
    "column ZZZZ": '<row r="19"><c r="ZZZZ19"><v>1</v></c></row>',
    "column of 20 letters": f'<row r="19"><c r="{"Z" * 20}19"><v>1</v></c></row>',
    "a cell with letters only": '<row r="19"><c r="H"><v>1</v></c></row>',
    "a cell with digits only": '<row r="19"><c r="19"><v>1</v></c></row>',
    "a cell with no letters or digits": '<row r="19"><c r=""><v>1</v></c></row>',
    "a cell in small letters": '<row r="19"><c r="h19"><v>1</v></c></row>',
    "a range for a cell": '<row r="19"><c r="H19:J20"><v>1</v></c></row>',
}.items():
    add(f"03 address: {name}", lambda xml=xml: pack(with_rows("会议", xml).items()), heavy=True)

# 04 DOCTYPE, entities

LAUGHS = (
    "<!DOCTYPE x ["
    + '<!ENTITY a0 "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10))
    + "]>"
)
PASSWD = '<!DOCTYPE x [<!ENTITY leak SYSTEM "file:///etc/passwd">]>'
HTTP = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/hostname">%p;]>'


def with_prolog(name: str, prolog: str, *pairs: tuple[str, str], start: Members | None = None) -> bytes:
    """A part with something before its root, and its XML declaration before that."""
    found = changed(name, *pairs, start=start)
    name = part(name) if name in SHEETS else name
    body = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", found[name])
    return pack({**found, name: b'<?xml version="1.0" encoding="UTF-8"?>' + prolog.encode() + body}.items())


TITLE = "<t>&#20250;&#35758;</t>"
COMMENT = f"<!--{'长' * 2_000}-->"
for where, pairs in {
    "sheet": ("会议", (TITLE, "<t>&a9;</t>")),
    "workbook": (BOOK, ("<calcPr", "<x>&a9;</x><calcPr")),
    "styles": (STYLES, ("</styleSheet>", "<x>&a9;</x></styleSheet>")),
    "links": (LINKS, ("</Relationships>", "&a9;</Relationships>")),
    "content types": (TYPES, ("</Types>", "&a9;</Types>")),
}.items():
    add(
        f"04 billion laughs in the {where}",
        lambda pairs=pairs: with_prolog(pairs[0], LAUGHS, pairs[1]),
        heavy=where in ("sheet", "workbook"),
    )
    add(
        f"04 billion laughs after a long comment in the {where}",
        lambda pairs=pairs: with_prolog(pairs[0], COMMENT + LAUGHS, pairs[1]),
        heavy=True,
    )
add(
    "04 billion laughs in the shared strings",
    lambda: with_prolog(STRINGS, LAUGHS, start=with_strings(UNIT_STRING.replace("甲关工委", "&a9;"))),
)
add(
    "04 billion laughs after a long comment in the shared strings",
    lambda: with_prolog(STRINGS, COMMENT + LAUGHS, start=with_strings(UNIT_STRING.replace("甲关工委", "&a9;"))),
    heavy=True,
)
for name, prolog in {"a file": PASSWD, "a parameter entity": PARAMETER, "a page of the net": HTTP}.items():
    add(f"04 {name} in a sheet", lambda prolog=prolog: with_prolog("会议", prolog, (TITLE, "<t>&leak;</t>")))
    add(
        f"04 {name} in the shared strings",
        lambda prolog=prolog: with_prolog(STRINGS, prolog, start=with_strings(UNIT_STRING.replace("甲关工委", "&leak;"))),
    )
    add(
        f"04 {name} in the workbook, after a long comment",
        lambda prolog=prolog: with_prolog(BOOK, COMMENT + prolog, ("<calcPr", "<x>&leak;</x><calcPr")),
    )
    add(
        f"04 {name} in the shared strings, after a long comment",
        lambda prolog=prolog: with_prolog(
            STRINGS, COMMENT + prolog, start=with_strings(UNIT_STRING.replace("甲关工委", "&leak;"))
        ),
    )
    add(
        f"04 {name} in a sheet, after a long comment",
        lambda prolog=prolog: with_prolog("会议", COMMENT + prolog, (TITLE, "<t>&leak;</t>")),
    )
add("04 an empty DOCTYPE in small letters", lambda: with_prolog("会议", "<!doctype x>"))
add("04 an entity that nobody declared", lambda: packed("会议", (TITLE, "<t>&leak;</t>")))


def in_utf16(name: str, prolog: str = "", *pairs: tuple[str, str], start: Members | None = None) -> bytes:
    found = changed(name, *pairs, start=start)
    name = part(name) if name in SHEETS else name
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", found[name].decode())
    return pack(
        {**found, name: b"\xff\xfe" + f'<?xml version="1.0" encoding="UTF-16"?>{prolog}{body}'.encode("utf-16-le")}.items()
    )


add("04 billion laughs in a sheet in UTF-16", lambda: in_utf16("会议", LAUGHS, (TITLE, "<t>&a9;</t>")), heavy=True)
add("04 billion laughs in a workbook in UTF-16", lambda: in_utf16(BOOK, LAUGHS, ("<calcPr", "<x>&a9;</x><calcPr")), heavy=True)
add("04 a file in a workbook in UTF-16", lambda: in_utf16(BOOK, PASSWD, ("<calcPr", "<x>&leak;</x><calcPr")))


@case("04 an entity of 80 KB a hundred times in the workbook, after a long comment")
def _() -> bytes:
    """The square of its size, under the limit at which the XML library gives up by itself."""
    return with_prolog(
        BOOK, COMMENT + f'<!DOCTYPE x [<!ENTITY a "{"哈" * 27_000}">]>', ("<calcPr", f"<x>{'&a;' * 100}</x><calcPr")
    )


# 05 passwords


def sealed_with(password: str, data: bytes | None = None) -> bytes:
    """A workbook with a password as Excel writes it, with salts that are always the same."""
    from msoffcrypto.method import ecma376_agile
    from msoffcrypto.method.container import ecma376_encrypted

    with (
        mock.patch.object(ecma376_agile, "_random_buffer", Random(5).randbytes),
        mock.patch.object(ecma376_encrypted, "datetime2filetime", return_value=0),
    ):
        return bytes(ecma376_agile.ECMA376Agile.encrypt(password, io.BytesIO(data or SAMPLE.read_bytes())))


def ole(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file with one stream."""
    from xlwt.CompoundDoc import XlsDoc

    target = io.BytesIO()
    XlsDoc().save(target, stream)
    data, old = bytearray(target.getvalue()), "Workbook".encode("utf-16-le")
    at = data.index(old)
    data[at : at + 64] = name.encode("utf-16-le").ljust(64, b"\x00")
    struct.pack_into("<H", data, at + 64, 2 * len(name) + 2)
    return bytes(data)


def xls(change: Callable[[bytes], bytes] = lambda stream: stream, **texts: str) -> bytes:
    """The sample as Excel 97 would keep it; `texts` are put into the first sheet by their addresses, `change` the records."""
    import openpyxl
    import xlwt

    book, day = xlwt.Workbook(encoding="utf-8"), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for page in openpyxl.load_workbook(SAMPLE):
        sheet = book.add_sheet(page.title)
        if page.sheet_state != "visible":
            sheet.visibility = 2
        for row in page.iter_rows():
            for cell in row:
                value = texts.get(cell.coordinate, cell.value) if page.title == "基本信息" else cell.value
                if value is not None:
                    sheet.write(cell.row - 1, cell.column - 1, value, *([day] if cell.is_date else []))
    return ole(change(book.get_biff_data()))


def with_filepass(stream: bytes) -> bytes:
    """The record that says “encrypted by RC4” after the first BOF; the rest is as it was."""
    end = 4 + struct.unpack_from("<H", stream, 2)[0]
    return stream[:end] + struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + Random(5).randbytes(48) + stream[end:]


add("05 a password", lambda: (ROOT / "tests" / "data" / "有密码.xlsx").read_bytes())
add("05 a password of the whole sample", lambda: sealed_with("测试"))
add("05 the password that Excel tries by itself", lambda: sealed_with("VelvetSweatshop"))
add(
    "05 no workbook behind the password that Excel tries by itself",
    lambda: sealed_with("VelvetSweatshop", pack([("[Content_Types].xml", b"<Types/>"), ("a.txt", b"a")])),
)
add(
    "05 a far cell behind the password that Excel tries by itself",
    lambda: sealed_with("VelvetSweatshop", pack(far_sheet().items())),
    heavy=True,
)
add(
    "05 a bomb behind the password that Excel tries by itself",
    lambda: sealed_with("VelvetSweatshop", with_raw(endless(part("会议"), OPEN_SHEET, 60, tail=CLOSE_SHEET))),
    heavy=True,
)
add("05 the password that Excel tries by itself, cut in half", lambda: sealed_with("VelvetSweatshop")[:9_000])
add("05 an .xls with a password", lambda: xls(with_filepass), "测试.xls")
add("05 only the header of a compound file", lambda: sealed_with("测试")[:512])
add("05 a compound file with zeros for a header", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_088))
add("05 a compound file of random bytes", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + Random(5).randbytes(8_000))
add("05 a compound file whose sectors go in a circle", lambda: ring(xls()), "测试.xls", heavy=True)
add(
    "05 a password, the description of which is missing",
    lambda: sealed_with("测试").replace("EncryptionInfo".encode("utf-16-le"), "EncryptionNone".encode("utf-16-le")),
)
add(
    "05 a password, the description of which is random",
    lambda: re.sub(rb"(?s)<encryption .*?</encryption>", lambda found: Random(5).randbytes(len(found[0])), sealed_with("测试")),
)
add(
    "05 a password that takes two thousand million rounds to try",
    lambda: sealed_with("VelvetSweatshop").replace(b'spinCount="100000"', b'spinCount="2147483647"'),
    heavy=True,
)
add("05 an .xls that tells of EncryptedPackage", lambda: xls(B4="甲 EncryptedPackage"), "测试.xls")


def ring(data: bytes) -> bytes:
    """Every sector of the compound file is followed by itself."""
    first = struct.unpack_from("<I", data, 76)[0]
    start = 512 + first * 512
    table = b"".join(struct.pack("<I", at) for at in range(128))
    return data[:start] + table + data[start + 512 :]


# 06 something else in disguise

WORD = pack([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")])
CSV = "姓名,职务\r\n李测试,主任\r\n"
HTML = "<html><head><meta charset='utf-8'></head><body><table><tr><td>姓名</td></tr></table></body></html>"
SPREADSHEETML = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="会议"><Table><Row><Cell><Data ss:Type="String">'
    "甲</Data></Cell></Row></Table></Worksheet></Workbook>"
)
BMP = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 58, 0, 0, 54, 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + b"\xff\xff\xff\x00"
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">I", 13)
    + b"IHDR"
    + struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    + struct.pack(">I", zlib.crc32(b"IHDR" + struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)))
)
ODS = [
    ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
    ("content.xml", b"<office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'/>"),
]
OTHER: dict[str, tuple[Builder, str]] = {
    "xls": (xls, "测试.xls"),
    "xls named xlsx": (xls, "测试.xlsx"),
    "doc": (lambda: ole(bytes(4_096), "WordDocument"), "测试.xlsx"),
    "msg": (lambda: ole(bytes(4_096), "__properties_version1.0"), "测试.xlsx"),
    "csv": (CSV.encode, "测试.xlsx"),
    "csv in GBK": (lambda: CSV.encode("gb18030"), "测试.xlsx"),
    "csv in UTF-16": (lambda: b"\xff\xfe" + CSV.encode("utf-16-le"), "测试.xlsx"),
    "html table": (HTML.encode, "测试.xls"),
    "mht": (lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n" + HTML.encode(), "测试.xlsx"),
    "pdf": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "测试.xlsx"),
    "docx": (lambda: WORD, "测试.xlsx"),
    "pptx": (lambda: pack([("[Content_Types].xml", b"<Types/>"), ("ppt/presentation.xml", b"<p/>")]), "测试.xlsx"),
    "odt": (lambda: pack([("mimetype", b"application/vnd.oasis.opendocument.text"), *ODS[1:]]), "测试.xlsx"),
    "rar 4": (lambda: b"Rar!\x1a\x07\x00" + bytes(100), "测试.xlsx"),
    "rar 5": (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(100), "测试.xlsx"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(100), "测试.xlsx"),
    "gzip": (lambda: b"\x1f\x8b\x08\x00" + bytes(100), "测试.xlsx"),
    "zip of the workbook": (lambda: pack([("测试.xlsx", SAMPLE.read_bytes())]), "测试.zip"),
    "zip of a folder with the workbook's parts": (
        lambda: pack((f"测试/{name}", data) for name, data in members().items()),
        "测试.xlsx",
    ),
    "winmail.dat": (lambda: b"\x78\x9f\x3e\x22\x00\x00\x01\x06" + bytes(100), "winmail.dat"),
    "url": (lambda: b"[InternetShortcut]\r\nURL=http://localhost/\r\n", "测试.xlsx"),
    "lnk": (lambda: b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F" + bytes(56), "测试.xlsx"),
    "bmp": (lambda: BMP, "测试.xlsx"),
    "png": (lambda: PNG, "测试.xlsx"),
    "jpeg": (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "测试.xlsx"),
    "heic": (lambda: b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "测试.xlsx"),
    "webp": (lambda: b"RIFF\x1a\x00\x00\x00WEBPVP8 " + bytes(14), "测试.xlsx"),
    "text that begins with BM": (lambda: "BMI,姓名\n22,李测试\n".encode(), "测试.xlsx"),
    "rtf": (lambda: b"{\\rtf1\\ansi a}", "测试.xlsx"),
    "json": (lambda: b'{"code": 403, "message": "login"}', "测试.xlsx"),
    "letter": (lambda: b"Received: from localhost\r\nSubject: a\r\n\r\n" + b64encode(SAMPLE.read_bytes()), "测试.eml"),
    "workbook in base64": (lambda: b64encode(SAMPLE.read_bytes()), "测试.xlsx"),
    "empty zip": (lambda: b"PK\x05\x06" + bytes(18), "测试.xlsx"),
    "SpreadsheetML of 2003": (SPREADSHEETML.encode, "测试.xlsx"),
    "SpreadsheetML of 2003 with a byte order mark": (lambda: b"\xef\xbb\xbf" + SPREADSHEETML.encode(), "测试.xls"),
    "ods": (lambda: pack(ODS), "测试.ods"),
    "xlsb": (lambda: pack([("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", b"\x83\x01\x00\x84\x01\x00")]), "测试.xlsb"),
    "xlsx named xls": (lambda: SAMPLE.read_bytes(), "测试.xls"),
    "xlsx without an ending": (lambda: SAMPLE.read_bytes(), "测试"),
    "workbook behind a line of text": (lambda: b"\r\n" + SAMPLE.read_bytes(), "测试.xlsx"),
    "Excel's owner file": (lambda: b"\x05" + "李测试".encode("utf-16-le").ljust(164, b"\x00"), "~$测试.xlsx"),
    "random bytes": (lambda: Random(6).randbytes(5_000), "测试.xlsx"),
    "a line feed": (lambda: b"\n", "测试.xlsx"),
    "a text without end": (lambda: b"a" * (15 * 2**20), "测试.xlsx"),
}
for name, (build, file) in OTHER.items():
    add(f"06 {name}", build, file)

# 07 damaged on the way


def part_of_sample(percent: int) -> bytes:
    data = SAMPLE.read_bytes()
    return data[: len(data) * percent // 100]


def flipped(where: str, at: float = 0.5) -> bytes:
    """The sample with one byte of one compressed member turned over."""
    data = bytearray(SAMPLE.read_bytes())
    with zipfile.ZipFile(SAMPLE) as package:
        info = package.getinfo(part(where) if where in SHEETS else where)
    start = info.header_offset + 30 + len(info.filename.encode())
    data[start + int(info.compress_size * at)] ^= 0xFF
    return bytes(data)


add("07 no bytes", bytes)
for percent in (1, 10, 50, 90, 99):
    add(f"07 {percent} % of the file", lambda percent=percent: part_of_sample(percent))
add("07 the last byte is missing", lambda: SAMPLE.read_bytes()[:-1])
for where in ("会议", "填报说明", "_wuhao", BOOK, LINKS, STYLES):
    add(f"07 a flipped byte in {where}", lambda where=where: flipped(where))
add("07 a flipped byte in the theme", lambda: flipped("xl/theme/theme1.xml"))
add("07 a flipped byte in the content types", lambda: flipped(TYPES))
add("07 no directory", lambda: SAMPLE.read_bytes()[: SAMPLE.read_bytes().index(b"PK\x01\x02")])
add("07 the directory only", lambda: SAMPLE.read_bytes()[SAMPLE.read_bytes().index(b"PK\x01\x02") :])
add("07 only the magic", lambda: b"PK\x03\x04")
add("07 only the first letter of the magic", lambda: b"P")
add("07 only the magic of a compound file", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
add("07 line ends changed by a mail program", lambda: SAMPLE.read_bytes().replace(b"\n", b"\r\n"))
add("07 the eighth bit lost", lambda: bytes(byte & 0x7F for byte in SAMPLE.read_bytes()))
add("07 zeros in place of all bytes", lambda: bytes(20_000))
add("07 zeros behind the end", lambda: SAMPLE.read_bytes() + bytes(2_000))
add("07 more than a comment behind the end", lambda: SAMPLE.read_bytes() + bytes(80_000))
add("07 twice the same file", lambda: SAMPLE.read_bytes() * 2)
for name in (BOOK, LINKS):
    add(f"07 without {name}", lambda name=name: pack((key, data) for key, data in members().items() if key != name))
add("07 without the part of a sheet", lambda: pack((key, data) for key, data in members().items() if key != part("会议")))
for name in (STYLES, TYPES, "_rels/.rels", "docProps/core.xml"):
    add(f"07 without {name}", lambda name=name: pack((key, data) for key, data in members().items() if key != name))
for where in ("会议", BOOK, LINKS, STYLES):
    name = part(where) if where in SHEETS else where
    add(f"07 an empty part: {where}", lambda name=name: with_parts(**{name: b""}))
    add(f"07 half of the part: {where}", lambda name=name: with_parts(**{name: members()[name][: len(members()[name]) // 2]}))
# 08 strict OOXML

PURL = "http://purl.oclc.org/ooxml/"


def strict() -> Members:
    """The sample in the name spaces of ISO 29500 strict."""
    pairs = ((MAIN, PURL + "spreadsheetml/main"), (RELATIONS, PURL + "officeDocument/relationships"))
    found = members()
    for old, new in pairs:
        found = {name: data.replace(old.encode(), new.encode()) for name, data in found.items()}
    return changed(BOOK, ("<workbook ", '<workbook conformance="strict" '), start=found)


def iso_days(data: bytes) -> bytes:
    """Days as the strict form writes them: t="d" and ISO 8601."""
    from datetime import date, timedelta

    return re.sub(
        rb'(<c r="\w+" s="(?:11|19)") t="n"><v>(\d{5})</v>',
        lambda found: (
            found[1]
            + b' t="d"><v>'
            + (date(1899, 12, 30) + timedelta(days=int(found[2]))).isoformat().encode()
            + b"T00:00:00</v>"
        ),
        data,
    )


add("08 strict", lambda: pack(strict().items()))
add(
    "08 strict with days of ISO 8601",
    lambda: pack((name, iso_days(data) if name.startswith("xl/worksheets/") else data) for name, data in strict().items()),
)

# 09 other producers


def prefixed(data: bytes) -> bytes:
    """Every element of a sheet with a prefix, as some libraries write."""
    body = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", data)
    return body.replace(f'xmlns="{MAIN}"'.encode(), f'xmlns:x="{MAIN}"'.encode())


def in_shared_strings() -> Members:
    """The sample with all its texts in a table of shared strings, as Excel and WPS keep them."""
    texts: list[bytes] = []

    def shared(found: re.Match[bytes]) -> bytes:
        texts.append(found[2])
        return found[1] + b' t="s"><v>%d</v></c>' % (len(texts) - 1)

    found = with_strings("")
    found = {
        name: re.sub(rb'(<c r="\w+"(?: s="\d+")?) t="inlineStr"><is>(<t[^>]*>[^<]*</t>)</is></c>', shared, data)
        if name.startswith("xl/worksheets/")
        else data
        for name, data in found.items()
    }
    texts.append("<t>测试嘎查村关工委</t>".encode())
    found[part("基本信息")] = found[part("基本信息")].replace(
        b'<c r="B4" t="s"><v>0</v></c>', b'<c r="B4" t="s"><v>%d</v></c>' % (len(texts) - 1)
    )
    return {
        **found,
        STRINGS: f'<sst xmlns="{MAIN}" count="{len(texts)}" uniqueCount="{len(texts)}">'.encode()
        + b"".join(b"<si>" + text + b"</si>" for text in texts)
        + b"</sst>",
    }


add("09 shared strings", lambda: pack(in_shared_strings().items()))
add(
    "09 shared strings in pieces with phonetic hints",
    lambda: pack(
        with_strings(
            f'<sst xmlns="{MAIN}"><si><r><t>甲</t></r><r><rPr><b/></rPr><t>乙丙</t></r><rPh sb="0" eb="1"><t>jia</t></rPh></si></sst>'
        ).items()
    ),
)
add("09 a sheet in UTF-16", lambda: in_utf16("会议"))
add("09 a workbook in UTF-16", lambda: in_utf16(BOOK))
add("09 shared strings in UTF-16", lambda: in_utf16(STRINGS, start=in_shared_strings()))
add(
    "09 a sheet in GBK",
    lambda: with_parts(
        **{
            part("会议"): b'<?xml version="1.0" encoding="GBK"?>'
            + re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), members()[part("会议")].decode()).encode("gb18030")
        }
    ),
)
add("09 a sheet with prefixes", lambda: pack({**members(), part("会议"): prefixed(members()[part("会议")])}.items()))
add("09 all sheets with prefixes", lambda: pack(in_all_sheets(prefixed).items()))
add("09 single quotes", lambda: pack(in_all_sheets(lambda data: data.replace(b'"', b"'")).items()))
add("09 a byte order mark in every part", lambda: pack((name, b"\xef\xbb\xbf" + data) for name, data in members().items()))
add(
    "09 line breaks between the attributes",
    lambda: pack(in_all_sheets(lambda data: re.sub(rb"<(c|row) ", rb"<\1\n", data)).items()),
)
add(
    "09 comments and instructions of an editor",
    lambda: pack(in_all_sheets(lambda data: data.replace(b"<sheetData>", b"<!-- a --><?b c?><sheetData><!-- d -->")).items()),
)
add(
    "09 texts in CDATA",
    lambda: packed("会议", ("<t>&#20826;&#25903;&#37096;&#20250;&#35758;</t>", "<t><![CDATA[党支部会议]]></t>")),
)
add("09 relative targets", lambda: packed(LINKS, ('Target="/xl/worksheets', 'Target="worksheets')))
add("09 members in reverse order, not deflated", lambda: pack(reversed(members().items()), stored=True))
add("09 sizes behind the data, as streams are written", lambda: streamed())


def streamed() -> bytes:
    """A package written to a pipe: sizes and check sums follow the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.data += bytes(data)  # type: ignore[call-overload]
            return len(bytes(data))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members().items():
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            with package.open(info, "w") as stream:
                stream.write(data)
    return bytes(pipe.data)


# 10 silently wrong values. 会议!A4 is 2023-07-26, F4 15 people, B6 党支部会议; 基本信息!B8 the day of the report.


def with_value(sheet: str, address: str, attributes: str, inner: str) -> bytes:
    return with_xml(sheet, address, f'<c r="{address}" {attributes}>{inner}</c>')


DAY = 's="19"'
add(
    "10 days from 1904 on, moved",
    lambda: pack(
        changed(
            BOOK,
            ("<workbookPr/>", '<workbookPr date1904="1"/>'),
            start=in_all_sheets(
                lambda data: re.sub(
                    rb'(s="(?:11|19)" t="n"><v>)(\d{5})(?=<)', lambda found: found[1] + b"%d" % (int(found[2]) - 1462), data
                )
            ),
        ).items()
    ),
)
add(
    "10 days from 1904 on, told in another attribute's text",
    lambda: packed(BOOK, ("<calcPr", "<x note='date1904=\"1\"'/><calcPr")),
)
add("10 serial 60", lambda: with_value("会议", "A4", DAY, "<v>60</v>"))
add("10 serial 0", lambda: with_value("会议", "A4", DAY, "<v>0</v>"))
add("10 serial -1", lambda: with_value("会议", "A4", DAY, "<v>-1</v>"))
add("10 serial 2958466, after the year 9999", lambda: with_value("会议", "A4", DAY, "<v>2958466</v>"))
add("10 serial 1e300", lambda: with_value("会议", "A4", DAY, "<v>1e300</v>"))
add("10 a day with 23:59:59.9999", lambda: with_value("会议", "A4", DAY, "<v>45133.999999</v>"))
add("10 a day without a style", lambda: with_value("会议", "A4", "", "<v>45133</v>"))
add("10 t=d", lambda: with_value("会议", "A4", DAY + ' t="d"', "<v>2023-07-26</v>"))
add("10 t=d with a zone", lambda: with_value("会议", "A4", DAY + ' t="d"', "<v>2023-07-26T00:00:00Z</v>"))
add("10 t=d that is none", lambda: with_value("会议", "A4", DAY + ' t="d"', "<v>昨天</v>"))
add("10 t=d with year 0", lambda: with_value("会议", "A4", DAY + ' t="d"', "<v>0000-00-00</v>"))
add("10 t=z", lambda: with_value("会议", "F4", 't="z"', "<v>15</v>"))
add("10 t=b", lambda: with_value("会议", "D4", 't="b"', "<v>1</v>"))
add("10 t=b that is 7", lambda: with_value("会议", "D4", 't="b"', "<v>7</v>"))
for number, text in {
    "nan": "NaN",
    "infinity": "INF",
    "1e999": "1e999",
    "words": "十五",
    "a hexadecimal": "0x0F",
    "nothing": "",
    "blanks": " 15 ",
    "full-width": "１５",
    "many digits": "15." + "0" * 2_000 + "1",
    "a comma": "1,5",
    "an underscore": "1_5",
    "minus zero": "-0",
    "a tiny one": "5e-324",
}.items():
    add(f"10 a number: {number}", lambda text=text: with_value("会议", "F4", 't="n"', f"<v>{text}</v>"))
for name, text in {
    "full-width": "１５",
    "Chinese": "十五",
    "with a unit": "15人",
    "with blanks": " 15\u3000",
    "an Arabic one": "١٥",
    "an apostrophe": "'15",
    "scientific": "1.5E1",
    "a fraction": "½",
    "a circled one": "⑮",
    "with a zero-width blank": "1\u200b5",
    "with a line break": "15\n",
    "superscript": "¹⁵",
}.items():
    add(f"10 a number as text: {name}", lambda text=text: with_text("会议", "F4", text))
for name, text in {
    "full-width": "２０２３－０７－２６",
    "Chinese": "二〇二三年七月二十六日",
    "dotted": "2023.7.26",
    "compact": "20230726",
    "with a weekday": "2023年7月26日（星期三）",
    "no day": "2023-13-45",
    "American": "7/26/2023",
    "with an hour": "2023-07-26 09:00",
    "a leap day": "2023-02-29",
}.items():
    add(f"10 a day as text: {name}", lambda text=text: with_text("会议", "A4", text))
for error in ("#DIV/0!", "#N/A", "#REF!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#甲", ""):
    add(f"10 an error: {error or 'without a name'}", lambda error=error: with_value("会议", "A4", 't="e"', f"<v>{error}</v>"))
add("10 an error without a value", lambda: with_value("会议", "A4", 't="e"', ""))
add("10 an error in single quotes", lambda: with_xml("会议", "A4", "<c r=\"A4\" t='e'><v>#N/A</v></c>"))
add("10 an error as text", lambda: with_text("会议", "A4", "#N/A"))
FORMULA = "<f>TODAY()</f>"
for name, inner in {
    "without a value": FORMULA,
    "with an empty value": FORMULA + "<v/>",
    "with an open empty value": FORMULA + "<v></v>",
    "with a comment for a value": FORMULA + "<v><!-- --></v>",
    "empty": "<f/>",
    "shared": '<f t="shared" si="0"/>',
    "of an array": '<f t="array" ref="A4">TODAY()</f>',
    "with a value": FORMULA + "<v>45133</v>",
    "behind its value": "<v>45133</v>" + FORMULA,
    "with a comment before": "<!-- </c> -->" + FORMULA,
    "without a value, with a blank in its tag": "<f >TODAY()</f >",
    "with a value in CDATA": FORMULA + "<v><![CDATA[45133]]></v>",
}.items():
    add(f"10 a formula {name}", lambda inner=inner: with_value("会议", "A4", DAY, inner))
add("10 a formula without a value, t=str", lambda: with_value("会议", "B4", 't="str"', '<f>""</f><v></v>'))
add("10 a formula without a value that should give text", lambda: with_value("会议", "B4", 't="str"', "<f>A1</f>"))
add("10 a formula without a value and without an address", lambda: with_xml("会议", "A4", f"<c {DAY}>{FORMULA}</c>"))
add(
    "10 a formula without a value, its type and address turned round",
    lambda: with_xml("会议", "A4", f'<c {DAY} r="A4">{FORMULA}</c>'),
)
add(
    "10 a formula without a value in a sheet named with a line break",
    lambda: pack(
        changed(
            BOOK, ('name="会议"', 'name="会&#10;议"'), start=with_cell("会议", "A4", f'<c r="A4" {DAY}>{FORMULA}</c>')
        ).items()
    ),
)
add(
    "10 a formula without a value in a sheet named with a real line break",
    lambda: pack(
        changed(BOOK, ('name="会议"', 'name="会\n议"'), start=with_cell("会议", "A4", f'<c r="A4" {DAY}>{FORMULA}</c>')).items()
    ),
)
add(
    "10 a formula without a value in a sheet linked from the root without a slash",
    lambda: pack(
        changed(
            LINKS,
            ("/xl/worksheets/sheet6.xml", "xl/worksheets/sheet6.xml"),
            start=with_cell("会议", "A4", f'<c r="A4" {DAY}>{FORMULA}</c>'),
        ).items()
    ),
)
add(
    "10 a formula without a value in a sheet linked in other letters",
    lambda: pack(
        changed(
            LINKS,
            ("worksheets/sheet6.xml", "worksheets/SHEET6.xml"),
            start=with_cell("会议", "A4", f'<c r="A4" {DAY}>{FORMULA}</c>'),
        ).items()
    ),
)
add(
    "10 a formula without a value with prefixes",
    lambda: pack(
        (name, prefixed(data) if name.startswith("xl/worksheets/") else data)
        for name, data in with_cell("会议", "A4", f'<c r="A4" {DAY}>{FORMULA}</c>').items()
    ),
)
for state in ("hidden", "veryHidden"):
    add(
        f"10 a sheet that is {state}",
        lambda state=state: packed(BOOK, ('name="会议" sheetId="6" state="visible"', f'name="会议" sheetId="6" state="{state}"')),
    )
add("10 a hidden row", lambda: packed("会议", ('<row r="4"', '<row r="4" hidden="1"')))
add(
    "10 merged cells, of which the first alone has a value",
    lambda: pack(
        with_cell(
            "会议",
            "B5",
            '<c r="B5"/>',
            changed("会议", ("</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="B4:B5"/></mergeCells>')),
        ).items()
    ),
)
add("10 a text that ends in a blank", lambda: with_text("会议", "B4", " 党支部会议 "))
add("10 an inline text without its type", lambda: with_xml("会议", "B4", '<c r="B4"><is><t>党支部会议</t></is></c>'))
add(
    "10 an inline text with a value beside",
    lambda: with_xml("会议", "B4", '<c r="B4" t="inlineStr"><is><t>党支部会议</t></is><v>关工委会议</v></c>'),
)
add("10 a text as the value of a formula", lambda: with_value("会议", "B4", 't="str"', "<f>A1</f><v>党支部会议</v>"))

# 11 characters no XML holds; 基本信息!B4 is the name of the unit

for name, text in {
    "_x0001_": "甲_x0001_乙",
    "_x0000_": "甲_x0000_乙",
    "_x000D_": "甲_x000D_\n乙",
    "_x001F_": "甲_x001F_乙",
    "_xD800_": "甲_xD800_乙",
    "_xDFFF_": "甲_xDFFF_乙",
    "_xD83D__xDE00_": "甲_xD83D__xDE00_乙",
    "_xFFFE_": "甲_xFFFE_乙",
    "_xFFFF_": "甲_xFFFF_乙",
    "_x005F_x0001_": "甲_x005F_x0001_乙",
    "_x0001": "甲_x0001乙",
    "_xABCG_": "甲_xABCG_乙",
    "U+FFFE": "甲\ufffe乙",
    "U+0085": "甲\u0085乙",
    "U+200B": "甲\u200b乙",
    "U+202E": "甲\u202e乙",
    "U+FEFF": "甲\ufeff乙",
    "U+E000": "甲\ue000乙",
    "U+10FFFF": "甲\U0010ffff乙",
    "an emoji": "甲😀乙",
    "a family": "甲👨‍👩‍👧乙",
    "a rare character": "甲𠮷乙",
    "combining marks": "甲" + "\u0301" * 500 + "乙",
}.items():
    add(f"11 {name}", lambda text=text: with_text("基本信息", "B4", text))
for number in ("1", "x1", "0", "xD800", "xFFFE", "x110000", "99999999999999999999", "-1", "甲"):
    add(
        f"11 character reference &#{number};",
        lambda number=number: with_xml("基本信息", "B4", f'<c r="B4" t="inlineStr"><is><t>甲&#{number};乙</t></is></c>'),
    )
for name, data in {
    "a zero byte": b"\x00",
    "byte 1": b"\x01",
    "bad UTF-8": b"\xff",
    "an overlong one": b"\xc0\x80",
    "a surrogate in UTF-8": b"\xed\xa0\x80",
}.items():
    add(
        f"11 {name} in a text",
        lambda data=data: pack(
            {
                **(found := members()),
                part("基本信息"): found[part("基本信息")].replace(
                    b"&#27979;&#35797;&#22030;&#26597;", b"&#27979;" + data + b"&#35797;&#22030;&#26597;", 1
                ),
            }.items()
        ),
    )

# 12, 13, 14 markup, Jinja and formulas as texts

for name, text in {
    "12 A&B <公司>": "A&B <公司>",
    "12 a^b!c&d(e)": "a^b!c&d(e)",
    "12 the end of a run": "甲</w:t></w:r></w:p>乙",
    "12 ]]>": "甲]]>乙",
    "12 an entity": "甲&amp;乙&lt;",
    "12 a script": "<script>alert(1)</script>",
    "12 quotes": "甲\"乙'丙",
    "12 b": "<b>甲</b>",
    "13 {{7*7}}": "甲{{7*7}}",
    "13 {% for %}": "{% for x in y %}甲",
    "13 {{ ''.__class__ }}": "{{ ''.__class__.__mro__ }}",
    "13 {{r a }}": "{{r a }}",
    "13 {# a": "甲{# a",
    "13 {%p if %}": "{%p if a %}",
    "13 {{ lipsum }}": "{{ lipsum.__globals__.os.popen('id').read() }}",
    "13 % and braces": "%s %(a)s {0} {a!r} ${b} {",
    "14 DDE": "=cmd|' /C calc'!A0",
    "14 HYPERLINK": '=HYPERLINK("http://localhost","甲")',
    "14 @SUM": "@SUM(1+1)*cmd|' /C calc'!A0",
    "14 + and -": "+1-1",
    "14 WEBSERVICE": '=WEBSERVICE("http://localhost")',
    "14 a tab": "\t=1+1",
    "14 a line feed": "\n=1+1",
    "14 a link": "http://localhost/甲",
    "14 a UNC path": "\\\\localhost\\c$",
}.items():
    add(name, lambda text=text: with_text("基本信息", "B4", text))

# 15 over-long text; 文字材料!B4 is a paragraph of the report


@cache
def long_text(length: int, letters: str = "") -> str:
    """A text that does not pack to nothing."""
    return "".join(Random(15).choices(letters or [chr(at) for at in range(0x4E00, 0x5200)], k=length))


for length in (32_767, 40_000, 1_000_000):
    add(f"15 a name of {length:,} characters", lambda length=length: with_text("基本信息", "B4", long_text(length)))
    add(f"15 a paragraph of {length:,} characters", lambda length=length: with_text("文字材料", "B4", long_text(length)))
add("15 100,000 lines in a cell", lambda: with_text("文字材料", "B4", "甲\n" * 100_000))
add("15 100,000 choices in a cell", lambda: with_text("会议", "E4", "、".join(f"甲{at}" for at in range(100_000))), heavy=True)
add(
    "15 100,000 evidence numbers in a cell",
    lambda: with_text("会议", "G4", "、".join(f"甲{at}" for at in range(100_000))),
    heavy=True,
)
add("15 a day of a million digits", lambda: with_text("会议", "A4", long_text(10**6, "123456789")), heavy=True)
add("15 a number of a million digits", lambda: with_text("会议", "F4", long_text(10**6, "123456789")), heavy=True)
add(
    "15 a number of a million Chinese digits",
    lambda: with_text("会议", "F4", long_text(10**6, "〇一二三四五六七八九十百千万亿")),
    heavy=True,
)
add("15 a number of a million commas", lambda: with_text("会议", "F4", "2" + "," * 10**6 + "x"), heavy=True)
add("15 a day of a million blanks", lambda: with_text("会议", "A4", "2023年" + " " * 10**6 + "x"), heavy=True)
add("15 a header of 100,000 brackets", lambda: with_text("会议", "F3", "人数" + "（" * 10**5), heavy=True)
add("15 a choice of a million characters", lambda: with_text("会议", "B4", long_text(10**6)), heavy=True)
add("15 a stage of a million characters", lambda: with_text("基本信息", "B7", long_text(10**6)), heavy=True)
add("15 a year of a million characters", lambda: with_text("基本信息", "B6", "2023" + long_text(10**6, "0123456789")), heavy=True)

# 16 names as paths

for name, text in {
    "../../etc/x": "../../etc/x",
    "CON": "CON",
    "con.txt": "con.txt",
    "COM¹": "COM¹",
    "a slash, a backslash and a colon": "a/b\\c:d",
    "300 characters": "长" * 300,
    "trailing dots": "甲...",
    "a trailing blank": "甲 .",
    "bidi override": "甲\u202exslx.exe",
    "an owner file": "~$甲",
    "an emoji": "😀甲",
    "dots only": "..",
    "a hidden file": ".甲",
    "an option": "--json",
    "a device": "/dev/null",
    "a drive": "C:\\甲",
    "UNC": "\\\\a\\b",
    "a stream": "甲:stream:$DATA",
    "a percent": "%TEMP%甲",
    "an NFD name": "e\u0301甲",
    "a line break": "甲\n乙",
    "nothing but forbidden": "???",
}.items():
    add(f"16 {name}", lambda text=text: with_text("基本信息", "B4", text))
for name, file in {
    "a percent and an ampersand": "100%&甲 (1).xlsx",
    "a hash": "#甲.xlsx",
    "a line break": "甲\n乙.xlsx",
    "an emoji": "😀.xlsx",
    "an option": "-h.xlsx",
    "quotes": "甲\"'.xlsx",
    "braces": "{{7*7}}{0}.xlsx",
    "200 bytes": "长" * 65 + ".xlsx",
    "bytes that are no UTF-8": "\udcff\udcfe.xlsx",
}.items():
    add(f"16 the file has {name}", SAMPLE.read_bytes, file)

# 28 links, macros, objects; 32 path tricks


def with_part(name: str, data: bytes, relation: str, target: str, external: bool = False) -> bytes:
    mode = ' TargetMode="External"' if external else ""
    found = changed(
        LINKS, ("</Relationships>", f'<Relationship Id="rId91" Type="{relation}" Target="{target}"{mode}/></Relationships>')
    )
    return pack({**found, name: data}.items())


EXTERNAL = f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'.encode()
add(
    "28 an external link with DDE",
    lambda: with_part(
        "xl/externalLinks/externalLink1.xml", EXTERNAL, f"{RELATIONS}/externalLink", "externalLinks/externalLink1.xml"
    ),
)
add(
    "28 macros",
    lambda: with_part(
        "xl/vbaProject.bin",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
        "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
        "vbaProject.bin",
    ),
    "测试.xlsm",
)
add("28 an OLE object", lambda: with_parts(**{"xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)}))
add("28 a picture of the net", lambda: with_part("xl/x.xml", b"<a/>", f"{RELATIONS}/image", "http://127.0.0.1:9/a.png", True))
add(
    "28 a sheet of macros of Excel 4",
    lambda: pack(
        with_sheets(
            [("宏", "macrosheets/sheet1.xml")],
            {"xl/macrosheets/sheet1.xml": small_sheet('<row r="1"><c r="A1"><f>EXEC("calc")</f></c></row>')},
        ).items()
    ),
)
add(
    "28 a chart sheet",
    lambda: pack(
        with_sheets(
            [("图", "chartsheets/sheet1.xml")], {"xl/chartsheets/sheet1.xml": f'<chartsheet xmlns="{MAIN}"/>'.encode()}
        ).items()
    ),
)
add(
    "28 a formula that calls a program, with its value",
    lambda: with_value("会议", "A4", DAY, "<f>cmd|' /C calc'!A0</f><v>45133</v>"),
)
for name, target in {
    "with ../../": "../../../../etc/passwd",
    "absolute": "/etc/passwd",
    "UNC": "\\\\127.0.0.1\\c$\\a.xml",
    "file:": "file:///etc/passwd",
    "http:": "http://127.0.0.1:9/a.xml",
    "missing": "worksheets/none.xml",
    "empty": "",
    "the workbook": "workbook.xml",
    "the links": "_rels/workbook.xml.rels",
    "a folder": "worksheets/",
    "the styles": "styles.xml",
    "with a fragment": "worksheets/sheet6.xml#A1",
    "with percents": "worksheets/sheet%36.xml",
    "going up and down": "../xl/worksheets/sheet6.xml",
    "with two slashes": "//xl/worksheets/sheet6.xml",
    "with a dot": "./worksheets/sheet6.xml",
}.items():
    add(f"32 a target {name}", lambda target=target: packed(LINKS, ("/xl/worksheets/sheet6.xml", target)))
add(
    "32 a relationship twice",
    lambda: packed(
        LINKS,
        (
            "</Relationships>",
            f'<Relationship Id="rId6" Type="{RELATIONS}/worksheet" Target="worksheets/sheet7.xml"/></Relationships>',
        ),
    ),
)
add("32 no relationship for a sheet", lambda: packed(LINKS, ('Id="rId6"', 'Id="rId666"')))
add("32 a sheet without an id", lambda: packed(BOOK, (' r:id="rId6"', "")))
add(
    "32 a member named ../../evil",
    lambda: pack([*members().items(), ("../../../../tmp/evil.xml", b"a"), ("/tmp/evil.xml", b"a")]),
)
add("32 a member with a NUL in its name", lambda: pack([*members().items()]).replace(b"docProps/app.xml", b"docProps\x00app.xml"))
add("32 members named with backslashes", lambda: pack((name.replace("/", "\\"), data) for name, data in members().items()))

# 30 thousands of things


def many_sheets(count: int, data: bytes, each_its_own: bool) -> bytes:
    names = [(f"表{at}", f"worksheets/extra{at if each_its_own else 0}.xml") for at in range(count)]
    return pack(with_sheets(names, {"xl/" + target: data for _, target in names}).items())


add("30 2,000 sheets", lambda: many_sheets(2_000, small_sheet(""), True))
add("30 900 sheets", lambda: many_sheets(900, small_sheet('<row r="1"><c r="A1"><v>1</v></c></row>'), True), heavy=True)
add(
    "30 2,000 sheets of one part",
    lambda: many_sheets(2_000, small_sheet('<row r="1"><c r="A1"><v>1</v></c></row>'), False),
    heavy=True,
)
add("30 2,000 sheets of one long part", lambda: many_sheets(2_000, long_sheet(3_000, 10), False), heavy=True)
add(
    "30 50,000 merges",
    lambda: packed(
        "会议",
        (
            "</sheetData>",
            "</sheetData><mergeCells>"
            + "".join(f'<mergeCell ref="X{row}:Y{row}"/>' for row in range(1, 50_001))
            + "</mergeCells>",
        ),
    ),
)
add(
    "30 a merge of everything",
    lambda: packed("会议", ("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
)
add(
    "30 60,000 styles",
    lambda: packed(STYLES, ("</cellXfs>", "".join(f'<xf numFmtId="{at}"/>' for at in range(60_000)) + "</cellXfs>")),
)
add(
    "30 60,000 formats of numbers",
    lambda: packed(
        STYLES,
        (
            "<fonts",
            "<numFmts>"
            + "".join(f'<numFmt numFmtId="{at}" formatCode="yyyy&quot;年&quot;{at}"/>' for at in range(200, 60_200))
            + "</numFmts><fonts",
        ),
    ),
)
add(
    "30 a format of a million characters",
    lambda: packed(STYLES, ("<fonts", f'<numFmts><numFmt numFmtId="900" formatCode="{"[" * 10**6}"/></numFmts><fonts')),
    heavy=True,
)
add(
    "30 100,000 defined names",
    lambda: packed(
        BOOK,
        (
            "</definedNames>",
            "".join(f'<definedName name="n{at}">会议!$A$1</definedName>' for at in range(100_000)) + "</definedNames>",
        ),
    ),
    heavy=True,
)
add(
    "30 100,000 relationships",
    lambda: packed(
        LINKS,
        (
            "</Relationships>",
            "".join(f'<Relationship Id="n{at}" Type="{RELATIONS}/image" Target="a.png"/>' for at in range(100_000))
            + "</Relationships>",
        ),
    ),
    heavy=True,
)
add(
    "30 100,000 rows with nothing but a format",
    lambda: pack(
        with_rows("会议", "".join(f'<row r="{row}"><c r="A{row}" s="19"/></row>' for row in range(14, 100_014))).items()
    ),
    heavy=True,
)
add(
    "30 50,000 rows with nothing but a format",
    lambda: pack(with_rows("会议", "".join(f'<row r="{row}"><c r="A{row}" s="19"/></row>' for row in range(14, 50_014))).items()),
    heavy=True,
)
add(
    "30 20,000 rows that are wrong",
    lambda: pack(
        with_rows(
            "会议",
            "".join(
                f'<row r="{row}"><c r="A{row}" t="str"><v>昨天{row}</v></c><c r="B{row}" t="str"><v>党支部{row}</v></c></row>'
                for row in range(14, 20_014)
            ),
        ).items()
    ),
    heavy=True,
)
add(
    "30 2,000 headers",
    lambda: packed(
        "会议",
        ('</c></row><row r="4"', "</c>" + "".join(f'<c t="str"><v>栏{at}</v></c>' for at in range(2_000)) + '</row><row r="4"'),
    ),
    heavy=True,
)
add(
    "30 20,000 members of the roll of one name",
    lambda: pack(
        with_rows(
            "五老名册",
            "".join(
                f'<row r="{row}">'
                + text_cell(f"A{row}", "赵测试")
                + text_cell(f"E{row}", "老教师")
                + f'<c r="F{row}" s="19"><v>45066</v></c></row>'
                for row in range(16, 20_016)
            ),
        ).items()
    ),
    heavy=True,
)

# 31 names of sheets

EXTRA = {"xl/worksheets/extra.xml": small_sheet('<row r="1"><c r="A1"><v>1</v></c></row>')}
for name, written in {
    "quotes": "甲'乙&quot;丙",
    "a line break": "甲&#10;乙",
    "{{7*7}}": "{{7*7}}",
    "an emoji": "😀",
    "nothing": "",
    "300 characters": "长" * 300,
    "a control character": "甲_x0001_乙",
    "a slash": "../甲",
    "brackets and a colon": "[甲]:*?",
    "an equals sign": "=1+1",
    "blanks": "   ",
    "the stamp's name": "_wuhao",
    "the stamp's name in capitals": "_WUHAO",
}.items():
    add(
        f"31 a sheet named with {name}",
        lambda written=written: pack(with_sheets([(written, "worksheets/extra.xml")], EXTRA).items()),
    )
for name, written in {
    "the same name": "会议",
    "the same name with a blank": "会议 ",
    "the same name in entities": "&#20250;&#35758;",
    "the same name with a bracket": "会议（2）",
    "the same name with a star": "会议*",
    "the same name with a zero-width blank": "会\u200b议",
}.items():
    add(
        f"31 a second sheet of {name}",
        lambda written=written: pack(with_sheets([(written, "worksheets/extra.xml")], EXTRA).items()),
    )
add("31 a second sheet of the same name before it", lambda: pack(changed(BOOK, ('name="培训学习"', 'name="基本信息"')).items()))
add(
    "31 a fault in the second sheet of the same name",
    lambda: pack(
        with_sheets(
            [("会议", "worksheets/extra.xml")],
            {"xl/worksheets/extra.xml": small_sheet('<row r="19"><c r="A19" t="e"><v>#N/A</v></c></row>')},
        ).items()
    ),
)
add(
    "31 all sheets have the same name",
    lambda: pack(
        {**(found := members()), BOOK: re.sub(rb' name="[^"]*" sheetId', ' name="会议" sheetId'.encode(), found[BOOK])}.items()
    ),
)
add("31 a sheet renamed with full-width letters", lambda: packed(BOOK, ('name="会议"', 'name="　会 议　"')))
add("31 a sheet renamed in traditional characters", lambda: packed(BOOK, ('name="会议"', 'name="會議"')))
add(
    "31 no sheets",
    lambda: pack({**(found := members()), BOOK: re.sub(rb"(?s)<sheets>.*</sheets>", b"<sheets/>", found[BOOK])}.items()),
)
add("31 a stamp that names another scheme", lambda: with_text("_wuhao", "B1", "college-2017"))
add("31 a stamp that names a path", lambda: with_text("_wuhao", "B1", "../../../../etc/passwd"))
add("31 a stamp of a thousand characters", lambda: with_text("_wuhao", "B1", "{{7*7}}" * 150))
add("31 a stamp with an error", lambda: with_value("_wuhao", "B1", 't="e"', "<v>#N/A</v>"))
