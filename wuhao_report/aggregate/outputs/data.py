"""An aggregate as the plain data that other programs read; keys are a contract. No name of a person is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from wuhao_report.aggregate.overview import Group, Overview, reminder
from wuhao_report.aggregate.records.model import IndicatorRecord
from wuhao_report.aggregate.roster.model import NO_CAMPAIGN, Campaign, Member, Roster
from wuhao_report.aggregate.rows import LastReport, Row, Superseded
from wuhao_report.aggregate.totals import Changes, IndicatorTotals, Tally
from wuhao_report.report.json_form import number

Listed = Callable[[Iterable[Any]], Any]
"""Makes of a long list what stands for it in the data: a list, or an iterator that is read when the JSON is written."""


def tally_data(tally: Tally) -> dict[str, Any]:
    """Return a tally with its rate."""
    return {"counts": dict(tally.counts), "met": tally.met, "asked": tally.asked, "rate": number(tally.rate)}


def _share(numerator: Fraction, denominator: Fraction) -> int | float | bool | None:
    return number(numerator / denominator) if denominator else None


def _indicator_totals(item: IndicatorTotals) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "head": item.head,
        **tally_data(item.tally),
        "lacking": item.tally.lacking,
        "lost": number(item.lost),
        "losers": list(item.losers),
        "totals": [
            {"label": label, "top": number(top), "bottom": number(bottom), "value": _share(top, bottom)}
            for label, top, bottom in item.ratios
        ],
    }


def row_data(row: Row) -> dict[str, Any]:
    """Return a committee that counts, with its heads and indicators."""
    record = row.record
    return {
        "unit": row.unit,
        "file": record.file,
        "sha256": record.sha256,
        "kind": row.member.kind if row.member else None,
        "parent": row.member.parent if row.member else None,
        "report_date": record.report_date.isoformat(),
        "received": row.received.isoformat() if row.received else None,
        "late": row.late,
        "status": record.status,
        "score": number(record.score),
        "bonus": number(record.bonus),
        "grade": record.grade,
        "place": row.place,
        "tied": row.tied,
        "errors": record.errors,
        "warnings": record.warnings,
        "earlier": _last_report(row.last) if row.last else None,
        "goods": [
            {"id": head.id, "title": head.title, "status": head.status, "score": number(head.score), "full": number(head.full)}
            for head in record.heads
        ],
        "indicators": [_indicator(item) for item in record.indicators],
    }


def _last_report(last: LastReport) -> dict[str, Any]:
    return {
        "report_date": last.report_date.isoformat(),
        "stage": last.stage,
        "status": last.status,
        "score": last.score,
        "change": last.change,
        "rules_changed": last.other_rules,
        "change_by_data": last.by_data,
        "change_by_rules": last.by_rules,
        "moved": list(last.changes),
        "due": list(last.due),
    }


def _indicator(item: IndicatorRecord) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "head": item.head,
        "status": item.status,
        "score": number(item.score),
        "full": number(item.full),
        "bonus": number(item.bonus),
        "place": item.place,
        "told": item.progress,
        "cells": list(item.cells),
    }


def group_data(group: Group) -> dict[str, Any]:
    """Return the totals of a group, without its committees."""
    totals = group.totals
    return {
        "scheme": group.scheme,
        "title": group.scheme_title,
        "stage": group.stage,
        "size": totals.size,
        "overall": tally_data(totals.overall),
        "mean_score": number(totals.mean_score),
        "before": _changes(totals.changes) if totals.changes else None,
        "goods": [{"id": name, "title": title, **tally_data(tally)} for name, title, tally in totals.heads],
        "indicators": [_indicator_totals(item) for item in totals.indicators],
        "figures": [
            {
                "id": item.id,
                "title": item.title,
                "unit": item.unit,
                "values": [{"label": label, "total": number(total), "known": known} for label, total, known in item.values],
            }
            for item in totals.figures
        ],
        "kinds": [{"kind": name, **tally_data(tally)} for name, tally in totals.kinds.items()],
        "parents": [{"parent": name, **tally_data(tally)} for name, tally in totals.parents.items()],
    }


def _changes(changes: Changes) -> dict[str, Any]:
    return {
        **tally_data(changes.before),
        "now": tally_data(changes.now),
        "known": changes.size,
        "up": changes.up,
        "down": changes.down,
        "rules_changed": changes.other_rules,
    }


def _member(member: Member) -> dict[str, Any]:
    return {
        "unit": member.unit,
        "kind": member.kind,
        "parent": member.parent,
        "due": member.due.isoformat() if member.due else None,
    }


def _superseded(item: Superseded) -> dict[str, Any]:
    return {
        "file": item.file,
        "unit": item.unit,
        "report_date": item.report_date.isoformat(),
        "kept": item.kept,
        "same": item.same,
        "message": item.reason,
    }


def overview_data(overview: Overview, listed: Listed = list, committees: bool = True) -> dict[str, Any]:
    """Return what `wuhao aggregate --json` prints; `listed` makes the long lists, `committees` says whether every committee stands in it."""
    files, lists = overview.files, overview.lists
    return {
        "files": {
            "all": files.all,
            "counted": files.counted,
            "superseded": files.superseded,
            "excluded": files.excluded,
            "failed": files.failed,
            "skipped": files.skipped,
            "not_asked": files.not_asked,
        },
        "groups": [
            {**group_data(group), **({"committees": listed(map(row_data, group.rows()))} if committees else {})}
            for group in overview.groups
        ],
        "superseded": listed(map(_superseded, lists.superseded())),
        "excluded": listed(
            {"file": item.file, "unit": item.unit, "reason": item.reason, "person": item.person} for item in lists.excluded()
        ),
        "not_asked": listed(
            {
                "file": item.file,
                "unit": item.unit,
                "stage": item.stage,
                "report_date": item.report_date.isoformat(),
                "message": item.reason,
            }
            for item in lists.not_asked()
        ),
        "failed": listed({"workbook": item.file, "code": item.code, "message": item.message} for item in lists.failed()),
        "skipped": listed({"file": item.file, "reason": item.reason} for item in lists.skipped()),
        "roster": None if overview.roster is None else _roster_data(overview, overview.roster, listed),
    }


def _campaign(campaign: Campaign) -> dict[str, Any] | None:
    if campaign == NO_CAMPAIGN:
        return None
    return {
        "name": campaign.name,
        "scheme": campaign.scheme,
        "stage": campaign.stage,
        "due": campaign.due.isoformat() if campaign.due else None,
        "issuer": campaign.issuer,
        "recipients": campaign.recipients,
        "kinds": list(campaign.kinds),
    }


def _roster_data(overview: Overview, roster: Roster, listed: Listed) -> dict[str, Any]:
    lists = overview.lists
    return {
        "campaign": _campaign(roster.campaign),
        "expected": len(overview.expected),
        "received": len(overview.received),
        "late": listed(item.unit for item in lists.late()),
        "missing": [{**_member(member), "unread": list(overview.unread.get(member, ()))} for member in overview.missing],
        "unsettled": [_member(member) for member in overview.undecided],
        "excluded": [
            {
                **_member(member),
                "reason": exclusion.reason,
                "person": exclusion.person,
                "day": exclusion.day.isoformat() if exclusion.day else None,
            }
            for member, exclusion in overview.excluded
        ],
        "strangers": listed({"unit": item.unit, "file": item.file, "nearest": item.near} for item in lists.unlisted()),
        "problems": [
            {"code": item.code, "sheet": item.at.sheet, "cell": item.at.cell, "message": item.message} for item in roster.problems
        ],
        "reminder": reminder(overview.missing, overview.unread),
        "levels": levels_data(overview),
    }


def levels_data(overview: Overview) -> list[dict[str, Any]]:
    """Return the subtotal of everybody under each committee above others, at any depth."""
    return [
        {
            "parent": level.parent,
            "expected": level.expected,
            "received": level.received,
            "missing": level.missing,
            "groups": [
                {"scheme": group.scheme, "stage": group.stage, **tally_data(tally)}
                for group, tally in zip(overview.groups, level.tallies, strict=True)
                if tally.size
            ],
        }
        for level in overview.levels
    ]


def json_pieces(data: Any) -> Iterator[str]:
    """Yield the JSON of data in which iterators stand for lists, piece by piece."""
    if isinstance(data, Mapping):
        yield "{"
        for at, (name, value) in enumerate(data.items()):
            yield f"{', ' if at else ''}{json.dumps(name, ensure_ascii=False)}: "
            yield from json_pieces(value)
        yield "}"
    elif isinstance(data, list | Iterator):
        yield "["
        for at, value in enumerate(data):
            yield ",\n" if at else ""
            yield from json_pieces(value) if isinstance(data, list) else (json.dumps(value, ensure_ascii=False),)
        yield "]"
    else:
        yield json.dumps(data, ensure_ascii=False)
