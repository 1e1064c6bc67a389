"""汇总看板.html: an aggregate as one page that needs nothing else, neither a network nor another file.

Tables are drawn by Tabulator, charts by Apache ECharts, both from `page/libraries`; what is written by hand is in `page`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.outputs.data import overview_data, row_data
from wuhao_report.aggregate.outputs.lead import lead
from wuhao_report.aggregate.overview import Group, Overview
from wuhao_report.aggregate.totals import COUNTED, WHOLE, Tally
from wuhao_report.report.json_form import number

PAGE = Path(__file__).parent / "page"
LIBRARIES = PAGE / "libraries"
SCRIPTS = ("libraries/echarts.min.js", "libraries/tabulator.min.js", "page.js")
STYLES = ("libraries/tabulator.min.css", "page.css")
PLACEHOLDER = re.compile(r"/\*([A-Z]+)\*/")
MOST_COMMITTEES = 1000
"""The largest number of committees shown one by one, so that a browser opens the page at once; of more, those above them are shown."""
MOST_LISTED = 500
NONE = "-"
"""Stands where a committee has no such indicator."""


def dashboard(overview: Overview, name: str) -> bytes:
    """Return the bytes of the page; `name` is that of the folder. What comes from workbooks is data in it, and never markup.

    The page names the hash of each of its scripts: a browser runs no other.
    """
    scripts = [_text(path) for path in SCRIPTS]
    data = dashboard_data(overview)
    details = [group.pop("details") for group in data["groups"]]
    parts = {
        "POLICY": " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
        ),
        "STYLES": "\n".join(map(_text, STYLES)),
        "ECHARTS": scripts[0],
        "TABULATOR": scripts[1],
        "PAGE": scripts[2],
        "DATA": _json({**data, "name": name}),
        "DETAILS": _packed(details),
    }
    return PLACEHOLDER.sub(lambda match: parts[match[1]], _text("page.html")).encode("utf-8", "replace")


def _text(path: str) -> str:
    return (PAGE / path).read_text(encoding="utf-8")


def _json(data: Any) -> str:
    """Return JSON that can stand in a script element: only these could end it, or begin a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return (
        text.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def _packed(data: Any) -> str:
    """Return data as the page unpacks them when they are first asked for: JSON, gzip, base64."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), mtime=0)).decode()


def dashboard_data(overview: Overview) -> dict[str, Any]:
    """Return the data of the page: those of the aggregate, with lists cut off, the committees as columns, and details of each."""
    data = overview_data(overview, _first_items, committees=False)
    data["statuses"] = list(COUNTED)
    for own, group in zip(data["groups"], overview.groups, strict=True):
        own["lead"] = list(lead(overview, group))
        few = group.totals.size <= MOST_COMMITTEES
        own["committees"], own["details"] = _committees(group) if few else ({}, {})
        own["regions"] = [] if few else _regions(group)
        for item in own["indicators"]:
            del item["losers"], item["totals"]
        del own["figures"]
    if data["roster"]:
        del data["roster"]["reminder"]
        levels = sorted(data["roster"]["levels"], key=lambda level: (-level["missing"], level["parent"]))
        data["roster"]["levels"] = [
            [level["parent"], level["expected"], level["received"], level["missing"]]
            for level in levels[:MOST_LISTED]
            if level["expected"]
        ]
        data["roster"]["missing_all"], data["roster"]["late_all"] = len(overview.missing), overview.files.late
        data["roster"]["missing"] = data["roster"]["missing"][:MOST_LISTED]
    return data


def _first_items(items: Iterable[Any]) -> list[Any]:
    return list(islice(items, MOST_LISTED))


def _committees(group: Group) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Return the committees as columns, and columns of what is shown of one when it is opened.

    The statuses of its indicators and of its heads are one text each, a digit for every status.
    """
    columns: dict[str, list[Any]] = {}
    details: dict[str, list[Any]] = {}
    indicators = [item.id for item in group.totals.indicators]
    heads = [name for name, _, _ in group.totals.heads]
    for row in map(row_data, group.rows()):
        own = {item["id"]: item for item in row["indicators"]}
        _add(columns, _cells(row, own, indicators, heads))
        _add(details, _detail(row, [own.get(name) for name in indicators]))
    return columns, details


def _add(columns: dict[str, list[Any]], values: dict[str, Any]) -> None:
    for name, value in values.items():
        columns.setdefault(name, []).append(value)


def _cells(row: dict[str, Any], own: dict[str, Any], indicators: list[str], heads: list[str]) -> dict[str, Any]:
    last = row["earlier"]
    return {
        **{name: row[name] for name in ("unit", "parent", "status", "score", "grade", "place", "report_date")},
        **{name: int(row[name]) for name in ("tied", "late")},
        "marks": _marks(own, indicators),
        "heads": _marks({item["id"]: item for item in row["goods"]}, heads),
        "scores": [own[name]["score"] if name in own else None for name in indicators],
        "last": last and [last[name] for name in ("report_date", "stage", "status", "score", "change", "rules_changed")],
    }


def _marks(items: dict[str, Any], names: list[str]) -> str:
    return "".join(str(COUNTED.index(items[name]["status"])) if name in items else NONE for name in names)


def _detail(row: dict[str, Any], indicators: list[dict[str, Any] | None]) -> dict[str, Any]:
    last = row["earlier"] or {"moved": [], "due": []}
    return {
        **{"file": row["file"], "moved": last["moved"], "due": last["due"]},
        "full": [item and item["full"] for item in indicators],
        "told": [item["told"] if item else "" for item in indicators],
        "cells": ["、".join(item["cells"]) if item else "" for item in indicators],
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
