"""Every file of an aggregate as an Output: its name, how its bytes are made, and what it may replace."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from importlib import import_module
from itertools import tee
from pathlib import Path
from typing import IO

from wuhao_report.aggregate.outputs.dashboard import dashboard
from wuhao_report.aggregate.outputs.feedback import letters, render_letters
from wuhao_report.aggregate.outputs.report import report
from wuhao_report.aggregate.outputs.table.book import write_table
from wuhao_report.aggregate.overview import Overview, reminder, reminders
from wuhao_report.aggregate.storage.bundles.bundle import NAME as BUNDLE
from wuhao_report.core.errors import TemplateError
from wuhao_report.files.folders import folder_beside
from wuhao_report.files.office import pack
from wuhao_report.files.outputs import Output, always, write_output
from wuhao_report.files.paths import Content, safe_name
from wuhao_report.files.provenance import TABLE_NAME, is_own_output
from wuhao_report.report.documents import document_output, template_path
from wuhao_report.report.template.document_kinds import FEEDBACK_LETTER, RECTIFICATION_NOTICE, ROLLUP_REPORT
from wuhao_report.sandbox.call import Worker
from wuhao_report.sandbox.pool import run_all

TABLE, DASHBOARD, REMINDER = f"{TABLE_NAME}.xlsx", "汇总看板.html", "催报.txt"
REMINDERS = "催报"
"""The folder of the reminders for each committee above others."""


def _text(text: str) -> bytes:
    return f"{text}\n".encode("utf-8-sig")


def load_for_outputs() -> None:
    """Load what takes long to load and is needed at the end; what is wrong with it is told where it is used."""
    with suppress(ImportError, TemplateError):
        for name in ("xlsxwriter", "wuhao_report.report.template.rendering"):
            import_module(name)
        from wuhao_report.report.template.loading import load_template

        load_template(template_path(ROLLUP_REPORT.name), ROLLUP_REPORT)


def reminder_outputs(overview: Overview) -> Iterator[Output]:
    """Yield a reminder for each committee above others, for the folder 催报."""
    for parent, text in reminders(overview.expected, overview.missing, overview.unread).items():
        yield Output("reminder", safe_name(parent, ".txt"), _text(text), always)


@dataclass
class Letters:
    """How many letters of each kind have been written, and the notices of earlier runs that nobody gets any more."""

    written: Counter[str] = field(default_factory=Counter)
    stale: list[Path] = field(default_factory=list)


def write_letters(
    overview: Overview, outputs: Path, workers: Sequence[Worker], assessed: Mapping[str, str], notices: bool = False
) -> Letters:
    """Write what goes back to each committee into the folder of the one above it, and all of a folder as a zip.

    `assessed` are sentences on the 考评, by the file of the committee; `notices`: there are notices of rectification too.

    One that somebody has edited stays, and the new one gets a number. Raises TemplateError, OSError.
    """
    folder = folder_beside(outputs, FEEDBACK_LETTER.name)
    packed: dict[str, list[tuple[str, bytes]]] = {}
    done = Letters()
    own_places: set[Path] = set()
    coming, documents = tee(letters(overview, assessed, notices))
    with Worker() as looking, closing(run_all(render_letters, (item.document for item in documents), workers)) as made:
        for letter, data in zip(coming, made, strict=True):
            if isinstance(data, Exception):
                raise data
            parent = safe_name(letter.parent, "") if letter.parent else ""
            place = folder_beside(folder, parent) if parent else folder
            own = packed.setdefault(parent, [])
            taken = {place / name for name, _ in own}
            output = Output("feedback", letter.document.file_name, data, is_own_output)
            path, _ = write_output(output, place, taken, looking)
            own.append((path.name, data))
            own_places.add(_unnumbered(path))
            done.written[letter.document.document_kind.name] += 1
    for parent, members in packed.items():
        if parent:
            write_output(Output("letters", f"{parent}.zip", pack(members, stored=True), always), folder)
    if notices:
        earlier = folder.rglob(f"*{RECTIFICATION_NOTICE.name}*.docx")
        done.stale = sorted(path for path in earlier if _unnumbered(path) not in own_places)
    return done


def _unnumbered(path: Path) -> Path:
    """Return the path of a file without the number it got beside one that somebody has edited."""
    return path.with_stem(re.sub(r" \(\d+\)$", "", path.stem))


def aggregate_outputs(overview: Overview, name: str, bundle: Content, details: bool = True) -> Iterator[Output]:
    """Yield the outputs; `name` is that of the folder, `bundle` writes the 汇总包, `details`: the table has the sheet of details.

    What people edit (the table, the report) is replaced only while it is unchanged. There is no report where nothing counts, and no
    reminder without a roster. Raises TemplateError.
    """

    def table(stream: IO[bytes]) -> None:
        """Write the 汇总表."""
        write_table(overview, name, stream, details)

    yield Output("table", TABLE, table, is_own_output)
    yield Output("dashboard", DASHBOARD, dashboard(overview, name), always)
    if overview.files.counted:
        yield document_output(report(overview))
    if overview.roster is not None:
        yield Output("reminder", REMINDER, _text(reminder(overview.missing, overview.unread)), always)
    yield Output("bundle", BUNDLE, bundle, always)
