"""A report and the workbook it should have been made of → whether it says what the workbook gives, with every place that differs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from typing import Literal

from wuhao_report import __version__
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.options import Options
from wuhao_report.core.text import shown_name
from wuhao_report.evaluation.check import Outcome, check
from wuhao_report.files.office import DAMAGE, DOCUMENT, PACKAGE_LINKS, inflate, open_package, relationships, unpack, within_limits
from wuhao_report.files.provenance import CUSTOM, has_own_content
from wuhao_report.report.documents import template_path
from wuhao_report.report.json_form import TOOL
from wuhao_report.report.report import build_report
from wuhao_report.scheme.describe import requirement_text
from wuhao_report.tools.verification.comparison import Difference, differences, figures_of_rows
from wuhao_report.tools.verification.sight import blocks_of
from wuhao_report.workbook.reader import MAX_FILE

Verdict = Literal["same", "wording-changed", "workbook-changed", "report-changed", "both-changed"]
VERDICTS: dict[Verdict, str] = {
    "same": "一致",
    "wording-changed": "文字改动",
    "workbook-changed": "工作簿已变",
    "report-changed": "报告被改动",
    "both-changed": "工作簿已变，报告也被改动",
}
AGGREGATE = "wuhao.aggregate"
"""The property by which a report on many committees is known."""


class NotVerifiable(WuhaoError):
    """A file that is no report of ours, or a workbook that gives none."""

    code = "not-verifiable"


@dataclass(frozen=True)
class Verified:
    """What a verification gives: the verdict, every place that differs, and what else is to be said."""

    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    note: str = ""

    @property
    def exit_code(self) -> int:
        """Return 0 where every figure and status is what the workbook gives, 1 otherwise."""
        return 0 if self.verdict in ("same", "wording-changed") else 1


@dataclass(frozen=True)
class Submitted:
    """A report that somebody has sent in: its bytes, its members, and what it says of its making."""

    data: bytes
    members: Mapping[str, bytes]
    properties: Mapping[str, str]


def read_report(report: Path) -> Submitted:
    """Read a report; raises NotVerifiable for what is no report of ours."""
    if not report.is_file() or report.stat().st_size > MAX_FILE:
        raise NotVerifiable(f"找不到报告“{shown_name(report.name)}”，或者它太大了。")
    data = report.read_bytes()
    try:
        with open_package(data) as package:
            if not within_limits(package):
                raise NotVerifiable(f"“{shown_name(report.name)}”过大，没有核验。")
            members = {info.filename: inflate(package, info) for info in package.infolist() if not info.is_dir()}
    except DAMAGE as error:
        raise NotVerifiable(f"“{shown_name(report.name)}”不是 Word 文档，或者已经损坏。") from error
    if not _is_where_it_belongs(members):
        raise NotVerifiable(f"“{shown_name(report.name)}”的正文不在通常的位置，可能被改动过，无法核验。")
    properties = _properties(members.get(CUSTOM, b""))
    if "wuhao.results" not in properties and AGGREGATE not in properties:
        raise NotVerifiable(f"“{shown_name(report.name)}”不是本程序生成的报告，或者它的属性被别的程序删掉了，无法核验。")
    return Submitted(data, members, properties)


def _is_where_it_belongs(members: Mapping[str, bytes]) -> bool:
    """Say whether what other programs show as the document is the part that is compared."""
    try:
        links = relationships(members.get(PACKAGE_LINKS), "")
    except DAMAGE:
        return False
    main = [link.member for link in links if link.kind.endswith("/officeDocument")]
    return main == [DOCUMENT]


def verify(report: Path, workbook: Path, scheme: str | None = None) -> Verified:
    """Compare a report with a fresh one of the workbook; `scheme` is an id or file where the workbook does not tell.

    What the report says of itself tells for which stage and day it was made, and never that it is right. Raises NotVerifiable, SchemeError,
    TemplateError, OSError.
    """
    submitted = read_report(report)
    properties = submitted.properties
    if AGGREGATE in properties:
        raise NotVerifiable(
            f"“{shown_name(report.name)}”是汇总报告，请用文件夹核验：wuhao verify {shown_name(report.name)} 文件夹。"
        )
    outcome = check(workbook, Options(scheme, properties.get("wuhao.stage"), _day(properties.get("wuhao.as_of"))))
    if outcome.assessment is None:
        raise NotVerifiable(f"工作簿“{shown_name(workbook.name)}”出不了报告：{outcome.problems[0].message}")
    fresh, _ = build_report(outcome)
    same_book = properties.get("wuhao.workbook") == outcome.sha256
    made_otherwise = _made_otherwise(properties, outcome)
    if made_otherwise:
        return concluded(_by_figures(fresh, submitted, outcome), submitted, same_book, made_otherwise)
    grades = _grades(outcome)
    return concluded(differences(blocks_of(unpack(fresh)), blocks_of(submitted.members), grades), submitted, same_book)


def compare_whole(fresh: bytes | None, submitted: Submitted, folder: str) -> Verified:
    """Compare a report on many committees with a fresh one; None where there is none. Raises NotVerifiable."""
    if fresh is None:
        raise NotVerifiable(f"文件夹“{folder}”里没有可以汇总的工作簿。")
    return concluded(differences(blocks_of(unpack(fresh)), blocks_of(submitted.members)), submitted, same_source=True)


def concluded(found: list[Difference], submitted: Submitted, same_source: bool, made_otherwise: str = "") -> Verified:
    """Return the verdict on what differs; `same_source`: the report names the very workbook, or folder, it is held against."""
    untouched = has_own_content(submitted.data)
    if any(item.figures for item in found):
        verdict: Verdict = "report-changed" if same_source else "workbook-changed" if untouched else "both-changed"
        return Verified(verdict, tuple(found), made_otherwise)
    if made_otherwise:
        return Verified("wording-changed", tuple(found), f"{made_otherwise}各项指标的数字和结果都和工作簿一致。")
    if found:
        return Verified("wording-changed", tuple(found), "数字和结果都和工作簿一致。")
    if not untouched:
        return Verified("same", (), "报告另存过，文字和数字没有改动。")
    return Verified("same", (), "" if same_source else "工作簿另存或改动过，但各项结果完全相同。")


def _made_otherwise(properties: Mapping[str, str], outcome: Outcome) -> str:
    """Return by what else than this program, its template and the scheme here a report was made; "" where it was made by these."""
    tool, template = properties.get("wuhao.tool"), properties.get("wuhao.template")
    if outcome.assessment is None or outcome.scheme is None:
        return ""
    own = hashlib.sha256(template_path(outcome.assessment.stage.report).read_bytes()).hexdigest()
    if tool != f"{TOOL} {__version__}":
        what = f"另一版本的程序（{tool or '不详'}）"
    elif template != own:
        what = "另一个模板"
    elif properties.get("wuhao.scheme.hash") != outcome.scheme.hash:
        what = f"另一版的方案（第 {properties.get('wuhao.scheme.version') or '？'} 版）"
    else:
        return ""
    return f"报告是用{what}生成的，只比对数字。"


def _by_figures(fresh: bytes, submitted: Submitted, outcome: Outcome) -> list[Difference]:
    """Return where the rows of indicators have other figures or statuses; a requirement may be worded otherwise."""
    scheme = outcome.scheme
    indicators = {item.id: item for item in scheme.items} if scheme else {}
    grades = _grades(outcome)
    ours = figures_of_rows(blocks_of(unpack(fresh)), list(indicators), grades)
    theirs = figures_of_rows(blocks_of(submitted.members), list(indicators), grades)
    found = []
    for name, (place, tokens) in theirs.items():
        if name in ours:
            asked = re.findall(r"\d+(?:\.\d+)?%?", indicators[name].requirement + requirement_text(indicators[name]))
            left, right = ([token for token in one if token not in asked] for one in (tokens, ours[name][1]))
            if left != right:
                found.append(Difference(f"{place}（{name}）", "、".join(left), "、".join(right), figures=True))
    if not theirs.keys() & ours.keys():
        raise NotVerifiable("这份报告里找不到各项指标的表，无法比对数字。")
    return found


def _grades(outcome: Outcome) -> tuple[str, ...]:
    """Return the words of a scheme by which a committee passes or fails."""
    if outcome.scheme is None:
        return ()
    scoring = outcome.scheme.scoring
    return (*(grade.title for grade in scoring.grades), *(grade.title for grade in scoring.head_grades))


def _properties(xml: bytes) -> dict[str, str]:
    """The custom properties by name; Word and WPS write them in other words, but always so."""
    text = xml.decode("utf-8", "replace")
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<(?:\w+:)?property\b[^>]*?\bname="([^"]*)"[^>]*>\s*<vt:lpwstr>([^<]*)<', text)
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
