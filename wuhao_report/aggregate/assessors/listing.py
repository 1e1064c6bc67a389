"""考评汇总: 自评 beside 考评 for each committee, the indicators where they differ most, what is open and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from wuhao_report.aggregate.assessors.settle import AssessedCommittee, AssessedItem, Assessment
from wuhao_report.core.numbers import number_text, score_text
from wuhao_report.files.listing import Listed, listings
from wuhao_report.files.provenance import ASSESSMENT_NAME, ASSESSMENT_SHEET
from wuhao_report.report.chinese_style import clause
from wuhao_report.report.json_form import TOOL, number

NAME = ASSESSMENT_NAME
MOMENT = "2020-01-01T00:00:00Z"
UNITS = (
    ("单位名称", 34),
    ("上级", 22),
    ("报告阶段", 16),
    ("考评人", 20),
    ("自评总分", 11),
    ("考评总分", 11),
    ("考评减自评", 12),
    ("相差最大的指标", 50),
)
ITEMS = (
    ("指标体系", 34),
    ("编号", 10),
    ("指标", 34),
    ("考评单位数", 12),
    ("平均自评分", 12),
    ("平均考评分", 12),
    ("考评减自评", 12),
    ("说明", 30),
)
DETAILS = (
    ("单位名称", 32),
    ("上级", 18),
    ("编号", 10),
    ("指标", 28),
    ("满分", 8),
    ("自评分", 9),
    ("考评分", 9),
    ("各考评人", 34),
    ("扣分理由", 44),
)
OPEN = (("单位名称", 34), ("上级", 18), ("编号", 10), ("指标", 30), ("各考评人给的分", 50), ("怎么办", 40))
PROBLEMS = (("文件", 40), ("位置", 16), ("问题", 60), ("怎么改", 50))
MOST_NAMED = 3
MOST_TOLD = 8
"""So many deductions a letter tells."""


def difference(item: AssessedItem) -> Fraction | None:
    """Return 考评 less 自评 of an indicator; None where one of them is not known."""
    return None if item.score is None or item.own is None else item.score - item.own


def assessment_workbook(found: Assessment) -> bytes:
    """Return the bytes of 考评汇总.xlsx."""
    sheets = [
        Listed("各单位", f"{NAME}：自评与考评", UNITS, list(map(_unit, found.committees))),
        Listed(ASSESSMENT_SHEET, "各项指标自评与考评相差多少，差得多的在前", ITEMS, list(_items(found.committees))),
        Listed("逐项", "每个单位的每项考评", DETAILS, list(_details(found.committees))),
        Listed("待定", "考评人意见不一、要定夺的", OPEN, list(_open(found.committees))),
        Listed(
            "问题", "考评表里的问题", PROBLEMS, [(file, str(item.at), item.message, item.hint) for file, item in found.problems]
        ),
    ]
    return listings(sheets, TOOL, MOMENT)


def _signed(value: Fraction | None) -> str:
    if value is None:
        return "—"
    return "0" if value == 0 else f"{'+' if value > 0 else '−'}{number_text(abs(value))}"


def _scored(value: Fraction | None) -> str:
    return "—" if value is None else score_text(value)


def _unit(one: AssessedCommittee) -> Sequence[str]:
    apart = [(item, difference(item) or Fraction(0)) for item in one.items if difference(item)]
    differing = sorted(apart, key=lambda pair: -abs(pair[1]))
    named = "、".join(f"{item.id} {item.title}（{_signed(by)}）" for item, by in differing[:MOST_NAMED])
    whole = None if one.score is None or one.own is None else one.score - one.own
    return (
        *(one.row.unit, one.parent, one.stage, "、".join(one.assessors)),
        *(_scored(one.own), _scored(one.score), _signed(whole), named or "没有"),
    )


def item_differences(committees: Iterable[AssessedCommittee]) -> list[tuple[str, str, str, int, Fraction, Fraction]]:
    """Return of each indicator its scheme, id, title, number of committees, and the means of 自评 and 考评; those that differ most come first."""
    sums: dict[tuple[str, str, str], list[tuple[Fraction, Fraction]]] = {}
    for one in committees:
        for item in one.items:
            if item.score is not None and item.own is not None:
                sums.setdefault((one.scheme, item.id, item.title), []).append((item.own, item.score))
    means = [
        (
            *key,
            len(pairs),
            sum((own for own, _ in pairs), Fraction(0)) / len(pairs),
            sum((given for _, given in pairs), Fraction(0)) / len(pairs),
        )
        for key, pairs in sums.items()
    ]
    return sorted(means, key=lambda mean: (-abs(mean[5] - mean[4]), mean[:2]))


def _items(committees: Iterable[AssessedCommittee]) -> Iterator[Sequence[str]]:
    for scheme, name, title, many, own, given in item_differences(committees):
        note = "" if own == given else "自评偏高" if own > given else "自评偏低"
        yield scheme, name, title, str(many), score_text(own), score_text(given), _signed(given - own), note


def _by_assessor(item: AssessedItem) -> str:
    return "、".join(f"{one.assessor} {score_text(one.score)}" for one in item.given)


def _details(committees: Iterable[AssessedCommittee]) -> Iterator[Sequence[str]]:
    for one in committees:
        for item in one.items:
            if item.given:
                scores = score_text(item.full), _scored(item.own), _scored(item.score)
                yield one.row.unit, one.parent, item.id, item.title, *scores, _by_assessor(item), item.reason


def _open(committees: Iterable[AssessedCommittee]) -> Iterator[Sequence[str]]:
    for one in committees:
        for item in one.items:
            if item.is_open:
                yield (
                    one.row.unit,
                    one.parent,
                    item.id,
                    item.title,
                    _by_assessor(item),
                    "请商定后改其中一份考评表，或用 --rule 平均、最低、最高",
                )


def assessment_sentences(found: Assessment) -> dict[str, str]:
    """Return by the file of each committee whose 考评 is complete the sentence that its letter has of it."""
    return {one.row.record.file: _sentence(one) for one in found.committees if one.score is not None}


def _sentence(one: AssessedCommittee) -> str:
    lost = sorted((item for item in one.items if item.score is not None and item.score < item.full), key=_left)
    named = "；".join(
        f"{item.title}扣{number_text(item.full - (item.score or 0))}分" + (f"（{clause(item.reason)}）" if item.reason else "")
        for item in lost[:MOST_TOLD]
    )
    own = f"自评{number_text(one.own)}分，" if one.own is not None else ""
    rest = f"等{len(lost)}项" if len(lost) > MOST_TOLD else ""
    return f"考评情况：{own}考评{number_text(one.score or Fraction(0))}分" + (
        f"，扣分的是：{named}{rest}。" if named else "，没有扣分。"
    )


def _left(item: AssessedItem) -> Fraction:
    return (item.score or Fraction(0)) - item.full


def assessment_data(found: Assessment) -> dict[str, Any]:
    """Return the plain data of `wuhao assess in --json`."""
    return {
        "forms": found.forms,
        "committees": [
            {
                "unit": one.row.unit,
                "parent": one.parent,
                "stage": one.stage,
                "assessors": list(one.assessors),
                "own": number(one.own),
                "assessed": number(one.score),
                "items": [
                    {
                        "id": item.id,
                        "full": number(item.full),
                        "own": number(item.own),
                        "assessed": number(item.score),
                        "given": [{"assessor": by.assessor, "score": number(by.score), "reason": by.reason} for by in item.given],
                    }
                    for item in one.items
                ],
            }
            for one in found.committees
        ],
        "differences": [
            {"scheme": scheme, "id": name, "title": title, "committees": many, "own": number(own), "assessed": number(given)}
            for scheme, name, title, many, own, given in item_differences(found.committees)
        ],
        "problems": [
            {"file": file, "code": item.code, "sheet": item.at.sheet, "cell": item.at.cell, "message": item.message}
            for file, item in found.problems
        ],
    }
