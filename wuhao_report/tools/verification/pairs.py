"""A folder of reports and a folder of workbooks → which workbook each report is held against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.options import Options
from wuhao_report.core.text import without_space
from wuhao_report.evaluation.check import check
from wuhao_report.files.provenance import CORE
from wuhao_report.tools.find_workbooks import find_workbooks
from wuhao_report.tools.verification.verify import AGGREGATE, NotVerifiable, Submitted, read_report
from wuhao_report.workbook.reader import read_bytes

REPORTS = "*.docx"


@dataclass(frozen=True)
class Pair:
    """A report with its workbook; None where there is none, with the reason. `of_many`: it reports on the whole folder."""

    report: Path
    workbook: Path | None = None
    why: str = ""
    of_many: bool = False


def pairs(reports: Path, workbooks: Path) -> list[Pair]:
    """Pair every report below a folder: by the hash of the workbook in it, then by unit and stage."""
    import hashlib

    files = [path for path, reason in find_workbooks(workbooks, workbooks / "报告") if reason is None]
    by_hash: dict[str, Path] = {}
    for path in files:
        try:
            by_hash.setdefault(hashlib.sha256(read_bytes(path)).hexdigest(), path)
        except UnreadableWorkbook:
            continue
    index = _Units(files)
    return [_pair(path, by_hash, index) for path in sorted(reports.rglob(REPORTS)) if not path.name.startswith((".", "~"))]


def _pair(path: Path, by_hash: dict[str, Path], units: _Units) -> Pair:
    try:
        submitted = read_report(path)
    except NotVerifiable as error:
        return Pair(path, why=str(error))
    if AGGREGATE in submitted.properties:
        return Pair(path, of_many=True)
    workbook = by_hash.get(submitted.properties.get("wuhao.workbook", "")) or units.of(submitted)
    return Pair(path, workbook, "" if workbook else "没有找到它的工作簿。")


class _Units:
    """The workbooks by unit and stage; they are read when they are first asked for."""

    def __init__(self, files: list[Path]) -> None:
        self._files = files
        self._known: dict[tuple[str, str], Path] | None = None

    def of(self, submitted: Submitted) -> Path | None:
        """Return the workbook of the unit and the stage that a report names; of several the last one by its name."""
        if self._known is None:
            self._known = dict(self._read())
        return self._known.get((without_space(_author(submitted)), submitted.properties.get("wuhao.stage", "")))

    def _read(self) -> Iterator[tuple[tuple[str, str], Path]]:
        for path in self._files:
            outcome = check(path, Options())
            if outcome.unit and outcome.assessment:
                yield (without_space(outcome.unit), outcome.assessment.stage.title), path


def _author(submitted: Submitted) -> str:
    """Return the unit that a report names as its author."""
    import re
    from html import unescape

    text = submitted.members.get(CORE, b"").decode("utf-8", "replace")
    match = re.search(r"<dc:creator>([^<]*)<", text)
    return unescape(match.group(1)) if match else ""
