"""The totals of a group of committees, by SQL over the tables of a run; what is exact stays exact.

Points and numbers are counted by their value in the database and added here as fractions, so that no sum is rounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from wuhao_report.aggregate.storage.database import Place, connect, single
from wuhao_report.aggregate.tables.exact import fraction
from wuhao_report.aggregate.totals import (
    LACKING,
    MOST_DEEDS,
    MOST_NAMED,
    MOST_REASONS,
    WHOLE,
    Changes,
    FigureTotals,
    IndicatorTotals,
    NotPassed,
    Tally,
    TellingDeed,
    Totals,
    tally_of,
)
from wuhao_report.core.periods import in_time

Entries = list[tuple[Any, ...]]
ZERO = Fraction(0)


def totals(place: Place, first: int, last: int) -> Totals:
    """Return the totals of the rows of a run with numbers from `first` to `last`."""
    with connect(place) as database:
        database.execute(
            """
            CREATE OR REPLACE TEMP TABLE own AS SELECT o.number, o.shown, o.result, o.last, m.kind, m.parent, m.region, c.status
            FROM run_order o JOIN committees c USING (result) LEFT JOIN run_members m USING (member) WHERE o.number BETWEEN ? AND ?""",
            (first, last),
        )
        return _Sums(database).totals()


class _Sums:
    """The queries over the rows of one group, which stand in the table `own`."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def _all(self, query: str) -> Entries:
        entries: Entries = self._database.execute(query).fetchall()
        return entries

    def totals(self) -> Totals:
        """Return all of them."""
        size, bonus, grades, last_day, by_points = single(
            self._database,
            """
            SELECT count(*), bool_or(bonus IS NOT NULL), bool_or(grade IS NOT NULL), max(report_date), bool_or(by_points)
            FROM own JOIN committees USING (result)""",
        )
        if type(last_day) is not date:
            raise ValueError("a day is wanted")
        return Totals(
            size,
            self._tally("own"),
            self._heads(),
            self._indicators(),
            self._figures(),
            self._changes(),
            self._tallies("coalesce(kind, '')"),
            self._tallies("coalesce(parent, '')"),
            self._regions(),
            bonus,
            grades,
            last_day,
            by_points,
            self._head_points(),
            self._not_passed(),
            self._deeds(),
            _sum_of(
                self._all(
                    "SELECT score, exact, count(*) FROM own JOIN committees USING (result) WHERE score IS NOT NULL GROUP BY ALL"
                )
            ),
        )

    def _tally(self, table: str) -> Tally:
        return tally_of(dict(self._all(f"SELECT status, count(*) FROM {table} GROUP BY status")))

    def _tallies(self, name: str) -> dict[str, Tally]:
        """Return a tally for each value of a column, in the order in which they come first."""
        entries = self._all(
            f"SELECT {name} AS name, status, count(*), min(min(number)) OVER (PARTITION BY name) AS first FROM own GROUP BY name, status "
            "ORDER BY first, min(number)"
        )
        return _by_name((name, status, many) for name, status, many, _ in entries)

    def _heads(self) -> tuple[tuple[str, str, Tally], ...]:
        entries = self._all(
            "SELECT h.head, h.status, count(*) FROM own JOIN heads h USING (result) GROUP BY h.head, h.status ORDER BY min(h.rowid)"
        )
        titles: dict[str, str] = dict(
            self._all(
                "SELECT head, arg_min(title, h.rowid) FROM own JOIN heads h USING (result) GROUP BY head ORDER BY min(h.rowid)"
            )
        )
        tallies = _by_name(entries)
        return tuple((name, title, tallies[name]) for name, title in titles.items())

    def _head_points(self) -> dict[str, tuple[Fraction, Fraction]]:
        points: dict[str, tuple[Fraction, Fraction]] = {}
        for name, score, full, said, many in self._all(
            "SELECT head, score, full_score, exact, count(*) FROM own JOIN heads USING (result) "
            "WHERE score IS NOT NULL AND full_score IS NOT NULL GROUP BY ALL ORDER BY ALL"
        ):
            had, whole = points.get(name, (ZERO, ZERO))
            points[name] = had + _times(many, "score", score, said), whole + _times(many, "full_score", full, said)
        return points

    def _indicators(self) -> tuple[IndicatorTotals, ...]:
        facts = self._all(
            "SELECT i.indicator, arg_min(i.title, i.rowid), arg_min(i.head, i.rowid), count(*) FILTER (i.score < i.full_score) "
            "FROM own JOIN indicators i USING (result) GROUP BY i.indicator ORDER BY min(i.rowid)"
        )
        tallies = _by_name(
            self._all(
                "SELECT i.indicator, i.status, count(*) FROM own JOIN indicators i USING (result) GROUP BY ALL ORDER BY ALL"
            )
        )
        lost: dict[str, Fraction] = {}
        for name, score, full, said, many in self._all(
            "SELECT indicator, score, full_score, exact, count(*) FROM own JOIN indicators USING (result) "
            "WHERE score IS NOT NULL AND full_score IS NOT NULL GROUP BY ALL ORDER BY ALL"
        ):
            lost[name] = lost.get(name, ZERO) + _times(many, "full_score", full, said) - _times(many, "score", score, said)
        losers = self._losers()
        causes: dict[str, str] = dict(
            self._all("""
                SELECT indicator, cause FROM (SELECT indicator, cause, count(*) AS many FROM own JOIN losses USING (result)
                WHERE cause <> '' GROUP BY ALL) QUALIFY row_number() OVER (PARTITION BY indicator ORDER BY many DESC, cause) = 1""")
        )
        ratios = self._ratios()
        return tuple(
            IndicatorTotals(
                name,
                title,
                head,
                tallies[name],
                lost.get(name, ZERO),
                losers.get(name, ()),
                ratios.get(name, ()),
                short,
                causes.get(name, ""),
            )
            for name, title, head, short in facts
        )

    def _losers(self) -> dict[str, tuple[str, ...]]:
        """Return, by indicator, the first committees that miss it."""
        lacking = ", ".join(f"'{status}'" for status in LACKING)
        return {
            name: tuple(units)
            for name, units in self._all(f"""
                SELECT indicator, list(shown ORDER BY number) FROM (
                    SELECT i.indicator, shown, number FROM own JOIN indicators i USING (result) WHERE i.status IN ({lacking})
                    QUALIFY row_number() OVER (PARTITION BY i.indicator ORDER BY number) <= {MOST_NAMED}) GROUP BY indicator""")
        }

    def _ratios(self) -> dict[str, tuple[tuple[str, Fraction, Fraction], ...]]:
        """Return, by indicator, the numerators and the denominators summed by period, in the order of time."""
        sums: dict[str, dict[str, tuple[Fraction, Fraction]]] = {}
        for name, label, top, bottom, said, many in self._all(
            "SELECT indicator, label, numerator, denominator, exact, count(*) FROM own JOIN periods USING (result) "
            "WHERE part = indicator AND numerator IS NOT NULL AND denominator IS NOT NULL GROUP BY ALL ORDER BY ALL"
        ):
            own = sums.setdefault(name, {})
            tops, bottoms = own.get(label, (ZERO, ZERO))
            own[label] = tops + _times(many, "numerator", top, said), bottoms + _times(many, "denominator", bottom, said)
        return {name: tuple((label, *own[label]) for label in sorted(own, key=in_time)) for name, own in sums.items()}

    def _figures(self) -> tuple[FigureTotals, ...]:
        facts = self._all("""
            SELECT figure, arg_min(title, f.rowid), arg_min(unit, f.rowid), arg_min(per, f.rowid), arg_min(adds, f.rowid)
            FROM own JOIN figures f USING (result) GROUP BY figure ORDER BY min(f.rowid)""")
        sums: dict[str, dict[str, tuple[Fraction, int]]] = {}
        for name, label, value, said, many in self._all(
            "SELECT figure, label, value, exact, count(*) FROM own JOIN figures USING (result) WHERE label IS NOT NULL GROUP BY ALL ORDER BY ALL"
        ):
            own = sums.setdefault(name, {})
            total, known = own.get(label, (ZERO, 0))
            own[label] = (total, known) if value is None else (total + _times(many, "value", value, said), known + many)
        return tuple(
            FigureTotals(name, title, unit, per, tuple((label, *own[label]) for label in sorted(own, key=in_time)), adds)
            for name, title, unit, per, adds in facts
            for own in (sums.get(name, {}),)
        )

    def _changes(self) -> Changes | None:
        """Return how those with a last report stand against it."""
        entries = self._all("""
            SELECT now.status, was.status, sign(now.score - was.score), now.scheme_hash <> was.scheme_hash, count(*)
            FROM own JOIN committees now ON now.result = own.result JOIN committees was ON was.result = own.last GROUP BY ALL""")
        before, after = Counter[str](), Counter[str]()
        up = down = other = 0
        for status, earlier, sign, other_rules, many in entries:
            before[earlier] += many
            after[status] += many
            up += many * (sign == 1)
            down += many * (sign == -1)
            other += many * other_rules
        return Changes(before.total(), up, down, other, tally_of(before), tally_of(after)) if entries else None

    def _regions(self) -> dict[str, dict[str, Tally]]:
        entries = self._all(f"""
            SELECT coalesce(region, '') AS region, '{WHOLE}' AS indicator, status, count(*), min(number) AS first FROM own GROUP BY region, status
            UNION ALL SELECT coalesce(region, ''), i.indicator, i.status, count(*), min(number) FROM own JOIN indicators i USING (result)
            GROUP BY region, i.indicator, i.status ORDER BY first, region, indicator""")
        regions: dict[str, list[tuple[str, str, int]]] = {}
        for region, indicator, status, many, _ in entries:
            regions.setdefault(region, []).append((indicator, status, many))
        return {name: _by_name(own) for name, own in regions.items()}

    def _not_passed(self) -> tuple[NotPassed, ...]:
        """Return who has not passed, the first so many, and what each has not reached."""
        lacking = ", ".join(f"'{status}'" for status in LACKING)
        return tuple(
            NotPassed(unit, tuple(reasons or ())[:MOST_REASONS])
            for _, unit, reasons in self._all(f"""
                WITH failed AS (SELECT number, shown, result FROM own WHERE status = '未达标' ORDER BY number LIMIT {MOST_NAMED}),
                     why AS (SELECT result, list(l.reason ORDER BY i.rowid) AS reasons FROM failed JOIN indicators i USING (result)
                             JOIN losses l USING (result, indicator) WHERE i.status IN ({lacking}) AND l.reason <> '' GROUP BY result)
                SELECT number, shown, reasons FROM failed LEFT JOIN why USING (result) ORDER BY number""")
        )

    def _deeds(self) -> tuple[TellingDeed, ...]:
        """Return the most telling deeds, each of another committee."""
        return tuple(
            TellingDeed(unit, deed)
            for unit, deed in self._all(f"""
                SELECT shown, deed FROM own JOIN committees USING (result) WHERE deed IS NOT NULL
                ORDER BY deed_told DESC, deed_people DESC, shown, number LIMIT {MOST_DEEDS}""")
        )


def _times(many: int, name: str, value: float, said: str | None) -> Fraction:
    return many * (fraction(name, value, said) or ZERO)


def _sum_of(scores: Entries) -> tuple[Fraction, int]:
    """Return the sum of scores, each with how many have it, and how many there are in all."""
    return sum((_times(many, "score", score, said) for score, said, many in scores), ZERO), sum(many for *_, many in scores)


def _by_name(entries: Iterable[tuple[Any, ...]]) -> dict[str, Tally]:
    counts: dict[str, dict[str, int]] = {}
    for name, status, many in entries:
        counts.setdefault(name, {})[status] = many
    return {name: tally_of(own) for name, own in counts.items()}
