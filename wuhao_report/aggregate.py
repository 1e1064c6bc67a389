"""A folder of workbooks → the administrator's picture: every file judged once, ranks settled, files written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from wuhao_report import bounded
from wuhao_report.answers import Options
from wuhao_report.batch import Failure, failure, find_workbooks
from wuhao_report.files import write_beside
from wuhao_report.returns import Return, judge
from wuhao_report.rollup import Rollup, places_among, reminder, roll_up, sort_returns
from wuhao_report.rollup_data import rollup_data
from wuhao_report.rollup_page import page
from wuhao_report.rollup_report import report
from wuhao_report.rollup_table import table
from wuhao_report.roster import Roster, read_roster
from wuhao_report.sealed import is_own_output
from wuhao_report.turn import turn

OUTPUT_FOLDER = "汇总"
TABLE, REPORT, PAGE, REMINDER = "汇总表.xlsx", "汇总报告.docx", "汇总看板.html", "催报.txt"
Told = Callable[[int, int, Path], None]


@dataclass
class Aggregated:
    """The picture, and where it was written."""

    rollup: Rollup
    written: dict[str, Path] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return 1 if self.rollup.failed else 0

    def as_data(self) -> dict[str, Any]:
        """The plain data of `wuhao aggregate --json`."""
        return {**rollup_data(self.rollup), "written": {name: str(path) for name, path in self.written.items()}}


def run_aggregate(
    folder: Path, outputs: Path | None = None, roster: Path | None = None, options: Options | None = None, jobs: int = 1, told: Told | None = None,
) -> Aggregated:
    """Judge every workbook below a folder and write the table of them into `outputs` (a folder 汇总 in it when none is given).

    Raises UnreadableWorkbook for a roster that is none, Busy when another run writes there, OSError when nothing can be written.
    """
    outputs = outputs or folder / OUTPUT_FOLDER
    members: Roster | None = bounded.run(read_roster, roster) if roster else None
    with turn(outputs):
        rollup = gather(folder, outputs, members, roster, options or Options(), jobs, told)
        result = Aggregated(rollup)
        name = folder.resolve().name
        files = {TABLE: table(rollup, name), PAGE: page(rollup, name)}
        if rollup.rows:
            files[REPORT] = report(rollup)
        if rollup.roster is not None:
            files[REMINDER] = (reminder(rollup) + "\n").encode("utf-8-sig")
        for file, data in files.items():
            ours = is_own_output if file.endswith((".xlsx", ".docx")) else _always
            result.written[file], note = write_beside(outputs / file, data, ours)
            result.notes += [note] if note else []
        return result


def _always(data: bytes) -> bool:
    return True


def gather(folder: Path, outputs: Path, roster: Roster | None, own: Path | None, options: Options, jobs: int, told: Told | None = None) -> Rollup:
    """Judge the workbooks below a folder, settle the ranks among those that count, and put them together."""
    skipped: list[tuple[str, str]] = []
    paths: list[Path] = []
    for path, reason in find_workbooks(folder, outputs):
        if own is not None and path.resolve() == own.resolve():
            reason = "是单位名单"
        if reason:
            skipped.append((path.relative_to(folder).as_posix(), reason))
        else:
            paths.append(path)
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    found = _judged([(path, name, options) for name, path in names.items()], jobs, told)
    failed = [failure(names[name], result) for name, result in found.items() if isinstance(result, Exception)]
    returns = sort_returns([result for result in found.values() if isinstance(result, Return)], roster)
    places = places_among(returns.counted)
    again = [(names[one.file], one.file, replace(options, ranks=places[one.file])) for one in returns.counted if one.file in places]
    settled = _judged(again, jobs, None)
    lost = {name: result for name, result in settled.items() if isinstance(result, Exception)}
    failed += [failure(names[name], result) for name, result in lost.items()]
    returns.counted = [_settled(one, settled) for one in returns.counted if one.file not in lost]
    return roll_up(returns, [replace(item, workbook=item.workbook.relative_to(folder)) for item in failed], skipped, roster)


def _settled(one: Return, settled: dict[str, Return | Exception]) -> Return:
    again = settled.get(one.file)
    return again if isinstance(again, Return) else one


def _judged(work: Sequence[tuple[Path, str, Options]], jobs: int, told: Told | None) -> dict[str, Return | Exception]:
    """By file, its return or what went wrong."""
    found: dict[str, Return | Exception] = {}
    with closing(bounded.run_all(judge, work, jobs)) as results:
        for done, ((path, name, _), result) in enumerate(zip(work, results, strict=True), 1):
            found[name] = result
            if told:
                told(done, len(work), path)
    return found


__all__ = ["Aggregated", "Failure", "gather", "run_aggregate"]
