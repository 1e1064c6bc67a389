"""An aggregate as the plain data that other programs read; keys are a contract. No name of a person is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from wuhao_report.aggregate.roster import Member
from wuhao_report.aggregate.totals import Group, IndicatorTally, Rollup, Row, Superseded, Tally, reminder
from wuhao_report.report.json_form import number

Listed = Callable[[Iterable[Any]], Any]


def tally_data(found: Tally) -> dict[str, Any]:
    return {"counts": dict(found.counts), "met": found.met, "asked": found.asked, "rate": number(found.rate)}


def _share(top: Fraction, bottom: Fraction) -> int | float | bool | None:
    return number(top / bottom) if bottom else None


def _indicator(item: IndicatorTally) -> dict[str, Any]:
    return {"id": item.id, "title": item.title, "head": item.head, **tally_data(item.tally), "lacking": item.tally.lacking, "lost": number(item.lost),
            "losers": list(item.losers),
            "totals": [{"label": label, "top": number(top), "bottom": number(bottom), "value": _share(top, bottom)} for label, top, bottom in item.sides]}


def row_data(row: Row) -> dict[str, Any]:
    found, before = row.found, row.earlier
    return {
        "unit": row.unit, "file": found.file, "sha256": found.sha256, "kind": row.member.kind if row.member else None,
        "parent": row.member.parent if row.member else None, "report_date": found.report_date.isoformat(), "late": row.late,
        "status": found.status, "score": number(found.score), "bonus": number(found.bonus), "grade": found.grade, "place": row.place, "tied": row.tied,
        "errors": found.errors, "warnings": found.warnings,
        "earlier": None if before is None else {
            "report_date": before.report_date.isoformat(), "stage": before.stage, "status": before.status, "score": before.score, "change": before.change,
            "rules_changed": before.other_rules, "change_by_data": before.work, "change_by_rules": before.rules, "moved": list(before.moved)},
        "goods": [{"id": head.id, "title": head.title, "status": head.status, "score": number(head.score), "full": number(head.full)} for head in found.heads],
        "indicators": [{"id": item.id, "title": item.title, "head": item.head, "status": item.status, "score": number(item.score), "full": number(item.full),
                        "bonus": number(item.bonus), "place": item.place, "told": item.told, "cells": list(item.cells)} for item in found.indicators],
    }


def group_data(group: Group) -> dict[str, Any]:
    """The totals of a group, without its committees."""
    found = group.totals
    return {
        "scheme": group.scheme, "title": group.scheme_title, "stage": group.stage, "size": found.size, "overall": tally_data(found.overall),
        "before": None if found.moves is None else {**tally_data(found.moves.before), "now": tally_data(found.moves.now), "known": found.moves.known,
                                                    "up": found.moves.up, "down": found.moves.down, "rules_changed": found.moves.other_rules},
        "goods": [{"id": name, "title": title, **tally_data(own)} for name, title, own in found.heads],
        "indicators": [_indicator(item) for item in found.indicators],
        "figures": [{"id": item.id, "title": item.title, "unit": item.unit,
                     "values": [{"label": label, "total": number(total), "known": known} for label, total, known in item.values]} for item in found.figures],
        "kinds": [{"kind": name, **tally_data(own)} for name, own in found.kinds.items()],
        "parents": [{"parent": name, **tally_data(own)} for name, own in found.parents.items()],
    }


def _member(member: Member) -> dict[str, Any]:
    return {"unit": member.unit, "kind": member.kind, "parent": member.parent, "due": member.due.isoformat() if member.due else None}


def _superseded(item: Superseded) -> dict[str, Any]:
    return {"file": item.file, "unit": item.unit, "report_date": item.report_date.isoformat(), "kept": item.kept, "message": item.told}


def rollup_data(rollup: Rollup, listed: Listed = list, committees: bool = True) -> dict[str, Any]:
    """What `wuhao aggregate --json` prints; `listed` makes of what comes one by one what stands in it (a list, or itself)."""
    files, lists = rollup.files, rollup.lists
    data: dict[str, Any] = {
        "files": {"all": files.all, "counted": files.counted, "superseded": files.superseded, "excluded": files.left, "failed": files.failed,
                  "skipped": files.skipped},
        "groups": [{**group_data(group), **({"committees": listed(map(row_data, group.rows()))} if committees else {})} for group in rollup.groups],
        "superseded": listed(map(_superseded, lists.superseded())),
        "excluded": listed({"file": item.file, "unit": item.unit, "reason": item.reason, "person": item.person} for item in lists.left()),
        "failed": listed({"workbook": item.file, "code": item.code, "message": item.message} for item in lists.failed()),
        "skipped": listed({"file": item.file, "reason": item.reason} for item in lists.skipped()),
        "roster": None,
    }
    if rollup.roster is not None:
        data["roster"] = {
            "expected": len(rollup.roster.members), "received": len(rollup.received), "late": listed(item.unit for item in lists.late()),
            "missing": [_member(member) for member in rollup.missing], "unsettled": [_member(member) for member in rollup.unsettled],
            "excluded": [{**_member(member), "reason": why.reason, "person": why.person, "day": why.day.isoformat() if why.day else None}
                         for member, why in rollup.excluded],
            "strangers": listed({"unit": one.unit, "file": one.file, "nearest": one.near} for one in lists.strangers()),
            "problems": [{"code": item.code, "sheet": item.at.sheet, "cell": item.at.cell, "message": item.message} for item in rollup.roster.problems],
            "reminder": reminder(rollup.missing), "levels": levels_data(rollup),
        }
    return data


def levels_data(rollup: Rollup) -> list[dict[str, Any]]:
    """The subtotal of everybody under each committee above others, at any depth."""
    return [{"parent": level.parent, "expected": level.expected, "received": level.received, "groups": [
        {"scheme": group.scheme, "stage": group.stage, **tally_data(own)} for group, own in zip(rollup.groups, level.tallies, strict=True) if own.size]}
        for level in rollup.levels]


def pieces(data: Any) -> Iterator[str]:
    """The JSON of data in which iterators stand for lists, piece by piece."""
    if isinstance(data, Mapping):
        yield "{"
        for at, (name, value) in enumerate(data.items()):
            yield f"{', ' if at else ''}{json.dumps(name, ensure_ascii=False)}: "
            yield from pieces(value)
        yield "}"
    elif isinstance(data, list | Iterator):
        yield "["
        for at, value in enumerate(data):
            yield ",\n" if at else ""
            yield from pieces(value) if isinstance(data, list) else (json.dumps(value, ensure_ascii=False),)
        yield "]"
    else:
        yield json.dumps(data, ensure_ascii=False)
