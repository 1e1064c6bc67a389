"""What every section of a report is written from: the submission, its assessment, the sentences of each indicator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from wuhao_report.core.periods import Judgement
from wuhao_report.core.text import evidence_key, without_space
from wuhao_report.evaluation.assessment import is_blank
from wuhao_report.evaluation.results import Assessment, IndicatorResult
from wuhao_report.evaluation.submission import Submission
from wuhao_report.report.chinese_style import clause, evidence_text
from wuhao_report.report.wording.sentences import IndicatorSentences
from wuhao_report.report.words.basis.deed_rows import DeedRows, deed_rows
from wuhao_report.report.words.basis.findings import FINDINGS, PROGRESS, finding
from wuhao_report.scheme import model as s

Values = dict[str, Any]
"""The values of some names of a document: text, yes or no, lists and tables of them."""


@dataclass(frozen=True, eq=False)
class Material:
    """One committee as its report tells of it; the sentences of an indicator are worked out once."""

    submission: Submission
    assessment: Assessment
    _sentences: dict[str, IndicatorSentences] = field(default_factory=dict, init=False, repr=False)
    _lacking: dict[str, tuple[IndicatorResult, ...]] = field(default_factory=dict, init=False, repr=False)
    work: dict[tuple[str, int], str] = field(default_factory=dict, init=False, repr=False)
    """What each head has done in so many deeds: a body that is shortened step by step asks for it again."""
    standings: dict[str, Values] = field(default_factory=dict, init=False, repr=False)
    """What is told of each head however short the body has to be."""

    @cached_property
    def scheme(self) -> s.Scheme:
        """The scheme the committee is assessed by, with the name the committee gives itself where it gives one."""
        own = self.submission.profile_role("self_name")
        return replace(self.submission.scheme, self_name=clause(own)) if own else self.submission.scheme

    @property
    def clock(self) -> Judgement:
        """The days of the assessment."""
        return self.assessment.clock

    def sentences(self, item: IndicatorResult) -> IndicatorSentences:
        """Return the sentences of an indicator, part or penalty."""
        known = self._sentences.get(item.indicator.id)
        if known is None:
            known = self._sentences[item.indicator.id] = IndicatorSentences(self.scheme, self.assessment, item)
        return known

    @cached_property
    def deeds(self) -> DeedRows:
        """The rows of logs that may be told."""
        return deed_rows(self.submission, self.clock)

    @cached_property
    def people(self) -> tuple[str, ...]:
        """The names on the rolls of the workbook, without blanks; those of one character are left out."""
        rolls = (sheet for sheet in self.submission.scheme.sheets if sheet.form == "roll")
        names = (name for sheet in rolls for name in self.submission.values(sheet.name, sheet.role("name")) if name)
        return tuple(dict.fromkeys(name for name in map(without_space, names) if len(name) > 1))

    @cached_property
    def rectification(self) -> Rectification:
        """The sheet 问题整改."""
        return Rectification(
            tuple(
                sheet_rows(
                    self.submission, "mending", ("problem", "indicator", "cause", "measure", "person", "deadline", "state")
                )
            )
        )

    def finding(self, item: IndicatorResult) -> str:
        """Return what a self-check says of an indicator in a word."""
        return self._finding(item, FINDINGS)

    def progress(self, item: IndicatorResult) -> str:
        """Return what a mid-term report says of an indicator in a word."""
        return self._finding(item, PROGRESS)

    def _finding(self, item: IndicatorResult, words: dict[str, str]) -> str:
        """The word; what is only not filled in yet is no data, whether it is due or not."""
        if item.status == "进行中" and all(is_blank(self.submission, leaf) for leaf in item.leaves):
            return words["缺数据"]
        return finding(item, self.assessment.by_points, words)

    def lacking(self, item: IndicatorResult) -> tuple[IndicatorResult, ...]:
        """Return what an indicator lacks, but for what is only not filled in yet: that is no shortfall of anybody's."""
        known = self._lacking.get(item.indicator.id)
        if known is None:
            known = tuple(leaf for leaf in item.lacking if not is_blank(self.submission, leaf))
            self._lacking[item.indicator.id] = known
        return known

    def evidence_text(self, ids: Sequence[str]) -> str:
        """Return evidence numbers for a table cell, those that are registered: a typing error does not go to the superior."""
        registered = self._registered
        return evidence_text([name for name in ids if registered is None or evidence_key(name) in registered])

    @cached_property
    def _registered(self) -> set[str] | None:
        """The keys of the registered evidence; None where the sheet of them cannot be used."""
        sheet = self.scheme.by_use["evidence"]
        if not self.submission.locations[sheet.name].usable:
            return None
        return {evidence_key(name) for name in self.submission.values(sheet.name, sheet.role("id"))}


def sheet_rows(submission: Submission, use: str, roles: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of the sheet a scheme has for a use, each as its values by role; None where it has no such column."""
    sheet = submission.scheme.by_use.get(use)
    if sheet is None:
        return []
    columns = [submission.values(sheet.name, sheet.role(role)) for role in roles]
    return [dict(zip(roles, values, strict=True)) for values in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Rectification:
    """The rows of the sheet 问题整改: those about an indicator, and those that stand for themselves."""

    rows: tuple[Mapping[str, Any], ...]

    def about(self, indicator: s.Indicator) -> list[Mapping[str, Any]]:
        """Return the rows that name an indicator."""
        return [row for row in self.rows if row["indicator"] == indicator.id]

    def others(self, ids: Iterable[str]) -> list[Mapping[str, Any]]:
        """Return the rows that name none of these indicators."""
        named = set(ids)
        return [row for row in self.rows if row["indicator"] not in named]


def measure_text(row: Mapping[str, Any]) -> str:
    """Return a measure with who, until when and how far: 每学期召开会议（责任人：李测试；完成时限：2019年3月底；整改中）."""
    notes = [
        f"责任人：{row['person']}" if row["person"] else "",
        f"完成时限：{row['deadline']}" if row["deadline"] else "",
        row["state"] or "",
    ]
    bracketed = "；".join(note for note in notes if note)
    return clause(row["measure"]) + (f"（{bracketed}）" if bracketed else "")
