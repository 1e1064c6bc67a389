"""报告核验: whether a submitted report was made of this workbook, and whether its words or numbers were changed since, with the place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from typing import Literal

from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.options import Options
from wuhao_report.evaluation.check import check
from wuhao_report.files.office import DAMAGE, DOCUMENT, inflate, local_name, open_package, parse_tree, unpack, within_limits
from wuhao_report.files.provenance import CUSTOM, has_own_content
from wuhao_report.report.report import build_report, results_hash
from wuhao_report.workbook.reader import MAX_FILE

Verdict = Literal["same", "workbook-changed", "report-changed", "both-changed"]
VERDICTS: dict[Verdict, str] = {
    "same": "一致",
    "workbook-changed": "工作簿已变",
    "report-changed": "报告被改动",
    "both-changed": "工作簿已变，报告也被改动",
}
SHOWN = 120


class NotVerifiable(WuhaoError):
    """A file that is no report of ours, or a workbook that gives none."""

    code = "not-verifiable"


@dataclass(frozen=True)
class Difference:
    """Where the report says something else than the workbook gives: the place, what stands there, what should."""

    place: str
    actual: str
    expected: str
    figures: bool


@dataclass(frozen=True)
class Verified:
    """What a verification gives: the verdict, every place that differs, and what else is to be said."""

    verdict: Verdict
    differences: tuple[Difference, ...]
    note: str = ""

    @property
    def exit_code(self) -> int:
        """Return 0 where the report is what the workbook gives, 1 otherwise."""
        return 0 if self.verdict == "same" else 1


def verify(report: Path, workbook: Path, scheme: str | None = None) -> Verified:
    """Compare a report with the workbook it should have been made of; `scheme` is an id or file where the workbook does not tell.

    Raises NotVerifiable, SchemeError, TemplateError, OSError.
    """
    if not report.is_file() or report.stat().st_size > MAX_FILE:
        raise NotVerifiable(f"找不到报告“{report.name}”，或者它太大了。")
    data = report.read_bytes()
    members = _members(data, report.name)
    properties = _properties(members)
    if "wuhao.results" not in properties:
        raise NotVerifiable(f"“{report.name}”不是本程序生成的报告，或者它的属性被别的程序删掉了，无法核验。")
    outcome = check(workbook, Options(scheme, properties.get("wuhao.stage"), _day(properties.get("wuhao.as_of"))))
    if outcome.assessment is None:
        raise NotVerifiable(f"工作簿“{workbook.name}”出不了报告：{outcome.problems[0].message}")
    same_book = properties.get("wuhao.workbook") == outcome.sha256
    same_results = properties["wuhao.results"] == results_hash(outcome)
    untouched = has_own_content(data)
    if same_book and untouched:
        return Verified("same", ())
    if same_results and untouched:
        return Verified("same", (), "工作簿另存或改动过，但各项结果完全相同。")
    expected = unpack(build_report(outcome)[0])[DOCUMENT]
    differences = tuple(_differences(list(_blocks(expected)), list(_blocks(members.get(DOCUMENT, b"")))))
    if untouched:
        return Verified("workbook-changed", differences)
    if same_book or same_results:
        return Verified(
            "report-changed" if differences else "same", differences, "" if differences else "报告另存过，文字和数字没有改动。"
        )
    return Verified("both-changed", differences)


def _members(data: bytes, name: str) -> dict[str, bytes]:
    try:
        with open_package(data) as package:
            if not within_limits(package):
                raise NotVerifiable(f"“{name}”过大，没有核验。")
            return {info.filename: inflate(package, info) for info in package.infolist() if info.filename in (DOCUMENT, CUSTOM)}
    except DAMAGE as error:
        raise NotVerifiable(f"“{name}”不是 Word 文档，或者已经损坏。") from error


def _properties(members: dict[str, bytes]) -> dict[str, str]:
    """The custom properties by name; Word and WPS write them in other words, but always so."""
    text = members.get(CUSTOM, b"").decode("utf-8", "replace")
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<(?:\w+:)?property\b[^>]*?\bname="([^"]*)"[^>]*>\s*<vt:lpwstr>([^<]*)<', text)
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@dataclass(frozen=True)
class _Block:
    """A paragraph, or a row of a table; `place` tells a reader where to look."""

    place: str
    cells: tuple[str, ...]


def _blocks(xml: bytes) -> Iterator[_Block]:
    """Paragraphs and rows in the order of the document."""
    try:
        root = parse_tree(xml)
    except SyntaxError:
        # A part that is not well formed has no text to compare; lxml's fault is one of Python's.
        return
    heading, table, row, paragraph = "文首", 0, 0, 0
    for element in root.iter("{*}p", "{*}tr"):
        if local_name(element) == "tr":
            first = element.getprevious() is None or local_name(element.getprevious()) != "tr"
            table += first
            row = 1 if first else row + 1
            yield _Block(f"第{table}个表第{row}行", tuple(_text(cell) for cell in element.iterchildren("{*}tc")))
        elif not any(local_name(parent) == "tc" for parent in element.iterancestors()):
            text = _text(element)
            if text:
                paragraph += 1
                heading = text if len(text) < 30 and text[0] in "一二三四五六七八九十（附" else heading
                yield _Block(f"第{paragraph}段（{heading[:20]}）", (text,))


def _text(element: object) -> str:
    return "".join(part.text or "" for part in element.iter("{*}t")).strip()  # type: ignore[attr-defined]


def _differences(expected: Sequence[_Block], actual: Sequence[_Block]) -> Iterator[Difference]:
    matcher = difflib.SequenceMatcher(
        None, [block.cells for block in expected], [block.cells for block in actual], autojunk=False
    )
    for what, one, one_end, other, other_end in matcher.get_opcodes():
        if what == "equal":
            continue
        ours, theirs = expected[one:one_end], actual[other:other_end]
        for at in range(max(len(ours), len(theirs))):
            yield from _between(ours[at] if at < len(ours) else None, theirs[at] if at < len(theirs) else None)


def _between(expected: _Block | None, actual: _Block | None) -> Iterator[Difference]:
    if expected is None or actual is None or len(expected.cells) != len(actual.cells):
        block = actual or expected
        ours, theirs = ("　".join(item.cells) if item else "" for item in (expected, actual))
        yield Difference(block.place if block else "", theirs[:SHOWN], ours[:SHOWN], _figures(ours) != _figures(theirs))
        return
    for number, (ours, theirs) in enumerate(zip(expected.cells, actual.cells, strict=True), 1):
        if ours != theirs:
            place = actual.place + (f"第{number}列" if len(actual.cells) > 1 else "")
            yield Difference(place, theirs[:SHOWN], ours[:SHOWN], _figures(ours) != _figures(theirs))


def _figures(text: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?%?", text)
