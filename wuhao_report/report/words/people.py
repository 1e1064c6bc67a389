"""Who leads the committee, and the honours that it and its people have won."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.report.chinese_style import clause, month_text
from wuhao_report.report.words.basis.deed_rows import column_naming
from wuhao_report.report.words.basis.material import Material, sheet_rows

MOST_HONOURS = 10
"""So many are told, the latest; of more the number is said first."""
TOLD = ("title", "issuer", "recipient")
_SPEAKS_FOR_ITSELF = ("奖", "奖项", "奖章", "奖牌", "证书", "锦旗", "称号")
"""Titles that end so say themselves what was given."""
_INNER = str.maketrans("“”", "‘’")

_Row = tuple[int, Mapping[str, Any]]
"""The number of a row and its values by role."""


def honours(material: Material) -> list[str]:
    """Return the paragraph of honours, in the order of their days; none where none was won or the scheme has no sheet of them."""
    rows = [values for _, values in _rows(material) if not _naming(material, values)]
    rows.sort(key=lambda values: values["date"])
    if not rows:
        return []
    texts = []
    before: date | None = None
    for values in rows[-MOST_HONOURS:]:
        texts.append(month_text(values["date"], before) + _sentence(material, values))
        before = values["date"]
    lead = f"共获得荣誉{len(rows)}项，近期的有：" if len(rows) > MOST_HONOURS else ""
    return [f"{lead}{'；'.join(texts)}。"]


def honoured_children(material: Material) -> Iterator[Problem]:
    """Yield the rows that are not told because a child on a roll would be named in them."""
    for number, values in _rows(material):
        if role := _naming(material, values):
            sheet = material.scheme.by_use["honours"]
            column = sheet.role(role) or ""
            at = material.submission.locations[sheet.name].at(number, column)
            yield problem("child-named", At(at.sheet, at.row, at.column), column=column)


def _rows(material: Material) -> list[_Row]:
    """Return the rows of the phase up to the day that counts; a scheme need not have, nor ask for, a day or a title."""
    sheet = material.scheme.by_use.get("honours")
    if sheet is None:
        return []
    table = material.submission.table(sheet.name)
    columns = {role: table.values(sheet.role(role)) for role in ("date", *TOLD)}
    rows = ((int(number), {role: column[at] for role, column in columns.items()}) for at, number in enumerate(table.rows))
    first, last = material.clock.phase.start, material.clock.as_of
    return [
        (number, row) for number, row in rows if row["title"] and isinstance(row["date"], date) and first <= row["date"] <= last
    ]


def _naming(material: Material, values: Mapping[str, Any]) -> str:
    return column_naming(values, TOLD, material.deeds.children)


def _sentence(material: Material, values: Mapping[str, Any]) -> str:
    """Return 李测试被测试旗关工委授予“先进个人”称号; what is not filled in is left out, and the committee calls itself 我村关工委."""
    title, issuer, recipient = (clause(str(values[role] or "")) for role in TOLD)
    unit = material.submission.profile_role("unit") or ""
    rest = recipient.removeprefix(unit)
    own = rest != recipient and material.scheme.self_name.endswith(rest)
    given = f"被{issuer}授予" if issuer else "获得"
    kind = "" if title.endswith(_SPEAKS_FOR_ITSELF) else "称号"
    return f"，{material.scheme.self_name if own else recipient}{given}“{title.translate(_INNER)}”{kind}"


# Leaders

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
