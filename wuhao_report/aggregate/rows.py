"""The lines of an aggregate: a committee that counts, with what has changed since its last report, and files that do not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from wuhao_report.aggregate.records.model import CommitteeRecord
from wuhao_report.aggregate.roster.model import Member
from wuhao_report.core.problems import Problem

UNDER_WAY = "进行中"
MOST_CHANGES = 5
"""The largest number of changed indicators that a sentence names."""


@dataclass(frozen=True)
class LastReport:
    """The result of a committee's last report, and what has changed since.

    `by_data` and `by_rules` are the points gained or lost through other data and through other rules; `changes` name the indicators
    whose status is another now, `due` those of them whose term has come since: what was under way then has an answer now.
    """

    report_date: date
    stage: str
    status: str
    score: float | None
    other_rules: bool
    by_data: float | None
    by_rules: float | None
    changes: tuple[str, ...]
    due: tuple[str, ...] = ()

    @property
    def change(self) -> float | None:
        """The points gained or lost in all; None where one of the two scores is not known."""
        return None if self.by_data is None or self.by_rules is None else self.by_data + self.by_rules


def compare_records(now: CommitteeRecord, before: CommitteeRecord) -> LastReport:
    """Return what has changed between two records of a committee.

    With the same rules every change is one of data. With other rules, the indicators that are calculated as before, for as many
    points, show what the data have changed; the rest is due to the rules.
    """
    other_rules = now.scheme_hash != before.scheme_hash
    earlier = {item.id: item for item in before.indicators}
    pairs = [(item, earlier[item.id]) for item in now.indicators if item.id in earlier]
    by_data = by_rules = None
    if now.score is not None and before.score is not None:
        whole = now.score - before.score
        comparable = sum(
            (
                new.score - old.score
                for new, old in pairs
                if new.rule_hash == old.rule_hash and new.full == old.full and new.score is not None and old.score is not None
            ),
            Fraction(0),
        )
        by_data, by_rules = (float(comparable), float(whole - comparable)) if other_rules else (float(whole), 0.0)
    changed = [(new, old) for new, old in pairs if new.status != old.status]
    changes, due = (
        tuple(f"{new.id} {new.title}：{old.status}→{new.status}" for new, old in some)
        for some in (changed, [(new, old) for new, old in changed if old.status == UNDER_WAY])
    )
    score = None if before.score is None else float(before.score)
    return LastReport(before.report_date, before.stage, before.status, score, other_rules, by_data, by_rules, changes, due)


@dataclass(frozen=True)
class Row:
    """One committee that counts: its record, its member of the roster, its place by points (ties share it).

    `shown` tells it from others of its name, where it is on no roster; `received` is the day of its file, or of the mail it came in.
    """

    record: CommitteeRecord
    member: Member | None
    place: int | None = None
    tied: bool = False
    late: bool = False
    last: LastReport | None = None
    shown: str = ""
    received: date | None = None

    @property
    def unit(self) -> str:
        """The name of the committee, as the roster writes it if it is there."""
        return self.member.unit if self.member else self.shown or self.record.unit

    @property
    def why_changed(self) -> str:
        """Why this result differs from the last, in Chinese: other data alone, or other rules as well."""
        last = self.last
        if last is None:
            return ""
        changes = _named(last.changes)
        if not last.other_rules:
            rest = [change for change in last.changes if change not in last.due]
            reasons = [f"有的时限已到{_named(last.due)}"] if last.due else []
            reasons += [f"{'其余' if last.due else ''}是资料的变化{_named(rest)}"] if rest or not last.due else []
            return f"方案没有变，{'，'.join(reasons)}"
        parts = (
            ""
            if last.by_data is None or last.by_rules is None
            else f"，升降中资料占 {last.by_data:+.2f} 分，方案占 {last.by_rules:+.2f} 分"
        )
        return f"方案也改过{parts}{changes}"


def _named(changes: Sequence[str]) -> str:
    return f"（{'、'.join(changes[:MOST_CHANGES])}{'等' if len(changes) > MOST_CHANGES else ''}）" if changes else ""


@dataclass(frozen=True)
class Superseded:
    """A file that does not count because its committee has sent another: `kept` is that one, or None where no choice can be made.

    `same`: every result, period and figure of both is the same.
    """

    file: str
    unit: str
    report_date: date
    kept: str | None
    kept_date: date
    same: bool = False

    @property
    def reason(self) -> str:
        """Why it does not count, in Chinese."""
        if self.kept is not None:
            same = "，两份的结果和数据完全相同" if self.same else ""
            return f"以“{self.kept}”（{self.kept_date.isoformat()}）为准{same}"
        if self.report_date == self.kept_date:
            return "同一天另有一份内容不同的，请指定以哪一份为准"
        return f"{self.kept_date.isoformat()}另有几份内容不同的，请指定以哪一份为准"


@dataclass(frozen=True)
class Excluded:
    """A file of a committee that is excluded by decision."""

    file: str
    unit: str
    reason: str
    person: str


@dataclass(frozen=True)
class NotAsked:
    """A file of another scheme, stage or year than the campaign asks for."""

    file: str
    unit: str
    stage: str
    report_date: date

    @property
    def reason(self) -> str:
        """Why it does not count, in Chinese."""
        return f"报告阶段是“{self.stage}”，填报日期是 {self.report_date.isoformat()}，不是这次要报的"


@dataclass(frozen=True)
class Failed:
    """A file without a result: the stable code and the message for the user."""

    file: str
    code: str
    message: str

    @classmethod
    def by(cls, file: str, problem: Problem) -> Failed:
        """Return the failure of a file by a problem, with what to do about it."""
        return cls(file, problem.code, problem.message + problem.hint)


@dataclass(frozen=True)
class Skipped:
    """A file that is not evaluated, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class Unlisted:
    """A committee that counts but is not on the roster, and the nearest name there that has not sent."""

    file: str
    unit: str
    near: str | None


@dataclass(frozen=True)
class Late:
    """A committee that counts but sent its workbook after the last day."""

    unit: str
    member: Member
    report_date: date
