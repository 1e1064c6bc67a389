"""The shortest way to reach a target: the rule of an indicator solved for what a committee can still add."""

from __future__ import annotations

from collections.abc import Sequence

from wuhao_report.core.periods import Period
from wuhao_report.evaluation.submission import Submission
from wuhao_report.measures.base import Shortfall, Way
from wuhao_report.measures.facts import Facts, Reading
from wuhao_report.scheme.model import Indicator
from wuhao_report.scheme.required_columns import indicator_columns
from wuhao_report.tables.columns import Used
from wuhao_report.tables.table import SheetLocation


def shortest(submission: Submission, facts: Facts, indicator: Indicator, period: Period, reading: Reading) -> Way:
    """Return what it takes to reach the target of an indicator in a period that is not met, from where its reading stands."""
    lacking = sorted(indicator_columns(submission.scheme)[indicator.id] & submission.missing)
    if lacking:
        return Way("source", thing=_absent(submission, lacking))
    blank = [
        f"“{sheet}”的“{column}”"
        for sheet, column in sorted(set(indicator.measure.columns(submission.scheme.layout)))
        if submission.scheme.layout.form(sheet) in ("log", "roll")
        and submission.scheme.layout.by_name[sheet].by_name[column].type == "flag"
        and submission.number in facts.unfilled_flags(sheet, column)
    ]
    if blank:
        return Way("fill", thing="、".join(blank))
    return indicator.measure.way(Shortfall(facts, submission.number, period, reading, indicator.target))


def _absent(submission: Submission, lacking: Sequence[Used]) -> str:
    """The sheets and columns that are really not there: without one of its columns a whole sheet has no rows."""
    tables = submission.locations
    there = {sheet for sheet, _ in lacking if sheet in tables and tables[sheet].positions} | {
        sheet for sheet, _ in submission.places
    }
    gone = [f"工作表“{sheet}”" for sheet in dict.fromkeys(sheet for sheet, _ in lacking) if sheet not in there]
    gone += [
        f"“{sheet}”的“{column}”"
        for sheet in dict.fromkeys(sheet for sheet, _ in lacking if sheet in there and sheet in tables)
        for column in tables[sheet].sheet.by_name
        if column not in tables[sheet].positions and _wanted(tables[sheet], column, lacking)
    ]
    gone += [f"“{sheet}”的“{column}”" for sheet, column in lacking if sheet in there and sheet not in tables]
    return "、".join(gone[:4]) + ("等" if len(gone) > 4 else "")


def _wanted(table: SheetLocation, column: str, lacking: Sequence[Used]) -> bool:
    return (table.sheet.name, column) in lacking or table.sheet.by_name[column].required
