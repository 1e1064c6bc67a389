"""The worked examples of docs/指标计算.md and docs/ARITHMETIC.md, each tried on the program.

An example is a fenced block marked 例 or example, made of sections:

    指标 or indicator    an indicator of a scheme that comes with the program: the id of the scheme, that of the indicator
    规则 or rule         an indicator of the example's own: rows as a scheme in Excel has them, or TOML; it lives in the demonstration scheme
    设置 or settings     rows of the sheet 基本信息 of such a scheme, such as 等次
    报告 or report       the stage and the report date, where the example needs others than those of `PROFILES`
    名次 or place        the place among peers, once many workbooks have been seen
    the name of a sheet  its columns, then rows in the text form; required columns that are not shown are filled in
    得出 or gives        one result a row: a period with its value and verdict, or a word of `RESULTS` with what it must be
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import pytest

from tests.helpers import PROFILES, ROOT, judged, judged_by
from wuhao_report.core.periods import begun, phase_periods
from wuhao_report.evaluation.assessment import makeable
from wuhao_report.evaluation.check import Outcome
from wuhao_report.evaluation.ranking import basis_of, settled
from wuhao_report.evaluation.results import Assessment, IndicatorResult, PeriodResult
from wuhao_report.measures.counting import MeanPerYear
from wuhao_report.measures.kinds import MEASURES
from wuhao_report.report.wording.sentences import deductions
from wuhao_report.scheme import model as s
from wuhao_report.scheme.describe import value_text
from wuhao_report.scheme.excel import layout as lay
from wuhao_report.scheme.excel.reader import read_tables
from wuhao_report.scheme.excel.writer import basics_rows, table_rows, time_rows
from wuhao_report.scheme.lookup import find_scheme, scheme_table
from wuhao_report.scheme.read_indicators import AWARDS
from wuhao_report.scheme.read_scheme import parse_scheme
from wuhao_report.tables.codecs import Field
from wuhao_report.workbook.raw import RawValue
from wuhao_report.workbook.reader import RawBook, RawSheet
from wuhao_report.workbook.text_form import parse_book

DOCUMENTS = ("指标计算.md", "ARITHMETIC.md")
BED = "demo-rules"
SECTIONS = {"指标": "indicator", "规则": "rule", "设置": "settings", "报告": "report", "名次": "place", "得出": "gives"}
VERDICTS = {
    "达到": "met",
    "未达到": "not met",
    "期内": "pending",
    "无数据": "no data",
    "不适用": "skipped",
    "已到期": "finished",
    "未到期": "running",
}
WORDS = {
    "状态": "status",
    "得分": "score",
    "满分": "full",
    "扣分": "deduction",
    "佐证": "evidence",
    "加分": "bonus",
    "总分": "total",
    "等次": "grade",
    "方面等次": "head grade",
    "系数": "factor",
    "截至": "as of",
    "评到": "judged to",
    "进度自查": "progress check",
    "提醒": "problem",
    "方面": "head",
    "单位": "committee",
    "计分": "scored",
    "考评总分": "assessed",
    "已不可补": "too late",
    "显示": "shown",
}
"""The Chinese words of a result and what they are in the English document."""
FILLED = {"text": "略", "count": 1, "amount": 1, "month": "1950-01"}
Rows = list[list[RawValue]]


@dataclass
class Example:
    """One block: its sections by their English name or that of their sheet, each with the line it begins with and its rows."""

    document: str
    line: int
    heads: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, list[str]] = field(default_factory=dict)

    def rows(self, name: str) -> Rows:
        """The rows of a section, read as cells of the text form."""
        text = "\n".join(f"{number} | {line}" for number, line in enumerate(self.bodies[name], 1))
        return [list(row) for row in parse_book(f"[表]\n{text}").sheets[0].rows] if text else []

    def table(self, name: str) -> list[dict[str, RawValue]]:
        """Rows by the columns that the section begins with."""
        columns = [word.strip() for word in self.heads[name].split("|")]
        return [dict(zip(columns, row, strict=False)) for row in self.rows(name)]

    def words(self, name: str) -> list[str]:
        return re.split(r"[，,　\s]+", self.heads[name].strip())


def examples() -> Iterator[Example]:
    """Every block of both documents."""
    for name in DOCUMENTS:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        for block in re.finditer(r"^```(?:例|example)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            yield read_example(name, text.count("\n", 0, block.start()) + 1, block.group(1))


def read_example(document: str, line: int, text: str) -> Example:
    """The sections of a block; a line before the first one is a mistake."""
    example = Example(document, line)
    sheets = {sheet.name for name in PROFILES for sheet in find_scheme(name).sheets}
    known = {**SECTIONS, **{word: word for word in (*SECTIONS.values(), *sheets)}}
    current = ""
    for part in filter(None, map(str.strip, text.splitlines())):
        head = re.match(r"([^|：:]+)(?:[：:](.*))?$", part)
        if head and head.group(1).strip() in known and "=" not in head.group(1):
            current = known[head.group(1).strip()]
            assert current not in example.heads, f"{document}:{line}: {part} twice"
            example.heads[current], example.bodies[current] = head.group(2) or "", []
        else:
            assert current, f"{document}:{line}: {part}"
            example.bodies[current].append(part)
    return example


EXAMPLES = list(examples())


# The scheme, the workbook, the outcome


def scheme_of(example: Example) -> s.Scheme:
    """The scheme of the example, and the demonstration scheme with its own indicators where it has some."""
    if "rule" not in example.heads:
        return find_scheme(example.words("indicator")[0])
    return parse_scheme(by_excel(example) if example.heads["rule"].strip() else by_toml(example), "0")


def bed() -> dict[str, Any]:
    """The sheets, phase and stages of the demonstration scheme, without what it judges and tells."""
    apart = ("indicator", "head", "grade", "head_grade", "coefficient", "scoring", "figure", "milestone", "profile_text", "deed")
    return {key: value for key, value in scheme_table(BED).items() if key not in apart}


def by_toml(example: Example) -> dict[str, Any]:
    """Keys of one indicator, or whole [[indicator]] tables with what else a scheme may say."""
    given: dict[str, Any] = tomllib.loads("\n".join(example.bodies["rule"]), parse_float=Decimal)
    above: dict[str, Any] = {
        key: given.pop(key)
        for key in ("indicator", "head", "grade", "head_grade", "coefficient", "scoring", "phase", "stage", "deed")
        if key in given
    }
    items = [
        {"id": f"1.{number}", "title": f"第{number}项", **item}
        for number, item in enumerate(above.pop("indicator", None) or [given], 1)
    ]
    points = sum(item.get("points", 0) for item in items) or 20
    return {**bed(), "head": [{"id": "1", "title": "一个方面", "points": points}], **above, "indicator": items}


def by_excel(example: Example) -> dict[str, Any]:
    """The rows of the example as the sheets 指标 and 评分规则 of a scheme in Excel, read by its own reader."""
    inner = [header.header for header in lay.rule_headers()]
    outer = [header.header for header in lay.item_headers()]
    items: list[dict[str, Any]] = []
    rules: list[dict[str, Any]] = []
    for row in example.table("rule"):
        cells = {key: value for key, value in row.items() if value != ""}
        kind, main = cells.get("种类", "指标"), "位置" not in cells
        if main:
            items.append({"种类": kind, "编号": f"1.{len(items) + 1}", **{key: cells[key] for key in outer if key in cells}})
        rules.append(
            {
                "编号": items[-1]["编号"],
                **{key: cells[key] for key in inner if key in cells and not (main and key in outer and key != "名称")},
            }
        )
    points = sum(Fraction(item.get("满分", 0)) for item in items) or 20
    items.insert(0, {"种类": "方面", "编号": "1", "名称": "一个方面", "满分": float(points)})
    basics = {name: value for name, value, _ in basics_rows(bed()) if value is not None}
    for name, value in example.rows("settings") if "settings" in example.heads else ():
        basics[str(name)] = f"{basics[str(name)]}\n{value}" if name in basics else value
    table, faults = read_tables(
        RawBook(
            "方案.xlsx",
            "",
            (
                RawSheet(lay.BASICS, ((), (), ("项目", "内容"), *basics.items())),
                page(lay.TABLES, lay.table_headers(), list(table_rows(bed()))),
                page(lay.TIMES, lay.time_headers(), list(time_rows(bed()))),
                page(lay.ITEMS, lay.item_headers(), items),
                page(lay.RULES, lay.rule_headers(), rules),
                page(lay.WORDS, lay.sentence_headers(), []),
            ),
        )
    )
    assert faults == []
    return table


def page(name: str, headers: list[Field], rows: list[dict[str, Any]]) -> RawSheet:
    heads = [header.header for header in headers]
    return RawSheet(name, (tuple(heads), *(tuple(row.get(head, "") for head in heads) for row in rows)))


def filled(example: Example, scheme: s.Scheme) -> dict[str, Rows]:
    """The rows of the example's sheets with all their columns: required ones that it does not show are filled in."""
    sheets: dict[str, Rows] = {}
    for sheet in scheme.sheets:
        if sheet.name in example.heads and sheet.form != "pairs":
            shown = [word.strip() for word in example.heads[sheet.name].split("|")]
            assert set(shown) <= set(sheet.by_name), f"{example.document}:{example.line}: {sheet.name}"
            rest: dict[str, Any] = {
                column.name: column.choices[0] if column.choices else FILLED[column.type]
                for column in sheet.columns
                if column.required and column.name not in shown
            }
            sheets[sheet.name] = [
                [{**rest, **row}.get(column.name, "") for column in sheet.columns] for row in example.table(sheet.name)
            ]
    return sheets


def profile_of(example: Example, scheme: s.Scheme) -> dict[str, Any]:
    """What the example says of 基本信息: its stage and day, and cells of its own."""
    profile: dict[str, Any] = {}
    if "report" in example.heads:
        stage, day = example.words("report")[:2]
        profile = {"报告阶段": stage, "填报日期": date.fromisoformat(day)}
    name = scheme.by_use["profile"].name
    return {**profile, **(example.table(name)[0] if name in example.heads else {})}


def outcome_of(example: Example) -> Outcome:
    scheme = scheme_of(example)
    profile, sheets = profile_of(example, scheme), filled(example, scheme)
    outcome = judged_by(scheme, profile, **sheets) if "rule" in example.heads else judged(scheme.id, profile, **sheets)
    found = outcome.assessment
    if "place" in example.heads and found is not None and outcome.scheme is not None:
        places = {
            (name_of(example), period.period.label): int(example.heads["place"])
            for period in result_of(found, name_of(example)).periods
        }
        outcome = replace(
            outcome, assessment=settled(outcome.scheme, found.stage.title, found.clock.report_date, basis_of(found), places)
        )
    return outcome


def name_of(example: Example) -> str:
    return "1.1" if "rule" in example.heads else example.words("indicator")[1]


def result_of(found: Assessment, name: str) -> IndicatorResult:
    """An indicator, or a part or penalty of one."""
    for item in (*found.indicators, *found.bonuses):
        for one in (item, *item.parts, *item.penalties):
            if one.indicator.id == name:
                return one
    raise AssertionError(f"no indicator {name}")


# What it must give


def number(text: str) -> Fraction | bool | None:
    """—, 是, 否, 50%, 2/3, 1.5."""
    if text in ("—", "是", "否", "yes", "no"):
        return None if text == "—" else text in ("是", "yes")
    return Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


@dataclass(frozen=True)
class Given:
    """What a result is looked up in: the outcome, its assessment, the indicator the row is about."""

    outcome: Outcome
    found: Assessment
    one: IndicatorResult

    @property
    def deductions(self) -> list[tuple[Fraction | None, str]]:
        return (
            [(told.points, told.text) for told in deductions(self.outcome.scheme, self.found, self.one)]
            if self.outcome.scheme
            else []
        )


RESULTS: Mapping[str, Callable[[Given, list[str]], tuple[Any, Any]]] = {
    "status": lambda at, row: (at.one.status, row[0]),
    "score": lambda at, row: (at.one.score, number(row[0])),
    "full": lambda at, row: (at.one.full, number(row[0])),
    "deduction": lambda at, row: ((number(row[0]), row[1]) in at.deductions or at.deductions, True),
    "evidence": lambda at, row: ("、".join(at.one.evidence) or "—", row[0]),
    "bonus": lambda at, row: (at.one.bonus, number(row[0])),
    "total": lambda at, row: (at.found.score, number(row[0])),
    "grade": lambda at, row: (at.found.grade or "—", row[0]),
    "head grade": lambda at, row: (at.found.heads[0].grade or "—", row[0]),
    "factor": lambda at, row: (at.found.factor and at.found.factor.factor, number(row[0])),
    "as of": lambda at, row: (at.found.clock.as_of, day(row[0])),
    "judged to": lambda at, row: (at.found.clock.judged_to, day(row[0])),
    "progress check": lambda at, row: (not at.found.clock.in_time, number(row[0])),
    "problem": lambda at, row: (
        row[0] in [item.code for item in at.outcome.problems] or [item.code for item in at.outcome.problems],
        True,
    ),
    "head": lambda at, row: (next(head.status for head in at.found.heads if at.one in head.indicators), row[0]),
    "committee": lambda at, row: (at.found.status, row[0]),
    "scored": lambda at, row: (f"{at.found.scored}/{at.found.applicable}", row[0]),
    "assessed": lambda at, row: (at.found.assessed, number(row[0])),
    "too late": lambda at, row: (
        "、".join(
            item.period.label
            for item in at.one.periods
            if item.met is not True
            and at.outcome.scheme
            and not makeable(at.outcome.scheme, at.one, item, at.found.clock.report_date)
        )
        or "—",
        row[0],
    ),
    "shown": lambda at, row: (value_text(at.one.indicator, at.one.periods[-1].reading.value), row[0]),
}


def verdict(item: PeriodResult) -> str:
    return "met" if item.met else "not met" if item.met is False else "no data" if item.finished else "pending"


def check_period(found: Assessment, one: IndicatorResult, row: list[str]) -> None:
    """A period with its value and verdict, or with its days and whether it is finished."""
    label, value, word = row
    word = VERDICTS.get(word, word)
    periods = {item.period.label: item for item in one.periods}
    if word == "skipped":
        begun_ones = begun(phase_periods(one.indicator.per, found.clock.phase, found.clock.as_of), found.clock.as_of)
        assert label in {item.label for item in begun_ones} - set(periods), row
        return
    assert label in periods, (row, list(periods))
    item = periods[label]
    if word in ("finished", "running"):
        start, end = re.split(r"至| to ", value)
        assert (item.period.span.start, item.period.span.end, item.finished) == (day(start), day(end), word == "finished"), row
    else:
        assert (item.reading.value, verdict(item)) == (number(value), word), (row, item)


def results(example: Example) -> Iterator[tuple[str, str, list[str]]]:
    """The rows of what an example gives: the English word ("period" for a period), the indicator it is about, and the row."""
    for line in example.bodies["gives"]:
        row = [cell.strip() for cell in line.split("|")]
        first, _, name = row[0].partition(" ")
        word = row[0] if row[0] in RESULTS else WORDS.get(first, first)
        yield (word, name if word != row[0] else "", row) if word in RESULTS else ("period", "", row)


def check_example(example: Example) -> None:
    outcome = outcome_of(example)
    for word, name, row in results(example):
        if outcome.assessment is None:
            assert (word, row[1] in [item.code for item in outcome.problems]) == ("problem", True), row
            continue
        one = result_of(outcome.assessment, name or name_of(example))
        if word in RESULTS:
            found, wanted = RESULTS[word](Given(outcome, outcome.assessment, one), row[1:])
            assert found == wanted, row
        else:
            check_period(outcome.assessment, one, row)


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{item.document}-{item.line}" for item in EXAMPLES])
def test_an_example_is_what_the_program_does(example: Example) -> None:
    assert list(results(example))
    check_example(example)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_measure_and_award_has_an_example(document: Any) -> None:
    """Of each kind there is one that is worked out, in each document."""
    blocks = [example for example in EXAMPLES if example.document == document]
    items = [
        item
        for example in blocks
        for item in scheme_of(example).items
        if "rule" in example.heads or item.id.partition("-")[0] == name_of(example)
    ]
    measures = {type(item.measure) for item in items}
    measures |= {
        type(side) for item in items for side in (getattr(item.measure, name, None) for name in ("one", "other", "of")) if side
    }
    assert {s.Parts, *(measure for measure in MEASURES.values() if measure is not MeanPerYear)} - measures == set()
    assert set(get_args(s.Award)) - {type(item.award) for item in items} == set()
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    assert [kind for kind in MEASURES if f"`{kind}`" not in text and lay.KIND_WORDS[kind] not in text] == []
    assert [kind for kind in AWARDS if f"`{kind}`" not in text and lay.AWARD_WORDS[kind] not in text] == []


def kinds_of_row() -> dict[str, tuple[Example, list[str]]]:
    """One example for every word of a result and every verdict."""
    found: dict[str, tuple[Example, list[str]]] = {}
    for example in EXAMPLES:
        for word, _, row in results(example):
            found.setdefault(VERDICTS.get(row[2], row[2]) if word == "period" else word, (example, row))
    return found


def wrong(cell: str) -> str:
    """Another cell of the same kind."""
    if cell in ("是", "否", "yes", "no"):
        return "否" if cell in ("是", "yes") else "是"
    if re.match(r"\d{4}-", cell):
        return cell.replace("20", "19")
    return "987" if re.fullmatch(r"—|-?[\d./]+%?", cell) else "wrong"


@pytest.mark.parametrize("kind", [*RESULTS, *dict.fromkeys(VERDICTS.values())])
def test_a_wrong_example_fails(kind: str) -> None:
    """Each kind of row stands in an example, and is found out when it is wrong."""
    example, row = kinds_of_row()[kind]
    check_example(replace(example, bodies={**example.bodies, "gives": [" | ".join(row)]}))
    changed = [row[0], wrong(row[1]), *row[2:]] if kind != "skipped" else [row[0], row[1], "met"]
    with pytest.raises(AssertionError):
        check_example(replace(example, bodies={**example.bodies, "gives": [" | ".join(changed)]}))
