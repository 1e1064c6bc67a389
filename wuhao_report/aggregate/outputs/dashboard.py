"""汇总看板.html: an aggregate as one page that needs nothing else, neither a network nor another file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.outputs.data import rollup_data, row_data
from wuhao_report.aggregate.totals import WHOLE, Group, Rollup, Tally
from wuhao_report.report.json_form import number

PAGE = Path(__file__).parent / "dashboard.html"
PLACE = "/*DATA*/"
MOST_COMMITTEES = 1000
"""So many committees are told one by one, so that a browser opens the page at once; of more, those above them are told."""
MOST_LISTED = 500


def page(rollup: Rollup, name: str) -> bytes:
    """The bytes of the page; `name` is that of the folder. What comes from workbooks is data in it, and never markup."""
    data = json.dumps({**page_data(rollup), "name": name}, ensure_ascii=False, separators=(",", ":"))
    # Inside a script element only these could end it, or begin a comment.
    safe = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return PAGE.read_text(encoding="utf-8").replace(PLACE, safe, 1).encode("utf-8", "replace")


def page_data(rollup: Rollup) -> dict[str, Any]:
    """The data of the page: those of the aggregate, with lists cut off, and each committee's indicators without their titles."""
    data = rollup_data(rollup, _some, committees=False)
    for own, group in zip(data["groups"], rollup.groups, strict=True):
        few = group.totals.size <= MOST_COMMITTEES
        own["committees"] = list(map(_committee, map(row_data, group.rows()))) if few else []
        own["regions"] = [] if few else _regions(group)
    if data["roster"]:
        del data["roster"]["reminder"], data["roster"]["levels"]
        data["roster"]["missing_all"], data["roster"]["late_all"] = len(rollup.missing), rollup.files.late
        data["roster"]["missing"] = data["roster"]["missing"][:MOST_LISTED]
    return data


def _some(items: Iterable[Any]) -> list[Any]:
    return list(islice(items, MOST_LISTED))


def _committee(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in ("sha256", "goods", "errors", "warnings", "bonus", "kind")}
    return {**kept, "indicators": [[item["id"], item["status"], item["score"], item["full"], item["told"], item["cells"]] for item in row["indicators"]]}


def _regions(group: Group) -> list[dict[str, Any]]:
    def told(found: Tally) -> list[Any]:
        return [found.met, found.asked, number(found.rate)]

    return [{"name": name, "size": own[WHOLE].size, "overall": told(own[WHOLE]), "indicators": {item: told(found) for item, found in own.items() if item != WHOLE}}
            for name, own in sorted(group.totals.regions.items())]
