"""Who leads the committee on the day of the report: by post, with the office that each holds besides."""

from __future__ import annotations

from wuhao_report.report.words.material import Material, sheet_rows

MOST_NAMED = 4
"""So many people of one post are named; of more only the number is told."""


def leaders(material: Material) -> str:
    """Return 我街道关工委现任主任赵测试（党委书记），副主任钱测试、孙测试; nothing where nobody is in office."""
    sheet = material.scheme.by_use.get("leaders")
    if sheet is None:
        return ""
    day = material.clock.report_date
    rows = [
        row
        for row in sheet_rows(material.submission, "leaders", ("name", "post", "office", "start", "end"))
        if row["name"] and row["post"] and row["start"] and row["start"] <= day and (row["end"] is None or row["end"] >= day)
    ]
    posts = sheet.by_name[sheet.role("post") or ""].choices
    told = [text for post in posts if (text := _of_post(post, [row for row in rows if row["post"] == post]))]
    return f"{material.scheme.self_name}现任{'，'.join(told)}。" if told else ""


def _of_post(post: str, rows: list[dict[str, str | None]]) -> str:
    if len(rows) > MOST_NAMED:
        return f"{post}{len(rows)}人"
    names = [f"{row['name']}（{row['office']}）" if row["office"] else str(row["name"]) for row in rows]
    return post + "、".join(names) if names else ""
