"""A folder of reports and a folder of workbooks → which workbook each report is held against."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.options import Options
from wuhao_report.core.text import shown_name, without_space
from wuhao_report.evaluation.check import check
from wuhao_report.files.folders import walk
from wuhao_report.files.provenance import CORE
from wuhao_report.report.rendered import OUTPUT_FOLDER
from wuhao_report.sandbox.call import Lost, Unforeseen, Worker
from wuhao_report.tools.find_workbooks import find_workbooks
from wuhao_report.tools.verification.verify import AGGREGATE, NotVerifiable, Submitted, read_report
from wuhao_report.workbook.reader import read_bytes

ENDING = ".docx"


@dataclass(frozen=True)
class Pair:
    """A report with its workbook; None where there is none, with the reason. `of_many`: it reports on the whole folder."""

    report: Path
    workbook: Path | None = None
    why: str = ""
    of_many: bool = False


def pairs(reports: Path, workbooks: Path) -> list[Pair]:
    """Pair every report below a folder: by the hash of the workbook in it, then by unit and stage.

    Every file is opened in a process that can be lost, which costs that file alone.
    """
    files = [path for path, reason in find_workbooks(workbooks, workbooks / OUTPUT_FOLDER) if reason is None]
    by_hash: dict[str, Path] = {}
    for path in files:
        try:
            by_hash.setdefault(hashlib.sha256(read_bytes(path)).hexdigest(), path)
        except UnreadableWorkbook:
            continue
    with Worker() as worker:
        units = _Units(files, worker)
        return [_pair(path, by_hash, units, worker) for path in _reports(reports)]


def _reports(folder: Path) -> Iterator[Path]:
    """Yield the reports below a folder in the order of their paths."""
    found = [
        place / name
        for place, names in walk(folder, lambda place: True, lambda place, why: None)
        for name in names
        if name.endswith(ENDING) and not name.startswith((".", "~"))
    ]
    yield from sorted(found)


@dataclass(frozen=True)
class _Claim:
    """What a report says of itself: the hash of its workbook, its unit, its stage."""

    workbook: str
    unit: str
    stage: str
    of_many: bool


def claim_of(report: Path) -> _Claim:
    """Return what a report says of itself; raises NotVerifiable."""
    submitted = read_report(report)
    properties = submitted.properties
    return _Claim(
        properties.get("wuhao.workbook", ""),
        without_space(_author(submitted)),
        properties.get("wuhao.stage", ""),
        AGGREGATE in properties,
    )


def unit_and_stage(workbook: Path) -> tuple[str, str] | None:
    """Return the unit and the stage of a workbook, or None where it cannot be assessed."""
    outcome = check(workbook, Options())
    return (without_space(outcome.unit), outcome.assessment.stage.title) if outcome.unit and outcome.assessment else None


def _pair(path: Path, by_hash: Mapping[str, Path], units: _Units, worker: Worker) -> Pair:
    try:
        claim = worker.run(claim_of, path)
    except NotVerifiable as error:
        return Pair(path, why=str(error))
    except (Lost, Unforeseen):
        return Pair(path, why=f"“{shown_name(path.name)}”读不了，没有核验。")
    if claim.of_many:
        return Pair(path, of_many=True)
    workbook = by_hash.get(claim.workbook) or units.of(claim)
    return Pair(path, workbook, "" if workbook else "没有找到它的工作簿。")


class _Units:
    """The workbooks by unit and stage; they are read when they are first asked for."""

    def __init__(self, files: list[Path], worker: Worker) -> None:
        self._files, self._worker = files, worker
        self._known: dict[tuple[str, str], Path] | None = None

    def of(self, claim: _Claim) -> Path | None:
        """Return the workbook of the unit and the stage that a report names; of several the last one by its name."""
        if self._known is None:
            self._known = dict(self._read())
        return self._known.get((claim.unit, claim.stage))

    def _read(self) -> Iterator[tuple[tuple[str, str], Path]]:
        for path in self._files:
            with suppress(Lost, Unforeseen):
                if key := self._worker.run(unit_and_stage, path):
                    yield key, path


def _author(submitted: Submitted) -> str:
    """Return the unit that a report names as its author."""
    text = submitted.members.get(CORE, b"").decode("utf-8", "replace")
    match = re.search(r"<dc:creator>([^<]*)<", text)
    return unescape(match.group(1)) if match else ""
