"""汇总看板.html: an aggregate as one page that needs nothing else, neither a network nor another file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.outputs.data import overview_data, row_data
from wuhao_report.aggregate.overview import Group, Overview
from wuhao_report.aggregate.totals import WHOLE, Tally
from wuhao_report.report.json_form import number

TEMPLATE = Path(__file__).parent / "dashboard.html"
PLACEHOLDER = "/*DATA*/"
MOST_COMMITTEES = 1000
"""The largest number of committees shown one by one, so that a browser opens the page at once; of more, those above them are shown."""
MOST_LISTED = 500


def dashboard(overview: Overview, name: str) -> bytes:
    """Return the bytes of the page; `name` is that of the folder. What comes from workbooks is data in it, and never markup."""
    data = json.dumps({**dashboard_data(overview), "name": name}, ensure_ascii=False, separators=(",", ":"))
    # Inside a script element only these could end it, or begin a comment.
    safe = (
        data.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )
    return TEMPLATE.read_text(encoding="utf-8").replace(PLACEHOLDER, safe, 1).encode("utf-8", "replace")


def dashboard_data(overview: Overview) -> dict[str, Any]:
    """Return the data of the page: those of the aggregate, with lists cut off, and each committee's indicators without their titles."""
    data = overview_data(overview, _first_items, committees=False)
    for own, group in zip(data["groups"], overview.groups, strict=True):
        few = group.totals.size <= MOST_COMMITTEES
        own["committees"] = list(map(_committee, map(row_data, group.rows()))) if few else []
        own["regions"] = [] if few else _regions(group)
    if data["roster"]:
        del data["roster"]["reminder"], data["roster"]["levels"]
        data["roster"]["missing_all"], data["roster"]["late_all"] = len(overview.missing), overview.files.late
        data["roster"]["missing"] = data["roster"]["missing"][:MOST_LISTED]
    return data


def _first_items(items: Iterable[Any]) -> list[Any]:
    return list(islice(items, MOST_LISTED))


def _committee(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in ("sha256", "goods", "errors", "warnings", "bonus", "kind")}
    return {
        **kept,
        "indicators": [
            [item["id"], item["status"], item["score"], item["full"], item["told"], item["cells"]] for item in row["indicators"]
        ],
    }


def _regions(group: Group) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "size": tallies[WHOLE].size,
            "overall": _rate(tallies[WHOLE]),
            "indicators": {item: _rate(tally) for item, tally in tallies.items() if item != WHOLE},
        }
        for name, tallies in sorted(group.totals.regions.items())
    ]


def _rate(tally: Tally) -> list[Any]:
    return [tally.met, tally.asked, number(tally.rate)]
