"""An indicator system written in Excel: out and in again is the same, faults are told by sheet and cell, nothing is dropped."""

import re
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.budget import examples
from tests.helpers import ROOT, Run, changed
from wuhao_report.core.errors import SchemeError
from wuhao_report.measures.deadline import Deadline
from wuhao_report.measures.kinds import MEASURES
from wuhao_report.measures.target import TARGET_WORDS, TARGETS
from wuhao_report.scheme.excel import layout as lay
from wuhao_report.scheme.excel.writer import to_toml, to_workbook
from wuhao_report.scheme.lookup import built_in_schemes, find_scheme, read_scheme, scheme_table
from wuhao_report.scheme.model import Scheme
from wuhao_report.scheme.read_indicators import AWARDS, SENTENCES, SHAPES
from wuhao_report.scheme.read_scheme import parse_scheme
from wuhao_report.scheme.read_sheets import FORM_ROLES, USES
from wuhao_report.tables.codecs import read_list, read_where, write_list, write_where
from wuhao_report.tables.conditions import Condition

SCHEMES = [scheme.id for scheme in built_in_schemes()]


def content(scheme: Scheme) -> dict[str, Any]:
    """All a scheme says, without what identifies its file."""
    return {field.name: getattr(scheme, field.name) for field in fields(scheme) if field.name != "hash"}


def unordered(value: Any) -> Any:
    """The same with conditions as sets: they hold together, in whatever order they are written."""
    if is_dataclass(value):
        return (type(value).__name__, *(unordered(getattr(value, field.name)) for field in fields(value)))
    if isinstance(value, tuple | list):
        return (
            frozenset(map(repr, value))
            if value and all(isinstance(item, Condition) for item in value)
            else [unordered(item) for item in value]
        )
    return {key: unordered(item) for key, item in value.items()} if isinstance(value, dict) else value


def through_excel(table: Any) -> Scheme:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "方案.xlsx"
        path.write_bytes(to_workbook(table, "方案"))
        return read_scheme(path)


def through_toml(table: Any) -> Scheme:
    return parse_scheme(tomllib.loads(to_toml(table), parse_float=Decimal), "0")


@pytest.mark.parametrize(
    "name", ["demo-rules", *(pytest.param(name, marks=pytest.mark.slow) for name in SCHEMES if name != "demo-rules")]
)
def test_out_and_in_again_is_the_same(name: Any) -> None:
    table = scheme_table(name)
    assert content(through_excel(table)) == content(find_scheme(name))
    assert content(through_toml(table)) == content(find_scheme(name))


@pytest.mark.slow
def test_headers_may_have_blanks_and_line_ends_around_them(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    for page in book:
        for cell in page[lay.HEADER_ROW] if page.title != lay.BASICS else ():
            cell.value = f" {cell.value} \n" if cell.value else None
    book.save(written)
    assert read_scheme(written).indicators


def test_the_same_scheme_gives_the_same_bytes() -> None:
    assert to_workbook(scheme_table("demo-rules"), "方案") == to_workbook(scheme_table("demo-rules"), "方案")


def test_every_word_of_the_reader_has_a_word_in_excel() -> None:
    assert set(lay.KIND_WORDS) == set(MEASURES)
    assert set(lay.AWARD_WORDS) == set(AWARDS)
    assert set(TARGET_WORDS) == set(TARGETS)
    assert set(lay.SHAPE_WORDS) == {*SHAPES, "all", "change"}
    assert set(lay.SENTENCE_WORDS) >= set(SENTENCES)
    assert set(lay.USE_WORDS) == set(USES)
    assert set(lay.ROLE_WORDS) >= {role for roles in (*USES.values(), *FORM_ROLES.values()) for role in roles}
    for table in (lay.KIND_WORDS, lay.AWARD_WORDS, lay.ROLE_WORDS, lay.USE_WORDS, lay.SHAPE_WORDS, lay.SENTENCE_WORDS):
        assert len(set(table.values())) == len(table)
    for kind, measure in MEASURES.items():
        listed = {"each", "among", "columns", "posts", "where", "within", "one", "other", "of", "tables", "items", "event"}
        excel = {field.key for field in lay.MEASURE_FIELDS if not field.kinds or kind in field.kinds}
        assert set(measure.keys) - excel - listed == set(), kind
    for kind, (_, keys, _) in AWARDS.items():
        excel = {field.key for field in lay.AWARD_FIELDS if not field.kinds or kind in field.kinds} | {"tiers"}
        assert set(keys) <= excel, kind


# Generated schemes

SIGNS = '甲乙丙丁戊己庚ab1 、；=*"：≥>,（）“”-'
WORD = st.text(SIGNS, min_size=1, max_size=7).filter(lambda text: text == " ".join(text.split()) and text not in '*"')
WORDS = st.lists(WORD, min_size=2, max_size=4, unique=True)
POINTS = st.decimals("0.1", 9, places=1)


@st.composite
def schemes(draw: Any) -> Any:
    """The demonstration scheme with a log, a roll and indicators of every shape, their words full of the signs of the grammar."""
    text, choice, several, flag, number = draw(
        st.lists(WORD, min_size=5, max_size=5, unique_by=lambda word: word.strip("*（）() "))
    )
    kinds, more = draw(WORDS), draw(WORDS)
    log = {
        "name": "台账甲",
        "form": "log",
        "roles": {"date": "某日"},
        "columns": [
            {"name": "某日", "type": "date", "required": True},
            {"name": text, "type": "text"},
            {"name": choice, "type": "choice", "choices": kinds},
            {"name": several, "type": "choices", "choices": more},
            {"name": flag, "type": "flag"},
            {"name": number, "type": "count", "hint": draw(WORD)},
        ],
    }

    def where() -> dict[Any, Any]:
        options = {
            text: st.one_of(
                WORD, st.builds(lambda words: {"contains": words}, WORDS), st.booleans().map(lambda yes: {"filled": yes})
            ),
            choice: st.one_of(st.sampled_from(kinds), st.just(kinds)),
            several: st.sampled_from(more),
            flag: st.booleans(),
        }
        return {name: draw(options[name]) for name in draw(st.lists(st.sampled_from(list(options)), unique=True, max_size=3))}

    def measured() -> Any:
        count = {"kind": "count", "sheet": "台账甲", "where": where()}
        return draw(
            st.sampled_from(
                [
                    {
                        "measure": count,
                        "target": {"at_least": draw(st.integers(1, 9))},
                        "award": {"kind": "deduct", "each": draw(POINTS), "floor": 0},
                    },
                    {
                        "measure": {"kind": "distinct", "sheet": "台账甲", "column": several, "among": more},
                        "target": {"all": True},
                    },
                    {
                        "measure": {
                            "kind": "complete",
                            "items": [{"title": word, "sheet": "台账甲", "where": where()} for word in kinds],
                        }
                    },
                    {
                        "measure": {
                            "kind": "share",
                            "tables": [{"sheet": "台账甲", "within": where(), "where": where()}] * draw(st.integers(1, 2)),
                        },
                        "target": {"at_least": draw(st.decimals("0.01", 1, places=2))},
                        "award": {
                            "kind": "tiers",
                            "tiers": [{"at_least": draw(st.decimals("0.01", 1, places=2)), "points": draw(POINTS)}],
                            "otherwise": 0,
                        },
                    },
                    {
                        "measure": {
                            "kind": "ratio",
                            "one": count,
                            "other": {"kind": "sum", "sheet": "台账甲", "column": number, "where": where()},
                        },
                        "target": {"more_than": draw(st.decimals("0.01", 2, places=2))},
                        "stretch": {"text": draw(WORD), "at_least": 1},
                    },
                    {
                        "measure": {
                            "kind": "level",
                            "sheet": "台账甲",
                            "column": choice,
                            "values": {word: Decimal(at) / 4 for at, word in enumerate(kinds)},
                        },
                        "target": {"more_than": 0},
                        "award": {"kind": "earn", "each": draw(POINTS), "mean": draw(st.booleans())},
                    },
                    {
                        "measure": {"kind": "rank", "of": {"kind": "ratio", "one": count, "other": count}},
                        "per": "现状",
                        "target": {"at_most": 3},
                    },
                    {
                        "measure": {
                            "kind": "deadline",
                            "sheet": "台账甲",
                            "where": where(),
                            "within": draw(st.integers(0, 99)),
                            "event": {"sheet": "台账甲", "where": where()},
                        }
                    },
                    {"measure": {"kind": "change", "of": count, "rate": draw(st.booleans())}, "target": {"more_than": 0}},
                    {
                        "measure": {
                            "kind": "coverage",
                            "roll": "五老名册",
                            "within": {"四师": True},
                            "log": "台账甲",
                            "name": text,
                            "where": where(),
                            "at_least": 2,
                        },
                        "target": {"at_least": draw(st.decimals("0.01", 1, places=2))},
                    },
                ]
            )
        )

    indicators = []
    for number_ in range(1, draw(st.integers(2, 4))):
        item = {
            "id": f"1.{number_}",
            "title": draw(WORD),
            "per": "年",
            "points": 10,
            **measured(),
            "sentences": {"met": draw(WORD)},
        }
        if draw(st.booleans()):
            item["unless"] = {"二级党校": draw(st.booleans())}
        if draw(st.booleans()):
            item["penalties"] = [
                {
                    "title": draw(WORD),
                    "per": "现状",
                    "measure": {"kind": "count", "sheet": "台账甲", "where": where()},
                    "target": {"at_most": 0},
                    "award": {"kind": "deduct", "each": draw(POINTS)},
                    "sentences": {"short": draw(WORD)},
                }
            ]
        indicators.append(item)
    part = {"per": "年", "measure": {"kind": "count", "sheet": "台账甲", "where": where()}, "target": {"at_least": 1}}
    indicators.append(
        {
            "id": "1.9",
            "title": draw(WORD),
            "points": 10,
            "parts": [
                {"title": draw(WORD), "points": 5, **part},
                {"title": draw(WORD), "points": 5, **part, "sentences": {"none": draw(WORD)}},
            ],
        }
    )

    table = scheme_table("demo-rules")
    table["sheet"] = [*table["sheet"], log]
    table["head"] = [{"id": "1", "title": draw(WORD), "points": 10 * len(indicators)}]
    table["deed"] = [
        {"head": "1", "sheet": "台账甲", "sentence": "{时间}[，{某日}]", "title": text, "people": number, "where": where()}
    ]
    table["indicator"] = indicators
    table["scoring"]["veto_grade"] = "差"
    table["grade"] = [{"title": "优", "total": draw(POINTS), "heads": {"1": draw(POINTS)}}, {"title": "差"}]
    table["check"] = [{"sheet": "台账甲", "column": text, "where": where(), "require": where(), "text": draw(WORD)}]
    table["wording"] = {"count": {"met": draw(WORD)}, "change": {"up": "{名称}" + draw(WORD)}}
    return table


@pytest.mark.slow
@given(schemes())
@examples(8)
def test_generated_schemes_come_back_the_same(table: Any) -> None:
    scheme = parse_scheme(table, "0")
    assert content(through_excel(table)) == content(scheme)
    assert unordered(content(through_toml(table))) == unordered(content(scheme))  # TOML writes plain values before tables


@given(
    st.lists(WORD, max_size=5),
    st.dictionaries(WORD, st.one_of(WORD, st.booleans(), st.lists(WORD, min_size=2, max_size=3, unique=True))),
)
def test_lists_and_conditions_read_what_they_write(words: Any, where: Any) -> None:
    assert read_list(write_list(words)) == words
    assert read_where(write_where(where), [name for name, value in where.items() if isinstance(value, bool)]) == where


# Faults

FAULTS = [
    ("基本信息", "起始年", "不详", "“基本信息”表B7（起始年）", "不是数"),
    ("基本信息", "等次", "优秀：总分大于90\n差", "（等次）", "看不懂"),
    ("表格与栏目", ("会议", "会议类型", "类型"), "单项选择", "类型", "最接近的是“单选”"),
    ("表格与栏目", ("会议", "日期", "担任角色"), "日起", "担任角色", "最接近的是“日期”"),
    ("阶段", ("中期评估", "所属阶段"), "创健", "所属阶段", "最接近的是“创建”"),
    ("阶段", ("中期评估", "开始"), "六月", "开始", "不是日期"),
    ("指标", ("1.3", "周期"), "半月", "周期", "最接近的是“月”"),
    ("指标", ("1.3", "满分"), "很多", "满分", "不是数"),
    ("指标", ("1.3", "满分"), "4", "", "各指标满分之和是25"),
    ("评分规则", ("1.3", "算法"), "年度数字", "算法", "最接近的是“年度数”"),
    ("评分规则", ("1.3", "栏目"), "工作经弗", "栏目", "最接近的是“工作经费”"),
    ("评分规则", ("3.1", "条件"), "会议类型=例行会", "条件", "没有“例行会”"),
    ("评分规则", ("3.1", "条件"), "会议类别=例会", "条件", "最接近的是“会议类型”"),
    ("评分规则", ("3.1", "条件"), "例会", "条件", "要写成“栏目=内容”"),
    ("评分规则", ("3.1", "目标值"), None, "目标值", "不能空着"),
    ("评分规则", ("3.1", "姓名栏"), "姓名", "姓名栏", "不用填这一栏"),
    ("评分规则", ("3.1", "每个分值"), "-1", "每个分值", "应当大于 0"),
    ("评分规则", ("2.2", "档次"), "90%得5分", "档次", "要写成“≥90%：5”"),
    ("评分规则", ("2.3/分子", "工作表"), "会义", "工作表", "最接近的是“会议”"),
    ("评分规则", ("2.3/分子", "位置"), "分子1", "位置", "最接近的是“分子”"),
    ("评分规则", ("4.2/分项2", "位置"), "分项3", "位置", "这里应为分项2"),
    ("评分规则", ("1.3", "编号"), "1.33", "编号", "没有编号“1.33”"),
    ("基本信息", "等次", "优秀 总分≥90\n差", "（等次）", "名称后面要有冒号"),
    ("基本信息", "等次", "优秀：总分≥90%\n差", "（等次）", "看不懂"),
    ("基本信息", "等次", "优秀：方面1≥80%\n差", "（等次）", "看不懂"),
    ("基本信息", "等次", "优秀：总分≥90；总分≥10\n差", "（等次）", "写了两次"),
    ("基本信息", "等次", "合格：总分≥60\n优秀：总分≥90\n差", "（等次）", "由高到低"),
    ("基本信息", "名称", None, "（名称）", "不能空着"),
    ("表格与栏目", ("会议", "日期", "担任角色"), None, "（担任角色）", "缺少角色“日期”"),
    ("指标", ("1.3", "满分"), None, "（满分）", "这一项也要写"),
    ("指标", ("1.2", "编号"), "1.1", "（编号）", "“1.1”重复了"),
    ("评分规则", ("2.3/分母", "位置"), "分子/分子/分子/分子/分子/分子", "（位置）", "太深"),
    ("评分规则", ("2.3/分母", "位置"), "分项99999999999999999999999", "（位置）", "从1起依次编号"),
    ("评分规则", ("1.3", "名称"), "别的名称", "（名称）", "不一致"),
    ("评分规则", ("2.2", "目标值"), "95", "", "写了目标值，也要写目标"),
    ("语句", ("3.3", "对象"), "3.4/分项9", "（对象）", "没有“3.4/分项9”"),
    ("语句", ("3.3", "对象"), "3.4/分项" + "9" * 5000, "（对象）", "没有“3.4/分项"),
    ("语句", ("3.3", "对象"), "3.4/", "（对象）", "没有“3.4/”"),
    ("语句", ("3.3", "语句"), "达标了", "语句", "最接近的是“达标”"),
    ("语句", ("3.3", "内容"), "{期间}缺席", "内容", "没有占位词{期间}"),
]


def find_cell(page: Any, name: Any) -> Any:
    """The cell of 项目, or of the row that begins so and of the column named."""
    headers = {cell.value: cell.column for cell in page[lay.HEADER_ROW]}
    if isinstance(name, str):
        return next(page.cell(row[0].row, 2) for row in page.iter_rows() if row[0].value == name)
    *keys, header = name
    for row in page.iter_rows(min_row=lay.HEADER_ROW + 1):
        values = [str(cell.value) for cell in row if cell.value is not None]
        wanted = keys[0].split("/") if page.title == lay.RULES else keys
        own = (
            [str(page.cell(row[0].row, headers[name]).value) for name in ("编号", "位置")] if page.title == lay.RULES else values
        )
        if all(key in own for key in wanted) and (page.title != lay.RULES or len(wanted) == 2 or own[1] in ("None", "")):
            return page.cell(row[0].row, headers[header])
    raise AssertionError(name)


@pytest.fixture(scope="module")
def exported() -> Any:
    return to_workbook(scheme_table("demo-rules"), "演示")


@pytest.fixture(scope="module")
def loaded(exported: bytes) -> Any:
    """The exported workbook, opened once: to open it takes longer than all else that a test does."""
    return openpyxl.load_workbook(BytesIO(exported))


@contextmanager
def changed_cell(book: Any, sheet: str, name: Any, value: Any, kind: str = "") -> Iterator[Any]:
    """Give the cell with another value, and put back what was in it."""
    cell = find_cell(book[sheet], name)
    before, before_kind, shown = cell.value, cell.data_type, cell.number_format
    cell.value = value
    if kind:
        cell.data_type = kind
    try:
        yield cell
    finally:
        cell.value, cell.data_type, cell.number_format = before, before_kind, shown


@pytest.fixture
def written(exported: Any, tmp_path: Path) -> Path:
    path = tmp_path / "方案.xlsx"
    path.write_bytes(exported)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sheet", "name", "value", "place", "told"), FAULTS, ids=[f"{fault[0]} {fault[1]} {fault[2]}" for fault in FAULTS]
)
def test_faults_name_sheet_cell_and_the_nearest_word(
    loaded: Any, tmp_path: Path, sheet: Any, name: Any, value: Any, place: Any, told: Any
) -> None:
    written = tmp_path / "方案.xlsx"
    with changed_cell(loaded, sheet, name, value) as cell:
        loaded.save(written)
    with pytest.raises(SchemeError) as caught:
        read_scheme(written)
    text = str(caught.value)
    assert told in text
    assert place in text
    if place:
        assert f"“{sheet}”表{cell.coordinate}" in text


FREE = [("基本信息", "名称"), ("表格与栏目", ("会议", "日期", "栏目"))]
"""Cells that take any text, so also a number, a date or yes written as one."""
STRICT = [
    ("基本信息", "等次"),
    ("阶段", ("中期评估", "开始")),
    ("指标", ("1.3", "编号")),
    ("评分规则", ("1.3", "名称")),
    ("评分规则", ("1.3", "编号")),
    ("评分规则", ("2.3/分子", "位置")),
    ("语句", ("3.3", "对象")),
]
ODD = ["#N/A", 10**14, -1, True, "x" * 40000, date(2024, 5, 1)]
SENTENCE = re.compile(r"“[^”]+”表[A-Z]+[0-9]+（[^）]+）：.+。", re.DOTALL)
"""A fault: its sheet, its cell, what the cell is called, and what is wrong with it."""


@pytest.mark.slow
@pytest.mark.parametrize(("sheet", "name"), [*FREE, *STRICT])
@pytest.mark.parametrize("value", ODD, ids=lambda value: str(value)[:10])
def test_an_odd_cell_is_taken_as_text_or_told_in_sentences_that_name_it(
    loaded: Any, tmp_path: Path, sheet: str, name: Any, value: Any
) -> None:
    """An error value, a number, a date or a very long text where it is not expected."""
    written = tmp_path / "方案.xlsx"
    with changed_cell(loaded, sheet, name, value, "e" if value == "#N/A" else ""):
        loaded.save(written)
    if (isinstance(value, int | date) and (sheet, name) in FREE) or (isinstance(value, date) and sheet == "阶段"):
        assert read_scheme(written).id == "demo-rules"
        return
    with pytest.raises(SchemeError) as caught:
        read_scheme(written)
    assert [line for line in str(caught.value).split("\n") if not SENTENCE.fullmatch(line)] == []


def test_nothing_written_is_dropped_in_silence(written: Path) -> None:
    """A second line of an item, a column twice, a cell under no header, a sheet twice, an item twice: each is told."""
    book = openpyxl.load_workbook(written)
    basics, items = book["基本信息"], book["指标"]
    last = basics.max_row
    basics.cell(last + 1, 2).value = "第二行依据"
    basics.cell(last + 2, 1).value = "名称"
    basics.cell(last + 2, 2).value = "又一个名称"
    items.cell(lay.HEADER_ROW, 30).value = "名称"
    items.cell(lay.HEADER_ROW + 1, 40).value = "多出来的"
    book.copy_worksheet(book["语句"]).title = "语句 "
    book.save(written)
    with pytest.raises(SchemeError) as caught:
        read_scheme(written)
    text = str(caught.value)
    assert [
        part for part in ("左边没有写是哪一项", "写了两次", "“名称”一栏有两个", "没有表头", "有两张“语句”表") if part not in text
    ] == []


def test_rows_may_stand_in_any_order(written: Path) -> None:
    """A numerator above its main row is the same rule."""
    book = openpyxl.load_workbook(written)
    page = book["评分规则"]
    headers = {cell.value: cell.column for cell in page[lay.HEADER_ROW]}
    main = find_cell(page, ("2.3", "编号")).row
    first, second = ([page.cell(row, at).value for at in range(1, len(headers) + 1)] for row in (main, main + 1))
    for row, values in ((main, second), (main + 1, first)):
        for at, value in enumerate(values, 1):
            page.cell(row, at).value = value
    book.save(written)
    assert content(read_scheme(written)) == content(find_scheme("demo-rules"))


@pytest.mark.slow
def test_a_broken_workbook_in_the_folder_of_schemes_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    book = openpyxl.load_workbook(BytesIO(to_workbook(scheme_table("demo-rules"), "演示")))
    cell = find_cell(book["评分规则"], ("1.3", "名称"))
    cell.value, cell.data_type = "#N/A", "e"
    book.save(tmp_path / "坏.xlsx")
    monkeypatch.setenv("WUHAO_SCHEMES", str(tmp_path))
    assert run("scheme", "list").exit_code == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda table: table["phase"][0].update(end=date(9999, 12, 31)), "1950 年至 2200 年"),
        (lambda table: table.update(note="甲\x07"), "看不见的控制字符"),
        (lambda table: table["figure"][2].update(id="1.1"), "“1.1”重复了"),
        (lambda table: table["indicator"][0].update(id="通用"), "不能含"),
        (lambda table: table["indicator"][0].update(id="1/1", head="1"), "不能含"),
        (lambda table: table["grade"][0].update(title="优：秀"), "等次的名称"),
        (lambda table: table["indicator"][20].update(penalties=table["indicator"][12]["penalties"]), "不能有扣分项"),
        (lambda table: table["indicator"][22].update(coefficient="规模系数"), "不能有扣分项、系数"),
        (
            lambda table: table["indicator"][16]["parts"][0].update(penalties=table["indicator"][12]["penalties"]),
            "有扣分项的分项要写满分",
        ),
        (lambda table: table["indicator"][14]["measure"]["values"].update(D=-1), "不能是负数"),
        (lambda table: table["phase"][0].update(end=date(2024, 12, 31)), "永远评不到"),
        (lambda table: table["sheet"].pop(1), "没有用途为“年度数据”（years）的工作表"),
    ],
)
def test_what_could_never_work_is_refused(change: Any, told: str) -> None:
    with pytest.raises(SchemeError) as caught:
        changed("demo-rules", change)
    assert told in str(caught.value)


def test_all_faults_are_told_at_once(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    find_cell(book["指标"], ("1.3", "周期")).value = "半月"
    find_cell(book["评分规则"], ("3.1", "算法")).value = "次树"
    del book["阶段"]
    book.save(written)
    with pytest.raises(SchemeError) as caught:
        read_scheme(written)
    assert [part for part in ("半月", "次树", "缺少工作表“阶段”") if part in str(caught.value)] == [
        "半月",
        "次树",
        "缺少工作表“阶段”",
    ]


def test_faults_of_every_layer_are_told_at_once(written: Path) -> None:
    """A cell that cannot be read, a condition that does not hold together, and points that do not add up."""
    book = openpyxl.load_workbook(written)
    find_cell(book["指标"], ("1.3", "周期")).value = "半月"
    find_cell(book["评分规则"], ("3.1", "条件")).value = "会议类别=例会"
    find_cell(book["评分规则"], ("2.2", "计分方式")).value = None
    find_cell(book["评分规则"], ("2.3/分母", "编号")).value = "1.1"
    book.save(written)
    with pytest.raises(SchemeError) as caught:
        read_scheme(written)
    text = str(caught.value)
    assert [part for part in ("没有“半月”", "没有“会议类别”", "计分方式要选“分档”", "缺少“分母”") if part not in text] == []


@pytest.mark.parametrize(("typed", "read"), [("3月31日", "03-31"), ("3-31", "03-31"), (date(2024, 12, 20), "12-20")])
def test_a_day_of_the_year_as_people_type_it(written: Path, typed: Any, read: str) -> None:
    book = openpyxl.load_workbook(written)
    find_cell(book["评分规则"], ("1.4", "期限日")).value = typed
    find_cell(book["评分规则"], ("3.1", "目标值")).value = "2次"
    book.save(written)
    measure = next(item.measure for item in read_scheme(written).indicators if item.id == "1.4")
    assert isinstance(measure, Deadline)
    assert (measure.month, measure.day) == tuple(int(part) for part in read.split("-"))


@pytest.mark.slow
def test_a_new_indicator_needs_nothing_but_its_rule(written: Path, run: Run, tmp_path: Path) -> None:
    """Typed as people type: numbers as numbers, a percentage as Excel has it, no sentence, no unit, no requirement."""
    book = openpyxl.load_workbook(written)
    rows: tuple[tuple[str, dict[str, Any]], ...] = (
        ("指标", {"种类": "指标", "编号": "1.6", "名称": "谈心谈话", "满分": 2, "周期": "学期"}),
        (
            "评分规则",
            {
                "编号": "1.6",
                "算法": "次数",
                "工作表": "四师履职",
                "目标": "不少于",
                "目标值": 3,
                "计分方式": "扣分",
                "每个分值": 0.5,
            },
        ),
    )
    for sheet, values in rows:
        page = book[sheet]
        headers = {cell.value: cell.column for cell in page[lay.HEADER_ROW]}
        row = next(number for number in range(lay.HEADER_ROW + 1, 500) if not page.cell(number, 1).value)
        for header, value in values.items():
            page.cell(row, headers[header]).value = value
    find_cell(book["指标"], ("方面", "1", "满分")).value = 28
    find_cell(book["评分规则"], ("2.3", "目标值")).value = 0.9
    book.save(written)
    scheme = read_scheme(written)
    item = next(item for item in scheme.indicators if item.id == "1.6")
    assert item.requirement == "每学期开展“谈心谈话”不少于3次"
    assert next(item for item in scheme.indicators if item.id == "2.3").target.value == Decimal("0.9")
    sample = ROOT / "sample_workbooks" / "09_演示单位_二十种规则.xlsx"
    found = run("check", sample, "--scheme", written)
    assert found.exit_code == 0
    made = run("report", sample, "--scheme", written, "-o", tmp_path / "报告")
    assert made.exit_code == 0
    blank = run("new", "--scheme", written, "--unit", "测试", "-o", tmp_path / "空.xlsx")
    assert blank.exit_code == 0


@pytest.mark.slow
def test_an_exported_scheme_is_checked_and_read_again(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "我的 方案.xlsx"
    assert run("scheme", "export", "district-2026", path).exit_code == 0
    assert run("scheme", "export", "district-2026", path).exit_code == 2
    assert run("scheme", "export", "district-2026", path, "--force").exit_code == 0
    assert run("scheme", "check", path).stdout.startswith("可以使用")
    assert run("scheme", "export", path, tmp_path / "方案.toml").exit_code == 0
    assert content(read_scheme(tmp_path / "方案.toml")) == content(find_scheme("district-2026"))
    assert run("scheme", "export", "district-2026", tmp_path / "方案.docx").exit_code == 2
    committee = ROOT / "sample_workbooks" / "04_测试嘎查村_2024年自查.xlsx"
    wrong = run("scheme", "check", committee)
    assert wrong.exit_code == 2
    assert "不是方案工作簿" in wrong.stderr
    data = [
        run("check", ROOT / "sample_workbooks" / "08_测试街道_年终自查_按分值.xlsx", "--json", *more).stdout
        for more in ((), ("--scheme", str(path)))
    ]
    assert data[0] == data[1]


@pytest.mark.slow
def test_a_scheme_in_the_folder_of_schemes_may_be_a_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    (tmp_path / "本地.xlsx").write_bytes(to_workbook({**scheme_table("district-2026"), "id": "local-1"}, "本地"))
    (tmp_path / "~$本地.xlsx").write_bytes(b"")
    monkeypatch.setenv("WUHAO_SCHEMES", str(tmp_path))
    assert "local-1" in run("scheme", "list").stdout
    assert find_scheme("local-1").id == "local-1"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda table: table["indicator"][0].pop("points"), "indicator[1.1] → points"),
        (lambda table: table["indicator"][0].update(points=0), "应当大于 0"),
        (lambda table: table["indicator"][0].update(id="1-1"), "不能含“-”"),
        (lambda table: table["indicator"][15]["parts"][0].pop("points"), "要么都写分值"),
        (lambda table: table["indicator"][15].update(points=9), "各分项之和（8）"),
        (lambda table: table["indicator"][15].update(award={"kind": "full"}), "按分项相加"),
        (lambda table: table["indicator"][18].update(per="年"), "只能是“现状”"),
        (lambda table: table["indicator"][20].update(points=5), "加分项不写满分"),
        (lambda table: table["indicator"][20].update(award={"kind": "full"}, target={"at_least": 1}), "加分项不写满分"),
        (lambda table: table["indicator"][21].pop("measure"), "要写且只写一个：算法（measure）或分项（parts）"),
        (lambda table: table["indicator"][22].update(points=5), "一票否决"),
        (lambda table: table["indicator"][6]["award"]["tiers"][0].update(points=7), "超过了满分6"),
        (lambda table: table["indicator"][9]["award"].update(floor=7), "最低分超过了满分6"),
        (lambda table: table["indicator"][3]["measure"].update(due="02-30"), "月-日"),
        (lambda table: table["indicator"][3].update(per="现状"), "第几年"),
        (lambda table: table["indicator"][4]["measure"].update(within=-1), "天数"),
        (lambda table: table["indicator"][14]["measure"].update(values={}), "至少要写一个词"),
        (lambda table: table["indicator"][14]["measure"]["values"].update(E=1), "没有“E”"),
        (lambda table: table["indicator"][12]["penalties"][0].update(award={"kind": "full"}), "deduct"),
        (lambda table: table["grade"][-1].update(total=10), "最后一个等次"),
        (lambda table: table["grade"][2].pop("total"), "没有分数线"),
        (lambda table: table["grade"][0].update(total=70), "由高到低"),
        (lambda table: (table["scoring"].pop("bonus_counts"), table["grade"][0].update(total=900)), "超过了满分100"),
        (lambda table: table["scoring"].update(veto_grade="差"), "没有“差”"),
        (lambda table: table["indicator"][6]["award"]["tiers"].reverse(), "永远用不上"),
        (lambda table: table["indicator"][6].update(target={"at_least": 95}), "9500%"),
        (lambda table: table["indicator"][14]["measure"]["values"].pop("D"), "选项“D”没有写是多少"),
        (lambda table: table["indicator"][14]["award"].update(each=50), "最高一等得50分"),
        (lambda table: table["indicator"][7]["measure"].pop("other"), "缺少“分母”（other）"),
        (lambda table: table["sheet"][4]["roles"].pop("date"), "缺少角色“日期”（date）"),
        (lambda table: table["head_grade"][-1].update(at_least=10), "最后一个等次"),
        (lambda table: table["scoring"].update(coefficient="规模"), "最接近的是“规模系数”"),
        (lambda table: table["indicator"][0].update(coefficient="规模"), "最接近的是“规模系数”"),
        (lambda table: table["coefficient"][0].update(otherwise=-1), "不能是负数"),
        (lambda table: table["head"][0].update(points=27), "各指标满分之和是26"),
        (lambda table: table["grade"][1]["heads"].update({"9": 1}), "没有“9”"),
        (lambda table: table["indicator"][5].update(counts="bonsu"), "最接近的是“bonus”"),
        (
            lambda table: table["indicator"][5]["measure"].update(
                kind="change", of={"kind": "flag", "sheet": "年度数据", "column": "计划"}
            ),
            "得出一个数",
        ),
        (lambda table: table["indicator"][0].update(measure={"kind": "column", "column": "工作经费"}), "要写目标"),
    ],
)
def test_points_that_contradict_each_other_are_refused(change: Any, told: str) -> None:
    with pytest.raises(SchemeError) as caught:
        changed("demo-rules", change)
    assert told in str(caught.value)


def test_faults_of_several_indicators_are_told_together() -> None:
    def change(table: Any) -> None:
        table["indicator"][0]["measure"]["column"] = "纳入"
        table["indicator"][2]["per"] = "每年"

    with pytest.raises(SchemeError) as caught:
        changed("demo-rules", change)
    assert "indicator[1.1]" in str(caught.value)
    assert "indicator[1.3]" in str(caught.value)
