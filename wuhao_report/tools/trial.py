"""A draft scheme over existing workbooks (模拟测算): what changes for each committee and indicator, and what data is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Literal

from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.options import Options
from wuhao_report.core.problems import main_reason
from wuhao_report.evaluation.check import Outcome, check_books
from wuhao_report.evaluation.results import Assessment, IndicatorResult, Status
from wuhao_report.report.json_form import number
from wuhao_report.report.rendered import OUTPUT_FOLDER
from wuhao_report.sandbox.pool import run_all
from wuhao_report.tools.batch import Failure, OnProgress, failure_of
from wuhao_report.tools.find_workbooks import find_workbooks
from wuhao_report.workbook.reader import RawBook, read_book

Kind = Literal["newly-failed", "newly-missing", "newly-met", "other", "points", "added", "removed"]
KIND_WORDS: dict[Kind, str] = {
    "newly-failed": "新增未达标",
    "newly-missing": "新增资料暂缺",
    "newly-met": "新达标",
    "other": "结果变化",
    "points": "得分率变化",
    "added": "新增指标",
    "removed": "取消指标",
}


@dataclass(frozen=True)
class Change:
    """One indicator that comes out otherwise under the draft; `before` or `after` is None where it has no such indicator."""

    kind: Kind
    id: str
    title: str
    before: Status | None
    after: Status | None
    score: tuple[Fraction | None, Fraction | None] = (None, None)


@dataclass(frozen=True)
class Trial:
    """One workbook under its own scheme and under the draft."""

    workbook: Path
    unit: str
    scheme: str
    status: tuple[Status, Status]
    score: tuple[Fraction | None, Fraction | None]
    grade: tuple[str | None, str | None]
    changes: tuple[Change, ...]
    missing: tuple[str, ...]


@dataclass
class TrialResult:
    """Every workbook stands in exactly one of the three lists."""

    trials: list[Trial] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0: every workbook was assessed twice; 1: at least one was not."""
        return 1 if self.failed else 0

    def counts(self) -> list[tuple[str, str, Counter[Kind]]]:
        """Return for each indicator, in the order met, its id and title, and how many committees change in which way."""
        indicators: dict[str, tuple[str, Counter[Kind]]] = {}
        for trial in self.trials:
            for change in trial.changes:
                indicators.setdefault(change.id, (change.title, Counter()))[1][change.kind] += 1
        return [(name, title, counts) for name, (title, counts) in indicators.items()]

    def as_data(self) -> dict[str, Any]:
        """Return the plain data of `wuhao scheme try --json`."""
        return {
            "workbooks": [
                {
                    "workbook": str(trial.workbook),
                    "unit": trial.unit,
                    "scheme": trial.scheme,
                    "status": {"before": trial.status[0], "after": trial.status[1]},
                    "score": {"before": number(trial.score[0]), "after": number(trial.score[1])},
                    "grade": {"before": trial.grade[0], "after": trial.grade[1]},
                    "changes": [
                        {
                            "kind": item.kind,
                            "id": item.id,
                            "title": item.title,
                            "before": item.before,
                            "after": item.after,
                            "score": {"before": number(item.score[0]), "after": number(item.score[1])},
                        }
                        for item in trial.changes
                    ],
                    "missing": list(trial.missing),
                }
                for trial in self.trials
            ],
            "indicators": [
                {"id": name, "title": title, **{kind: counts[kind] for kind in KIND_WORDS}}
                for name, title, counts in self.counts()
            ],
            "failed": [{"workbook": str(item.workbook), "code": item.code, "message": item.message} for item in self.failed],
            "skipped": [{"file": str(path), "reason": reason} for path, reason in self.skipped],
        }


def try_scheme(
    draft: str, folder: Path, options: Options | None = None, on_progress: OnProgress | None = None, jobs: int = 1
) -> TrialResult:
    """Assess every workbook below `folder` (or that one file) twice: by the scheme it was filled for, and by the draft (id or file).

    `options` may set a stage or a date for the draft; `on_progress` is called after each workbook. Raises SchemeError for a broken
    draft. Nothing is written.
    """
    options = options or Options()
    result = TrialResult()
    paths = []
    for path, reason in [(folder, None)] if folder.is_file() else find_workbooks(folder, folder / OUTPUT_FOLDER):
        if reason:
            result.skipped.append((path, reason))
        else:
            paths.append(path)
    try_both: Callable[[list[Path]], Sequence[Trial | Failure | Exception]] = partial(try_all, draft, options)
    outcomes: Generator[Trial | Failure | Exception, None, None] = run_all(try_both, paths, jobs)
    with closing(outcomes) as results:
        for done, (path, outcome) in enumerate(zip(paths, results, strict=True), 1):
            if isinstance(outcome, Trial):
                result.trials.append(outcome)
            else:
                result.failed.append(outcome if isinstance(outcome, Failure) else failure_of(path, outcome))
            if on_progress:
                on_progress(done, len(paths), path)
    return result


def try_all(draft: str, options: Options, paths: Sequence[Path]) -> list[Trial | Failure]:
    """Assess workbooks by both schemes; whatever is wrong with one is a value."""
    read = [_read(path) for path in paths]
    books = [book for book in read if isinstance(book, RawBook)]
    pairs = zip(check_books(books), check_books(books, Options(draft, options.stage, options.as_of)), strict=True)
    return [_tried(path, *next(pairs)) if isinstance(book, RawBook) else book for path, book in zip(paths, read, strict=True)]


def _read(path: Path) -> RawBook | Failure:
    try:
        return read_book(path)
    except UnreadableWorkbook as error:
        return Failure(path, error.problem)


def _tried(path: Path, before: Outcome, after: Outcome) -> Trial | Failure:
    for outcome, which in ((before, "原方案"), (after, "草案")):
        if outcome.assessment is None:
            first = main_reason(outcome.problems)
            return Failure(path, first, f"按{which}不能评定：{first.message}")
    return _compared(path, before, after)


def _compared(path: Path, before: Outcome, after: Outcome) -> Trial:
    """Return what two outcomes of one workbook differ in; both must have an assessment."""
    old, new = before.assessment, after.assessment
    if old is None or new is None:
        raise ValueError("only two assessments can be compared")
    missing = tuple(f"{item.at.sheet}：{item.message}" for item in after.problems if item.kind.absent)
    same_scheme = before.scheme is not None and after.scheme is not None and before.scheme.id == after.scheme.id
    return Trial(
        path,
        after.unit or before.unit or path.stem,
        before.scheme.id if before.scheme else "",
        (old.status, new.status),
        (old.score, new.score),
        (old.grade, new.grade),
        tuple(_changes(old, new, same_scheme)),
        missing,
    )


def _key(item: IndicatorResult, same_scheme: bool) -> str:
    """Return what identifies an indicator: its id within one scheme, its title between two, for numbers are given anew."""
    return item.indicator.id if same_scheme else item.indicator.title


def _changes(old: Assessment, new: Assessment, same_scheme: bool) -> Iterator[Change]:
    before: dict[str, IndicatorResult] = {_key(item, same_scheme): item for item in old.indicators}
    for item in new.indicators:
        known = before.pop(_key(item, same_scheme), None)
        was = known.status if known else None
        points = (known.score if known else None, item.score)
        if was != item.status:
            yield Change(_kind(was, item.status), item.indicator.id, item.indicator.title, was, item.status, points)
        elif known is not None and _rate(known) != _rate(item):
            yield Change("points", item.indicator.id, item.indicator.title, was, item.status, points)
    for known in before.values():
        yield Change("removed", known.indicator.id, known.indicator.title, known.status, None, (known.score, None))


def _rate(item: IndicatorResult) -> Fraction | None:
    """Return the share of its full mark that an indicator earns: comparable where the full marks are not."""
    return item.score / item.full if item.score is not None and item.full else None


def _kind(before: Status | None, after: Status) -> Kind:
    if after == "未达标":
        return "newly-failed"
    if after == "缺数据":
        return "newly-missing"
    if before is None:
        return "added"
    return "newly-met" if after == "达标" else "other"
