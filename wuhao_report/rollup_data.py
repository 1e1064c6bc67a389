"""An aggregate as the plain data that other programs read; keys are a contract. No name of a person is in it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from wuhao_report.results import number
from wuhao_report.rollup import Group, IndicatorTally, Rollup, Row, Superseded, Tally, below, reminder
from wuhao_report.roster import Member


def tally_data(found: Tally) -> dict[str, Any]:
    return {"counts": dict(found.counts), "met": found.met, "asked": found.asked, "rate": number(found.rate)}


def _share(top: Fraction, bottom: Fraction) -> int | float | bool | None:
    return number(top / bottom) if bottom else None


def _indicator(item: IndicatorTally) -> dict[str, Any]:
    return {"id": item.id, "title": item.title, "head": item.head, **tally_data(item.tally), "lost": number(item.lost), "losers": list(item.losers),
            "totals": [{"label": label, "top": number(top), "bottom": number(bottom), "value": _share(top, bottom)} for label, top, bottom in item.sides]}


def row_data(row: Row) -> dict[str, Any]:
    found = row.found
    return {
        "unit": row.unit, "file": found.file, "sha256": found.sha256, "kind": row.member.kind if row.member else None,
        "parent": row.member.parent if row.member else None, "report_date": found.report_date.isoformat(), "late": row.late,
        "status": found.status, "score": number(found.score), "bonus": number(found.bonus), "grade": found.grade, "place": row.place, "tied": row.tied,
        "errors": found.errors, "warnings": found.warnings,
        "earlier": None if row.earlier is None else {
            "report_date": row.earlier.report_date.isoformat(), "stage": row.earlier.stage, "status": row.earlier.status, "score": row.earlier.score,
            "change": row.change, "rules_changed": row.earlier.rules},
        "goods": [{"id": head.id, "title": head.title, "status": head.status, "score": number(head.score), "full": number(head.full)} for head in found.heads],
        "indicators": [{"id": item.id, "title": item.title, "head": item.head, "status": item.status, "score": number(item.score), "full": number(item.full),
                        "bonus": number(item.bonus), "place": item.place, "told": item.told, "cells": list(item.cells)} for item in found.indicators],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "scheme": group.scheme, "title": group.scheme_title, "stage": group.stage, "overall": tally_data(group.overall),
        "before": tally_data(group.before) if group.before else None,
        "goods": [{"id": name, "title": title, **tally_data(found)} for name, title, found in group.heads],
        "indicators": [_indicator(item) for item in group.indicators],
        "figures": [{"id": item.id, "title": item.title, "unit": item.unit,
                     "values": [{"label": label, "total": number(total), "known": known} for label, total, known in item.values]} for item in group.figures],
        "committees": [row_data(row) for row in group.rows],
    }


def _member(member: Member) -> dict[str, Any]:
    return {"unit": member.unit, "kind": member.kind, "parent": member.parent, "due": member.due.isoformat() if member.due else None}


def _superseded(item: Superseded) -> dict[str, Any]:
    return {"file": item.found.file, "unit": item.found.unit, "report_date": item.found.report_date.isoformat(), "kept": item.kept.file if item.kept else None}


def rollup_data(rollup: Rollup) -> dict[str, Any]:
    """What `wuhao aggregate --json` prints."""
    data: dict[str, Any] = {
        "files": {"all": rollup.files, "counted": len(rollup.rows), "superseded": len(rollup.superseded), "excluded": len(rollup.left),
                  "failed": len(rollup.failed), "skipped": len(rollup.skipped)},
        "groups": [_group(group) for group in rollup.groups],
        "superseded": [_superseded(item) for item in rollup.superseded],
        "excluded": [{"file": item.found.file, "unit": item.found.unit, "reason": item.why.reason, "person": item.why.person} for item in rollup.left],
        "failed": [{"workbook": item.workbook.as_posix(), "code": item.code, "message": item.message} for item in rollup.failed],
        "skipped": [{"file": file, "reason": reason} for file, reason in rollup.skipped],
        "roster": None,
    }
    if rollup.roster is not None:
        data["roster"] = {
            "expected": len(rollup.roster.members), "received": len(rollup.received), "late": sorted(row.unit for row in rollup.rows if row.late),
            "missing": [_member(member) for member in rollup.missing], "unsettled": [_member(member) for member in rollup.unsettled],
            "excluded": [{**_member(member), "reason": why.reason, "person": why.person} for member, why in rollup.excluded],
            "strangers": [{"unit": one.unit, "file": one.file, "nearest": near} for one, near in rollup.strangers],
            "problems": [{"code": item.code, "sheet": item.at.sheet, "cell": item.at.cell, "message": item.message} for item in rollup.roster.problems],
            "reminder": reminder(rollup),
            "levels": [level_data(rollup, name) for name in dict.fromkeys(member.parent for member in rollup.roster.members if member.parent)],
        }
    return data


def level_data(rollup: Rollup, parent: str) -> dict[str, Any]:
    """The subtotal of everybody under a committee, at any depth."""
    if rollup.roster is None:
        raise ValueError("levels are those of a roster")
    units = {member.unit for member in below(rollup.roster, parent)}
    received = {member.unit for member in rollup.received}
    return {"parent": parent, "expected": len(units), "received": len(units & received), "groups": [
        {"scheme": group.scheme, "stage": group.stage, **tally_data(part_of(group, units).overall)} for group in rollup.groups
        if any(row.unit in units for row in group.rows)]}


def part_of(group: Group, units: set[str]) -> Group:
    """The group with those committees alone; their places stay those among all."""
    return Group(group.scheme, group.scheme_title, group.stage, tuple(row for row in group.rows if row.unit in units))
