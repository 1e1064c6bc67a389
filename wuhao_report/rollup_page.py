"""汇总看板.html: an aggregate as one page that needs nothing else, neither a network nor another file."""

from __future__ import annotations

import json
from pathlib import Path

from wuhao_report.rollup import Rollup
from wuhao_report.rollup_data import rollup_data

PAGE = Path(__file__).parent / "dashboard.html"
PLACE = "/*DATA*/"


def page(rollup: Rollup, name: str) -> bytes:
    """The bytes of the page; `name` is that of the folder. What comes from workbooks is data in it, and never markup."""
    data = json.dumps({**rollup_data(rollup), "name": name}, ensure_ascii=False, separators=(",", ":"))
    # Inside a script element only these could end it, or begin a comment.
    safe = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return PAGE.read_text(encoding="utf-8").replace(PLACE, safe, 1).encode("utf-8", "replace")
