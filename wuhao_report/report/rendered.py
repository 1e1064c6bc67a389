"""What is rendered for one workbook, in memory, and where it was written: light, so that who only writes loads nothing that renders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wuhao_report.core.problems import Problem, problems_data
from wuhao_report.files.outputs import Output, write_output
from wuhao_report.sandbox.call import Worker

OUTPUT_FOLDER = "报告"
REPORT, CHECKLIST = "report", "checklist"
"""The kinds of outputs that are made of one workbook."""


@dataclass(frozen=True, eq=False)
class RenderedReport:
    """What is to be written for one workbook, in memory: small and picklable; no outputs where it cannot be assessed.

    `recipe` tells what else than the workbook (`sha256`) the report was made of: see `recipe_of`; `scheme` is the id it is found by,
    `report_kind` the kind of report; `missing_texts` tells how many texts are marked as 【待补】.
    """

    workbook: str
    stage: str | None
    status: str | None
    score: float | None
    problems: tuple[Problem, ...]
    exit_code: int
    outputs: tuple[Output, ...] = ()
    sha256: str | None = None
    recipe: str = ""
    scheme: str = ""
    report_kind: str = ""
    missing_texts: int = 0

    def output(self, kind: str) -> Output | None:
        """Return the output of a kind, or None where there is none."""
        return next((output for output in self.outputs if output.kind == kind), None)


@dataclass(frozen=True, eq=False)
class WrittenReport:
    """What became of one workbook: what was rendered, where each kind of output was written, and what the user should know of that."""

    rendered: RenderedReport
    paths: Mapping[str, Path] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def report(self) -> Path | None:
        """The Word report, if there is one."""
        return self.paths.get(REPORT)

    @property
    def checklist(self) -> Path | None:
        """The list of what to mend, if there is one."""
        return self.paths.get(CHECKLIST)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems of the workbook and of the report's texts."""
        return self.rendered.problems

    @property
    def exit_code(self) -> int:
        """0: no error-level problem; 1: at least one; 2: not a workbook, or wrong usage."""
        return self.rendered.exit_code

    def as_data(self) -> dict[str, Any]:
        """Return the plain data of `wuhao report --json`."""
        return {
            "report": str(self.report) if self.report else None,
            "stage": self.rendered.stage,
            "status": self.rendered.status,
            "problems": problems_data(self.problems),
        }


def write_rendered(
    rendered: RenderedReport, folder: Path, taken: set[Path] | None = None, worker: Worker | None = None
) -> WrittenReport:
    """Write what was rendered into a folder; a file that somebody has changed, or that this run wrote, is left alone.

    `taken` are the files of this run, to which these are added; `worker` looks into what is there. Raises OSError.
    """
    taken = set() if taken is None else taken
    paths: dict[str, Path] = {}
    notes = []
    for output in rendered.outputs:
        path, note = write_output(output, folder, taken, worker)
        taken.add(path)
        paths[output.kind] = path
        notes += [note] if note else []
    return WrittenReport(rendered, paths, tuple(notes))
