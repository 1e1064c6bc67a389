"""What an administrator should know of a scheme that can be used: grades none of which is said to pass, stretches that no period covers."""

from __future__ import annotations

from collections.abc import Iterator

from wuhao_report.core.periods import Per, Span, uncounted
from wuhao_report.core.text import chinese_date
from wuhao_report.scheme.model import Phase, Scheme

NAMED = 5
"""So many indicators are named one by one."""


def cautions(scheme: Scheme) -> Iterator[str]:
    """Yield a sentence where no grade is said to pass, and one for each stretch of a phase that lies in no period of some kind."""
    grades = scheme.scoring.grades
    if grades and not any(grade.passes for grade in grades):
        yield f"没有写明从哪个等次起算达标，现在按“{grades[-1].title}”以外的等次都算达标。请在那个等次后面写明“达标”。"
    by_per: dict[Per, list[str]] = {}
    for item in scheme.items:
        if not item.parts:
            by_per.setdefault(item.per, []).append(item.id)
    for phase in scheme.phases:
        for per, ids in by_per.items():
            for span in uncounted(per, phase.span):
                yield _of_stretch(phase, per, span, ids)


def _of_stretch(phase: Phase, per: Per, span: Span, ids: list[str]) -> str:
    named = "、".join(ids[:NAMED]) + (f"等{len(ids)}项" if len(ids) > NAMED else "")
    return (
        f"阶段“{phase.title}”的{chinese_date(span.start)}至{chinese_date(span.end)}不属于任何一个要评的{per}，"
        f"这段时间的记录，按{per}评的指标（{named}）不计入。"
    )
