"""Every file of an aggregate as an Output: its name, how its bytes are made, and what it may replace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from wuhao_report.aggregate.outputs.dashboard import dashboard
from wuhao_report.aggregate.outputs.report import report
from wuhao_report.aggregate.outputs.table import write_table
from wuhao_report.aggregate.overview import Overview, reminder, reminders
from wuhao_report.aggregate.storage.bundles.bundle import NAME as BUNDLE
from wuhao_report.files.outputs import Output, always
from wuhao_report.files.paths import Content, safe_name
from wuhao_report.files.provenance import TABLE_NAME, is_own_output
from wuhao_report.report.documents import document_output

TABLE, DASHBOARD, REMINDER = f"{TABLE_NAME}.xlsx", "汇总看板.html", "催报.txt"
REMINDERS = "催报"
"""The folder of the reminders for each committee above others."""


def _text(text: str) -> bytes:
    return f"{text}\n".encode("utf-8-sig")


def reminder_outputs(overview: Overview) -> Iterator[Output]:
    """Yield a reminder for each committee above others, for the folder 催报."""
    for parent, text in reminders(overview.expected, overview.missing).items():
        yield Output("reminder", safe_name(parent, ".txt"), _text(text), always)


def aggregate_outputs(overview: Overview, name: str, bundle: Content) -> Iterator[Output]:
    """Yield the outputs; `name` is that of the folder, `bundle` writes the 汇总包.

    What people edit (the table, the report) is replaced only while it is unchanged. There is no report where nothing counts, and no
    reminder without a roster. Raises TemplateError.
    """

    def table(stream: IO[bytes]) -> None:
        """Write the 汇总表."""
        write_table(overview, name, stream)

    yield Output("table", TABLE, table, is_own_output)
    yield Output("dashboard", DASHBOARD, dashboard(overview, name), always)
    if overview.files.counted:
        yield document_output(report(overview))
    if overview.roster is not None:
        yield Output("reminder", REMINDER, _text(reminder(overview.missing)), always)
    yield Output("bundle", BUNDLE, bundle, always)
