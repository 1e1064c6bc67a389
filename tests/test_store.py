"""结果库: what has not changed is not read again, last results give the change and its cause, and a store is never trusted."""

import dataclasses
import gzip
import io
import json
import math
import shutil
import sqlite3
import zlib
from contextlib import closing
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.document_text import document_text
from tests.helpers import ROOT, SAMPLES, Run
from tests.rolled import aggregate, rows_of
from tests.rolled import record as rolled_record
from wuhao_report.aggregate import run as module
from wuhao_report.aggregate.gathering import intake
from wuhao_report.aggregate.records.model import CommitteeRecord, HeadRecord
from wuhao_report.aggregate.records.recording import evaluate_all
from wuhao_report.aggregate.run import aggregate_folder
from wuhao_report.aggregate.storage import known, ledger
from wuhao_report.aggregate.storage.database import VERSION, insert
from wuhao_report.aggregate.storage.earlier import record_of_bytes as earlier_record
from wuhao_report.aggregate.storage.earlier import record_of_text
from wuhao_report.aggregate.storage.store import NAME
from wuhao_report.aggregate.tables.exact import NotARecord
from wuhao_report.aggregate.tables.rows import from_json, record_of_rows, tables_of, to_json
from wuhao_report.aggregate.tables.schema import BY_NAME, COMMITTEES
from wuhao_report.core.options import Options
from wuhao_report.evaluation.ranking import Basis, FactorBasis
from wuhao_report.scheme.lookup import find_scheme

EARLIER = Path(__file__).parent / "data" / "earlier"
GOOD, DEMO = "04_测试嘎查村_2024年自查.xlsx", "09_演示单位_二十种规则.xlsx"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("here")]


def filled(
    folder: Path, name: Any, unit: Any, day: Any = date(2024, 8, 20), stage: str = "2024年自查", meetings: bool = True
) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(workbook(unit, day, stage, meetings))


@cache
def workbook(unit: Any, day: Any, stage: str, meetings: bool) -> bytes:
    """The sample as another committee's, of another day or stage, or without its meetings."""
    book = openpyxl.load_workbook(SAMPLES / GOOD)
    empty = None if meetings else "会议"
    for row in book["基本信息"].iter_rows(min_row=4):
        for key, value in (("单位名称", unit), ("填报日期", day), ("报告阶段", stage), ("无记录的表", empty)):
            if row[0].value.startswith(key):
                row[1].value = value
    if not meetings:
        book["会议"].delete_rows(4, 50)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "来件"
    filled(place, "东.xlsx", "测试东村")
    filled(place, "西.xlsx", "测试西村", meetings=False)
    return place


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_a_record_survives_as_rows(path: Path) -> None:
    record = evaluate_one(path, "甲.xlsx")
    rows = tables_of(record).rows
    assert record_of_rows("甲.xlsx", rows) == record
    assert from_json(to_json(rows)) == rows


@given(st.fractions() | st.fractions(-1000, 1000, max_denominator=12) | st.booleans() | st.none())
def test_a_number_survives_as_a_double_with_what_is_said_beside_it(value: Fraction | bool | None) -> None:
    head = HeadRecord("1", "甲", "达标", value if isinstance(value, Fraction) else None, None)
    record = dataclasses.replace(rolled_record("甲"), heads=(head,))
    assert record_of_rows("甲.xlsx", tables_of(record).rows) == record
    factor = FactorBasis("k", value, Fraction(1, 3))
    record = dataclasses.replace(rolled_record("甲"), basis=Basis((), (factor,)))
    assert record_of_rows("甲.xlsx", tables_of(record).rows) == record


COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "VARCHAR": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    "DOUBLE": st.one_of(st.floats(allow_nan=False), st.integers(-(2**53), 2**53)),
    "INTEGER": st.integers(-(2**31), 2**31 - 1),
    "UBIGINT": st.integers(0, 2**64 - 1),
    "BOOLEAN": st.booleans(),
    "DATE": st.dates(),
}
"""What may stand in the columns of a store, by their type."""


@pytest.mark.parametrize("kind", COLUMNS)
@given(data=st.data())
def test_a_column_is_kept_as_it_is(kind: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.one_of(st.none(), COLUMNS[kind]), min_size=1, max_size=8))
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE kept (number INTEGER, value {kind})")
        insert(connection, "kept", ("number", "value"), list(enumerate(values)))
        assert [value for _, value in connection.execute("FROM kept ORDER BY number").fetchall()] == values


def test_one_text_among_very_many_empty_cells_is_kept() -> None:
    rows = [(number, "测试" if number == 54_321 else None) for number in range(60_000)]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE kept (number INTEGER, value VARCHAR)")
        insert(connection, "kept", ("number", "value"), rows)
        assert connection.execute("SELECT number, value FROM kept WHERE value IS NOT NULL").fetchall() == [(54_321, "测试")]


def test_only_what_a_double_cannot_say_is_said_beside_it() -> None:
    """0.1 is written as 0.1; a third has no end."""
    rows = [
        tables_of(dataclasses.replace(rolled_record("甲"), score=score)).rows["committees"][0]
        for score in (Fraction(1, 10), Fraction(1, 3))
    ]
    at = COMMITTEES.names.index("exact")
    assert [row[at] for row in rows] == [None, "score=1/3"]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("committees", "score", "many"),
        ("committees", "score", math.nan),
        ("committees", "score", math.inf),
        ("committees", "report_date", "昨天"),
        ("committees", "full_score", None),
        ("committees", "exact", "score=1/3"),
        ("committees", "exact", "score=1/0"),
        ("committees", "exact", f"score={'9' * 200}/1"),
        ("heads", "exact", "胡说"),
        ("indicators", "exact", "score=yes"),
    ],
)
def test_what_is_no_record_is_not_taken_for_one(table: str, column: str, value: Any) -> None:
    rows = tables_of(evaluate_one(SAMPLES / GOOD, "甲.xlsx")).rows
    at = BY_NAME[table].names.index(column)
    changed = [(*row[:at], value, *row[at + 1 :]) for row in rows[table]]
    with pytest.raises(NotARecord):
        record_of_rows("甲.xlsx", {**rows, table: changed})


@pytest.mark.parametrize(
    "change", [{"indicators": []}, {"committees": []}, {"losses": [("1.1.1", "甲", ""), ("1.1.1", "乙", "")]}]
)
def test_rows_that_are_missing_or_stand_twice_are_no_record(change: Any) -> None:
    rows = {**tables_of(evaluate_one(SAMPLES / GOOD, "甲.xlsx")).rows, **change}
    if "indicators" in change:
        assert record_of_rows("甲.xlsx", rows).indicators == ()
    else:
        with pytest.raises(NotARecord):
            record_of_rows("甲.xlsx", rows)


@pytest.mark.parametrize("text", ["junk", "[]", "{}", '{"committees": [[1]]}', "[" * 100_000])
def test_a_text_of_the_cache_that_is_none_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(NotARecord):
        from_json(text)


# What earlier versions have stored


def stored_by(version: str, folder: Path) -> Path:
    """A store of an earlier version: 0.4 of the samples 01, 02, 04 and 09; 表4, the tables before 还有什么要整改, of 02, 04 and 09."""
    folder.mkdir(exist_ok=True)
    path = folder / NAME
    path.write_bytes(gzip.decompress((EARLIER / f"结果库_{version}.duckdb.gz").read_bytes()))
    return path


def stored_by_0_4(folder: Path) -> Path:
    return stored_by("0.4", folder)


@pytest.mark.parametrize("version", ["0.4", "表4"])
def test_the_results_of_an_earlier_version_survive_the_update(tmp_path: Path, version: str) -> None:
    """A year later the village of sample 04 sends again: what it had then is known, from a file of the old form."""
    store = stored_by(version, tmp_path / "汇总")
    filled(tmp_path / "次年", "村.xlsx", "测试嘎查村关工委", date(2025, 7, 18), "验收自查", meetings=False)
    data, result = aggregate(tmp_path / "次年", tmp_path / "汇总")
    assert result.notes == []
    assert [path.name for path in store.parent.glob("结果库*")] == [NAME]
    earlier = data["groups"][0]["committees"][0]["earlier"]
    assert (earlier["report_date"], earlier["stage"], earlier["status"], earlier["score"]) == (
        "2024-08-20",
        "2024年自查",
        "达标",
        100,
    )
    with duckdb.connect(str(store), read_only=True) as database:
        kept = database.execute("SELECT unit FROM committees WHERE run = 1 AND NOT awaits_ranking ORDER BY unit").fetchall()
        told = database.execute(
            "SELECT count(*), count(mend) FROM losses JOIN committees USING (result) WHERE run = 1"
        ).fetchone()
    first = ["测试嘎查村关工委", "测试学院关工分委", "演示单位关工委", "示例学院关工分委"]
    assert [unit for (unit,) in kept] == [unit for unit in first if version == "0.4" or unit != "测试学院关工分委"]
    # What had still to be mended was not said then.
    assert told is not None
    assert told[0] > 0
    assert told[1] == 0


@pytest.mark.parametrize("version", ["0.4", "表4"])
def test_what_a_killed_run_has_left_beside_an_earlier_store_is_no_harm(tmp_path: Path, version: str) -> None:
    store = stored_by(version, tmp_path / "汇总")
    with closing(duckdb.connect(str(store))) as database:
        database.execute("PRAGMA disable_checkpoint_on_shutdown")
        database.execute("UPDATE about SET runs = 7")
    assert store.with_name(f"{NAME}.wal").exists()
    filled(tmp_path / "次年", "村.xlsx", "测试嘎查村关工委", date(2025, 7, 18), "验收自查", meetings=False)
    data, result = aggregate(tmp_path / "次年", tmp_path / "汇总")
    assert result.notes == []
    assert data["groups"][0]["committees"][0]["earlier"]["status"] == "达标"


def test_a_record_of_version_0_4_is_the_same_but_for_its_periods(tmp_path: Path) -> None:
    """Only rates were kept of the periods, no 主送机关, nothing of what is to be mended; everything else of sample 02 is as it is evaluated today."""
    with closing(duckdb.connect(str(stored_by_0_4(tmp_path)), read_only=True)) as database:
        old = [earlier_record(bytes(data)) for (data,) in database.execute("SELECT data FROM results").fetchall()]
    now = evaluate_one(SAMPLES / "02_示例学院_全面自查_有差距.xlsx", "")
    before = next(record for record in old if record.sha256 == now.sha256)
    assert [list(item.ratios) for item in before.indicators] == [list(item.ratios) for item in now.indicators]
    bare = [dataclasses.replace(item, periods=(), rule_hash="", mend=None) for item in now.indicators]
    assert [dataclasses.replace(item, periods=(), rule_hash="") for item in before.indicators] == bare
    assert dataclasses.replace(before, indicators=()) == dataclasses.replace(now, indicators=(), superior="")


OLD_HEAD = ["1", "甲", "达标", "1/1", "1/1"]
OLD_RECORD = [
    *(
        "甲.xlsx",
        "a" * 64,
        "甲",
        "demo",
        "方案",
        "b" * 64,
        "自查",
        "2024-08-20",
        "达标",
        "100/1",
        "100/1",
        None,
        None,
        [OLD_HEAD],
    ),
    *(
        [["1.1", "例会", "1", "达标", "1/1", "1/1", None, "2次", "r", [["2024年", "1/1", "2/1"]], [], ["会议!A4"], None]],
        [],
        0,
        1,
        None,
    ),
]
"""A record of versions up to 0.3; 0.4 has three fields more, and its indicators two."""


def test_a_record_of_version_0_3_is_read() -> None:
    old = record_of_text(json.dumps(OLD_RECORD))
    assert (old.unit, old.score, old.deed, old.by_points, old.start_year) == ("甲", Fraction(100), None, False, None)
    assert list(old.indicators[0].ratios) == [("2024年", Fraction(1), Fraction(2))]


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value[:-2],
        lambda value: [*value, 1],
        lambda value: {"unit": 1},
        lambda value: [1, *value[1:]],
        lambda value: [*value[:9], "9" * 200 + "/1", *value[10:]],
        lambda value: [*value[:9], 0.1, *value[10:]],
        lambda value: [*value[:9], "1/0", *value[10:]],
        lambda value: [*value[:7], "昨天", *value[8:]],
        lambda value: [*value[:17], -1, *value[18:]],
    ],
)
def test_what_is_no_record_of_an_earlier_version_is_not_taken_for_one(change: Any) -> None:
    with pytest.raises(NotARecord):
        record_of_text(json.dumps(change(OLD_RECORD)))


@pytest.mark.parametrize("data", [b"junk", zlib.compress(b" " * 30_000_000), zlib.compress(b"\xff")])
def test_bytes_of_an_earlier_version_are_never_more_than_they_may_be(data: bytes) -> None:
    with pytest.raises(NotARecord):
        earlier_record(data)


def evaluate_one(path: Path, name: str) -> CommitteeRecord:
    record = evaluate_all([(path, name, Options())])[0]
    assert isinstance(record, CommitteeRecord)
    return record


def plain(data: Any) -> dict[Any, Any]:
    return {key: value for key, value in data.items() if key not in ("reused", "written")}


def test_unchanged_workbooks_are_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, result = aggregate(folder)
    assert result.reused == 0
    assert (folder / "汇总" / NAME).exists()

    def never(*args: Any) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(module, "evaluate_tables", never)
    second, result = aggregate(folder)
    assert result.reused == 2
    assert plain(second) == plain(first)
    (folder / "东.xlsx").rename(folder / "改名.xlsx")
    renamed, _ = aggregate(folder)
    assert sorted(row["file"] for row in renamed["groups"][0]["committees"]) == ["改名.xlsx", "西.xlsx"]


def test_a_changed_workbook_and_changed_rules_are_evaluated_anew(folder: Path, tmp_path: Path) -> None:
    source = (ROOT / "wuhao_report" / "scheme" / "data" / "village-2023.toml").read_text(encoding="utf-8")
    own = tmp_path / "自己的.toml"
    own.write_text(source, encoding="utf-8")
    options = Options(scheme=str(own))
    assert aggregate(folder, options=options)[1].reused == 0
    assert aggregate(folder, options=options)[1].reused == 2
    assert aggregate(folder, options=Options(stage="2024年底自查"))[1].reused == 0
    filled(folder, "东.xlsx", "测试东村", meetings=False)
    assert aggregate(folder, options=options)[1].reused == 1
    own.write_text(source.replace('version = "2"', 'version = "3"', 1), encoding="utf-8")
    assert aggregate(folder, options=options)[1].reused == 0


def test_the_last_result_gives_the_change_and_its_cause(folder: Path, tmp_path: Path) -> None:
    outputs = tmp_path / "汇总"
    aggregate(folder, outputs)
    later = tmp_path / "次年"
    filled(later, "东.xlsx", "测试东村", date(2025, 7, 18), "验收自查", meetings=False)
    filled(later, "西.xlsx", "测试西村", date(2025, 7, 18), "验收自查")
    filled(later, "南.xlsx", "测试南村", date(2025, 7, 18), "验收自查")
    with aggregate_folder(later, outputs) as result:
        rows = {row.unit: row for row in rows_of(result.overview)}
        data = result.as_data()["groups"][0]
    assert rows["测试南村"].last is None
    east = rows["测试东村"]
    assert (east.last.report_date, east.last.stage, east.last.status, east.last.other_rules) == (
        date(2024, 8, 20),
        "2024年自查",
        "达标",
        False,
    )
    assert east.last.change == pytest.approx(float(east.record.score) - 100)
    assert east.why_changed.startswith("方案没有变，是资料的变化（1.2.1 党支部专题例会：达标→未达标")
    assert data["before"]["counts"]["达标"] == 1
    assert data["before"]["rate"] == 0.5
    assert (data["before"]["known"], data["before"]["up"], data["before"]["down"]) == (2, 0, 2)
    text = document_text(result.written["汇总报告.docx"].read_bytes())
    assert "与上次结果相比，2个单位有上次结果：达标率由50%变为" in text
    assert "总分上升的0个，下降的2个；所用方案没有变，升降是工作和资料的变化，或者有的时限已到。" in text
    page = openpyxl.load_workbook(result.written["汇总表.xlsx"], data_only=True)["总表"]
    headers = [cell.value for cell in page[3]]
    assert headers[-7:] == ["上次总评", "上次总分", "升降", "错误", "提醒", "为什么变了", "文件"]
    # evaluated by other rules since: the change is not all work
    source = (ROOT / "wuhao_report" / "scheme" / "data" / "village-2023.toml").read_text(encoding="utf-8")
    own = tmp_path / "新.toml"
    own.write_text(source.replace('version = "2"', 'version = "3"', 1), encoding="utf-8")
    with aggregate_folder(later, outputs, options=Options(scheme=str(own))) as again:
        assert {row.unit: row.why_changed for row in rows_of(again.overview)}["测试东村"].startswith("方案也改过，升降中资料占 ")
        assert "其中2个单位上次所用的方案与这次不同" in document_text(again.written["汇总报告.docx"].read_bytes())


def test_an_earlier_draft_of_the_same_report_is_no_last_report(folder: Path, tmp_path: Path) -> None:
    filled(folder, "东（初稿）.xlsx", "测试东村", date(2024, 8, 1), meetings=False)
    data, _ = aggregate(folder)
    assert data["files"]["superseded"] == 1
    assert [row["earlier"] for row in data["groups"][0]["committees"]] == [None, None]
    assert data["groups"][0]["before"] is None


@pytest.mark.parametrize("damage", ["junk", "cut", "other tables", "other version", "empty"])
def test_a_store_that_is_not_as_it_should_be_is_set_aside_and_rebuilt(folder: Path, damage: str) -> None:
    first, _ = aggregate(folder)
    store = folder / "汇总" / NAME
    whole = store.read_bytes()
    if damage == "junk":
        store.write_bytes(b"x" * 5000)
    elif damage == "cut":
        store.write_bytes(whole[: len(whole) // 3])
    elif damage == "empty":
        store.write_bytes(b"")
    else:
        store.unlink()
        with duckdb.connect(str(store)) as made:
            made.execute("CREATE TABLE about (layout VARCHAR)")
            made.execute(f"INSERT INTO about VALUES ('{0 if damage == 'other version' else VERSION}')")
    second, result = aggregate(folder)
    assert result.reused == 2
    assert plain(second) == plain(first)
    assert (folder / "汇总" / "结果库（不能用 1）.duckdb").exists()
    assert [note for note in result.notes if "结果库" in note] == [
        "结果库不能用，已改名为“结果库（不能用 1）.duckdb”，重新建立。"
    ]
    assert aggregate(folder)[1].reused == 2


def test_a_result_that_somebody_has_put_in_is_not_believed(folder: Path) -> None:
    first, _ = aggregate(folder)
    with duckdb.connect(str(folder / "汇总" / NAME)) as store:
        store.execute("UPDATE committees SET status = '未达标', score = 1 WHERE unit LIKE '%东%'")
        store.execute("UPDATE indicators SET score = 0")
    assert plain(aggregate(folder)[0]) == plain(first)


def test_a_store_is_history_and_no_judgement(folder: Path) -> None:
    """Somebody has put the result of one workbook into the place of another's: sound in itself, and yet nobody asks it."""
    first, _ = aggregate(folder)
    with duckdb.connect(str(folder / "汇总" / NAME)) as store:
        store.execute("UPDATE indicators SET result = 3 - result")
        store.execute("UPDATE committees SET result = 3 - result")
    known.place().unlink()
    second, result = aggregate(folder)
    assert result.reused == 0
    assert plain(second) == plain(first)


@pytest.mark.parametrize("damage", ["deleted", "cut", "junk", "another table"])
def test_a_cache_that_is_lost_costs_time_and_nothing_else(damage: str, folder: Path, tmp_path: Path) -> None:
    first, _ = aggregate(folder)
    cache = known.place()
    if damage == "deleted":
        cache.unlink()
    elif damage == "cut":
        cache.write_bytes(cache.read_bytes()[:5000])
    elif damage == "junk":
        cache.write_bytes(b"junk" * 4000)
    else:
        with closing(sqlite3.connect(cache)) as database, database:
            database.execute("DROP TABLE results")
            database.execute("CREATE TABLE results (x)")
    second, result = aggregate(folder)
    assert result.reused == 0
    assert plain(second) == plain(first)
    third, result = aggregate(folder)
    assert result.reused == 2
    assert plain(third) == plain(first)


def test_a_folder_that_is_copied_is_judged_by_the_hashes_of_its_workbooks(folder: Path, tmp_path: Path) -> None:
    first, _ = aggregate(folder)
    shutil.copytree(folder, tmp_path / "另一台" / folder.name)
    second, result = aggregate(tmp_path / "另一台" / folder.name)
    assert result.reused == 2
    assert plain(second) == plain(first)


def test_damage_that_shows_only_in_the_middle_of_a_run_starts_it_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = aggregate(folder)
    honest = ledger.add_files

    def broken(*args: Any) -> None:
        monkeypatch.setattr(ledger, "add_files", honest)
        raise RuntimeError("a block that cannot be read")

    monkeypatch.setattr(ledger, "add_files", broken)
    second, result = aggregate(folder)
    assert plain(second) == plain(first)
    assert [note for note in result.notes if "结果库" in note] == [
        "结果库不能用，已改名为“结果库（不能用 1）.duckdb”，重新建立。"
    ]
    assert aggregate(folder)[1].reused == 2


def test_a_last_result_that_is_none_tells_nothing(folder: Path, tmp_path: Path) -> None:
    outputs = tmp_path / "汇总"
    aggregate(folder, outputs)
    with duckdb.connect(str(outputs / NAME)) as store:
        store.execute("UPDATE committees SET exact = '胡说'")
    filled(tmp_path / "次年", "东.xlsx", "测试东村", date(2025, 7, 18), "验收自查")
    data, _ = aggregate(tmp_path / "次年", outputs)
    assert data["groups"][0]["committees"][0]["earlier"] is None


def test_a_view_in_place_of_the_table_is_foreign(folder: Path) -> None:
    aggregate(folder)
    with duckdb.connect(str(folder / "汇总" / NAME)) as store:
        store.execute("ALTER TABLE heads RENAME TO other")
        store.execute("CREATE VIEW heads AS SELECT * FROM other")
    _, result = aggregate(folder)
    assert any("结果库不能用" in note for note in result.notes)


def test_last_results_of_another_version_of_the_program_still_tell_the_change(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = tmp_path / "汇总"
    monkeypatch.setattr(intake, "__version__", "0.0.9")
    aggregate(folder, outputs)
    monkeypatch.undo()
    data, result = aggregate(folder, outputs)
    assert result.reused == 0
    filled(tmp_path / "次年", "东.xlsx", "测试东村", date(2025, 7, 18), "验收自查")
    data, _ = aggregate(tmp_path / "次年", outputs)
    assert data["groups"][0]["before"]["known"] == 1


def test_the_last_result_of_a_ranked_committee_is_the_settled_one(tmp_path: Path) -> None:
    """Several committees, so that no accident of their hashes decides which of two results is taken."""

    def sent(place: Path, day: Any, stage: Any) -> None:
        place.mkdir()
        for number in range(6):
            book = openpyxl.load_workbook(SAMPLES / DEMO)
            for row in book["基本信息"].iter_rows(min_row=4):
                for key, value in (("单位名称", f"测试{number}单位"), ("填报日期", day), ("报告阶段", stage)):
                    if str(row[0].value).startswith(key):
                        row[1].value = value
            book.save(place / f"{number}.xlsx")

    stages = [stage.title for stage in find_scheme("demo-rules").stages]
    sent(tmp_path / "今年", date(2025, 12, 30), stages[0])
    sent(tmp_path / "明年", date(2026, 12, 31), stages[-1])
    now, _ = aggregate(tmp_path / "今年", tmp_path / "汇总")
    later, _ = aggregate(tmp_path / "明年", tmp_path / "汇总")
    scores = {row["unit"]: row["score"] for row in now["groups"][0]["committees"]}
    last_reports = {row["unit"]: row["earlier"] for row in later["groups"][0]["committees"]}
    assert {unit: before["score"] for unit, before in last_reports.items()} == pytest.approx(scores)
    assert not any("待评定" in text for before in last_reports.values() for text in before["moved"])


def test_ranks_are_settled_from_memory_too(tmp_path: Path) -> None:
    place = tmp_path / "来件"
    place.mkdir()
    for name in ("甲", "乙"):
        book = openpyxl.load_workbook(SAMPLES / DEMO)
        book["基本信息"]["B4"] = f"测试{name}单位"
        if name == "乙":
            book["活动"].delete_rows(4, 3)
        book.save(place / f"{name}.xlsx")
    first, _ = aggregate(place)
    items = [item for row in first["groups"][0]["committees"] for item in row["indicators"]]
    assert sorted(item["place"] for item in items if item["id"] == "5.1") == [1, 2]
    assert "待评定" not in {item["status"] for item in items}
    second, result = aggregate(place)
    assert result.reused == 2
    assert plain(second) == plain(first)
    (place / "甲.xlsx").unlink()
    alone, _ = aggregate(place)
    assert [item["place"] for row in alone["groups"][0]["committees"] for item in row["indicators"] if item["id"] == "5.1"] == [1]


def test_the_command_says_how_much_it_remembered(run: Run, folder: Path) -> None:
    run("aggregate", folder)
    assert json.loads(run("aggregate", folder, "--json").stdout)["reused"] == 2
    shutil.copy(SAMPLES / GOOD, folder / "新.xlsx")
    assert json.loads(run("aggregate", folder, "--json").stdout)["reused"] == 2
