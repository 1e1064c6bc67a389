"""汇总包: aggregates of aggregates give the same figures as of the workbooks themselves, and a pack that was changed counts for nothing."""

import gzip
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.helpers import ROOT, SAMPLES
from tests.packs import changed, with_manifest, with_members
from tests.reference.committees import drop_something, generate, leave_blank
from tests.rolled import aggregate, overview_of, record
from tests.test_reference import _book
from wuhao_report.aggregate.gathering.intake import lies_in
from wuhao_report.aggregate.records.model import CommitteeRecord
from wuhao_report.aggregate.records.recording import record_of
from wuhao_report.aggregate.roster.model import Exclusion, Member, Roster, merge_rosters
from wuhao_report.aggregate.run import aggregate_folder
from wuhao_report.aggregate.storage import ledger, ordering
from wuhao_report.aggregate.storage.earlier import record_of_text
from wuhao_report.aggregate.storage.soundness import fits_scheme
from wuhao_report.aggregate.tables.rows import record_of_rows, tables_of
from wuhao_report.core.options import Wanted
from wuhao_report.evaluation.check import check_books
from wuhao_report.scheme.lookup import find_scheme

VILLAGE, DEMO, COLLEGE = "04_测试嘎查村_2024年自查.xlsx", "09_演示单位_二十种规则.xlsx", "01_测试学院_中期评估.xlsx"
COUNTIES = {
    "东旗": (("测试甲村", VILLAGE, 0), ("测试乙村", VILLAGE, 5), ("测试丙单位", DEMO, 0)),
    "西旗": (("测试丁村", VILLAGE, 3), ("测试戊单位", DEMO, 2), ("测试己学院", COLLEGE, 0)),
}
LOGS = {VILLAGE: "会议", DEMO: "活动", COLLEGE: "会议"}
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("here")]


def fill(path: Any, unit: Any, sample: Any, cut: Any, day: Any = None) -> None:
    book = openpyxl.load_workbook(SAMPLES / sample)
    book["基本信息"]["B4"] = unit
    for row in book["基本信息"].iter_rows(min_row=4):
        if day and str(row[0].value).startswith("填报日期"):
            row[1].value = day
    if cut:
        book[LOGS[sample]].delete_rows(4, cut)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two counties: workbooks of three schemes, a broken file, a roster with a latecomer, one left out and one missing."""
    place = tmp_path_factory.mktemp("省") / "来件"
    for county, committees in COUNTIES.items():
        for unit, sample, cut in committees:
            fill(place / county / f"{unit}.xlsx", unit, sample, cut)
    (place / "东旗" / "坏.xlsx").write_bytes(b"junk")
    fill(place / "西旗" / "旧" / "测试丁村.xlsx", "测试丁村", VILLAGE, 1, date(2024, 8, 1))
    shutil.copy(place / "东旗" / "测试甲村.xlsx", place / "东旗" / "再发.xlsx")
    return place


def roster(path: Any, *counties: Any) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["单位名称", "类别", "上级", "截止日期"])
    for county in counties:
        for unit, _, _ in COUNTIES[county]:
            book.active.append([unit, "村" if "村" in unit else "其他", county, date(2024, 8, 1)])
        book.active.append([f"{county}缺报村", "村", county, date(2024, 8, 1)])
        book.active.append([f"{county}撤并村", "村", county, None])
    out = book.create_sheet("排除")
    for row in (
        ["单位名称", "原因", "经办人"],
        *([f"{county}撤并村", "已撤并", "李测试"] for county in counties),
        ["测试乙村", "正在整改", "李测试"],
    ):
        out.append(row)
    book.save(path)
    return path


def figures(data: Any) -> Any:
    """An aggregate's data without where the files lie, and when they came there."""

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: without(inner)
                for name, inner in value.items()
                if name not in ("file", "workbook", "kept", "received", "written", "reused")
                and not (name == "message" and "kept" in value)
            }
        return (
            sorted(map(without, value), key=lambda item: json.dumps(item, ensure_ascii=False))
            if isinstance(value, list)
            else value
        )

    return without(data)


@pytest.mark.parametrize("listed", [False, True])
def test_packs_give_the_same_figures_as_the_workbooks(made: Path, tmp_path: Path, listed: bool) -> None:
    """Every count, rate, total, place (also those among peers of other counties) and subtotal, through one level and through two."""
    names = {"roster": roster(tmp_path / "名单.xlsx", *COUNTIES)} if listed else {}
    whole, _ = aggregate(made, tmp_path / "全部", **names)
    packs, upper = tmp_path / "省", tmp_path / "部"
    for place in (packs, upper):
        place.mkdir()
    for county in COUNTIES:
        own = {"roster": roster(tmp_path / f"{county}.xlsx", county)} if listed else {}
        _, result = aggregate(made / county, tmp_path / county, **own, written=True)
        shutil.copy(result.written["汇总包.wuhao"], packs / f"{county}.wuhao")
    again, result = aggregate(packs, tmp_path / "省汇总", written=True)
    assert figures(again) == figures(whole)
    shutil.copy(result.written["汇总包.wuhao"], upper / "省.wuhao")
    third, _ = aggregate(upper)
    assert figures(third) == figures(whole)
    group = next(group for group in whole["groups"] if group["scheme"] == "demo-rules")
    assert [item["place"] for row in group["committees"] for item in row["indicators"] if item["id"] == "5.1"] == [1, 2]
    assert again["failed"][0]["workbook"] == "东旗.wuhao/坏.xlsx"
    if listed:
        assert {level["parent"]: (level["expected"], level["received"]) for level in again["roster"]["levels"]} == {
            "东旗": (5, 2),
            "西旗": (5, 3),
        }
        assert [item["unit"] for item in again["roster"]["missing"]] == ["东旗缺报村", "西旗缺报村"]
        assert [(item["unit"], item["reason"], item["person"]) for item in again["excluded"]] == [
            ("测试乙村", "正在整改", "李测试")
        ]


def test_a_pack_and_its_workbooks_side_by_side_are_counted_once(made: Path, tmp_path: Path) -> None:
    whole, result = aggregate(made, tmp_path / "全部", written=True)
    both = tmp_path / "都有"
    shutil.copytree(made, both)
    shutil.copy(result.written["汇总包.wuhao"], both / "全部.wuhao")
    data, _ = aggregate(both)
    assert [group["overall"] for group in data["groups"]] == [group["overall"] for group in whole["groups"]]
    assert data["files"]["superseded"] == whole["files"]["superseded"] + whole["files"]["counted"] + whole["files"]["superseded"]


def test_the_output_of_a_lower_level_is_not_taken_for_workbooks(made: Path, tmp_path: Path) -> None:
    place = tmp_path / "来件"
    shutil.copytree(made / "东旗", place / "东旗")
    aggregate(place / "东旗", written=True)
    data, _ = aggregate(place)
    assert [item for item in data["skipped"] if "汇总表" in item["file"]] == []  # nobody has sent it
    assert [item["reason"] for item in data["skipped"] if "汇总包" in item["file"]] == ["它的工作簿就在这里，已经在读"]
    assert [item["workbook"] for item in data["failed"]] == ["东旗/坏.xlsx"]


def test_ones_own_pack_is_no_input(made: Path, tmp_path: Path) -> None:
    """Run again and again with the outputs among the workbooks, and then elsewhere: the same figures, and a corrected workbook counts."""
    place = tmp_path / "来件"
    shutil.copytree(made / "东旗", place)
    first, _ = aggregate(place, place, written=True)
    again, _ = aggregate(place, place, written=True)
    assert figures(again)["groups"] == figures(first)["groups"]
    assert [item for item in again["skipped"] if "汇总包" in item["file"]] == []  # nobody has sent it
    (place / "汇总包.wuhao").unlink()
    aggregate(place, written=True)
    fill(place / "测试乙村.xlsx", "测试乙村", VILLAGE, 1)
    data, _ = aggregate(place, tmp_path / "别处")
    assert (data["files"]["counted"], data["files"]["superseded"]) == (first["files"]["counted"], first["files"]["superseded"])


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("甲.xlsx", True),
        ("乙/甲.xlsx", True),
        ("没有.xlsx", False),
        ("../外.xlsx", False),
        ("//server/甲.xlsx", False),
        ("\\\\server\\甲.xlsx", False),
        ("C:甲.xlsx", False),
        ("乙/../甲.xlsx", False),
    ],
)
def test_a_name_in_a_pack_leads_nowhere_else(tmp_path: Path, name: str, there: bool) -> None:
    for path in ("里/甲.xlsx", "里/乙/甲.xlsx", "外.xlsx"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    assert lies_in(tmp_path / "里", name) is there


def test_committees_of_one_name_in_two_counties_are_two(tmp_path: Path) -> None:
    """Each county has its 实验小学; told apart by their rosters, through two levels."""
    packs, upper = tmp_path / "省", tmp_path / "部"
    for place in (packs, upper):
        place.mkdir()
    for county, cut in (("东旗", 0), ("西旗", 4)):
        fill(tmp_path / county / "来" / "小学.xlsx", "测试实验小学", VILLAGE, cut)
        book = openpyxl.Workbook()
        for row in (["单位名称", "上级", "别名"], ["测试实验小学", county, f"{county}实小"]):
            book.active.append(row)
        book.save(tmp_path / county / "名单.xlsx")
        _, result = aggregate(tmp_path / county / "来", roster=tmp_path / county / "名单.xlsx", written=True)
        shutil.copy(result.written["汇总包.wuhao"], packs / f"{county}.wuhao")
    data, result = aggregate(packs, written=True)
    shutil.copy(result.written["汇总包.wuhao"], upper / "省.wuhao")
    for found in (data, aggregate(upper)[0]):
        assert (found["files"]["counted"], found["roster"]["expected"], found["roster"]["received"]) == (2, 2, 2)
        assert sorted((row["parent"], row["status"]) for row in found["groups"][0]["committees"]) == [
            ("东旗", "达标"),
            ("西旗", "未达标"),
        ]


def test_two_rosters_with_one_committee_have_it_once() -> None:
    first, second = (Roster((Member("测试甲村", parent="东旗", aliases=(alias,)),), ()) for alias in ("甲庄", "甲屯"))
    roster, numbers = merge_rosters([first, second])
    assert (len(roster.members), numbers) == (1, ((0,), (0,)))


def test_whatever_stands_in_a_roster_a_pack_can_be_read_again(made: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["单位名称", "上级"], ["测试甲村", "东\n旗"], ["测试\u202e乙村", ""]):
        book.active.append(row)
    out = book.create_sheet("排除")
    for row in (["单位名称", "原因"], ["测试乙村", "正在\n整改" + "很长" * 2000]):
        out.append(row)
    book.save(tmp_path / "名单.xlsx")
    below, result = aggregate(made / "东旗", tmp_path / "县", roster=tmp_path / "名单.xlsx", written=True)
    assert below["files"]["excluded"] == 1
    (tmp_path / "省").mkdir()
    shutil.copy(result.written["汇总包.wuhao"], tmp_path / "省" / "县.wuhao")
    data, _ = aggregate(tmp_path / "省")
    assert [item["code"] for item in data["failed"]] == ["not-a-workbook"]
    assert data["excluded"][0]["reason"].startswith("正在 整改很长")


def test_a_control_character_in_a_pack_reaches_no_screen(whole: bytes, tmp_path: Path) -> None:
    """An escape sequence in the name of a committee: no text of ours has one, so the pack is none."""
    (tmp_path / "县.wuhao").write_bytes(
        changed("UPDATE committees SET unit = '测试' || chr(27) || '[31m甲村' WHERE result = 1")(whole)
    )
    data, _ = aggregate(tmp_path)
    assert [item["code"] for item in data["failed"]] == ["not-a-pack"]
    assert "\x1b" not in json.dumps(data, ensure_ascii=False)


def test_the_name_of_a_scheme_in_a_pack_is_no_path(whole: bytes, tmp_path: Path) -> None:
    """A file that would do as the scheme lies there, with the very hash; yet no pack names files."""
    own = tmp_path / "方案.toml"
    own.write_bytes((ROOT / "wuhao_report" / "scheme" / "data" / "village-2023.toml").read_bytes())
    (tmp_path / "省").mkdir()
    (tmp_path / "省" / "县.wuhao").write_bytes(
        changed(f"UPDATE committees SET scheme = '{own}' WHERE scheme = 'village-2023'")(whole)
    )
    data, _ = aggregate(tmp_path / "省")
    assert [item["code"] for item in data["failed"] if item["workbook"].endswith("再发.xlsx")] == ["pack-other-rules"]


def test_a_long_chain_of_committees_takes_no_time() -> None:
    members = tuple(Member(f"单位{number}", parent=f"单位{number + 1}") for number in range(20_000))
    overview = overview_of([record("单位0")], Roster(members, ()))
    assert overview.levels[0].received == 1
    assert overview.groups[0].totals.regions


_FULL = "regexp_extract(exact, 'full_score=([0-9/]+)', 1)"
_ALL_OF_IT = f"score = full_score, exact = CASE WHEN {_FULL} <> '' THEN 'score=' || {_FULL} || ' full_score=' || {_FULL} END"
WITHOUT_LOSSES = f"""
    UPDATE heads SET status = '达标', {_ALL_OF_IT};
    UPDATE indicators SET status = replace(status, '未达标', '达标'), {_ALL_OF_IT};
    UPDATE committees SET status = '达标', {_ALL_OF_IT}"""
"""Everything that is met is met in full, so that all of it adds up."""


def test_what_a_pack_claims_is_not_believed_of_the_workbook_itself(made: Path, tmp_path: Path) -> None:
    """A pack that calls a workbook of three losses perfect: when the workbook itself comes, it is evaluated."""
    place = tmp_path / "来件"
    fill(place / "丁.xlsx", "测试丁村", VILLAGE, 3)
    honest, result = aggregate(place, tmp_path / "诚实", written=True)
    forged = tmp_path / "省"
    forged.mkdir()
    bundle = result.written["汇总包.wuhao"].read_bytes()
    (forged / "丁.wuhao").write_bytes(changed("UPDATE committees SET status = '达标'")(bundle))
    contradicting, _ = aggregate(forged, tmp_path / "矛盾")
    assert [item["code"] for item in contradicting["failed"]] == ["not-a-pack"]
    (forged / "丁.wuhao").write_bytes(changed(WITHOUT_LOSSES)(bundle))
    outputs = tmp_path / "汇总"
    claimed, _ = aggregate(forged, outputs)
    assert claimed["groups"][0]["overall"]["met"] == 1
    data, result = aggregate(place, outputs)
    assert result.reused == 1  # by its own first run, and not by the pack
    assert data["groups"][0]["overall"] == honest["groups"][0]["overall"]
    assert data["groups"][0]["overall"]["met"] == 0


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[:-30],
    "junk": lambda data: b"junk" * 100,
    "empty": lambda data: b"",
    "a byte": lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
    "a number": changed("UPDATE committees SET score = 99 WHERE score = 100", honest=False),
    "no manifest": lambda data: data.replace(b"manifest.json", b"manifest.txt_"),
    "a part too few": with_members(lambda members: members.pop("heads.parquet")),
    "a part too many": with_members(lambda members: members.update({"more.parquet": b"x"})),
    "parts that are deflated": with_members(lambda members: None, zipfile.ZIP_DEFLATED),
    "a part that is none": with_members(lambda members: members.update({"heads.parquet": b"PAR1" * 100})),
    "a manifest that is a list": with_manifest(sha256=[]),
    "a bomb": with_members(lambda members: members.update({"heads.parquet": b"0" * 50_000_000})),
    "a word for a number": changed("ALTER TABLE heads ALTER score TYPE VARCHAR"),
    "a huge number": changed(f"UPDATE committees SET exact = 'score={'9' * 5000}/1'"),
    "no number": changed("UPDATE committees SET score = 'nan'::DOUBLE"),
    "nothing where something must stand": changed("UPDATE indicators SET title = NULL"),
    "a day out of the calendar": changed("UPDATE committees SET report_date = 'infinity'::DATE"),
    "a status that is none": changed("UPDATE indicators SET status = '胡说'"),
    "errors below zero": changed("UPDATE committees SET errors = -1"),
    "the same file twice": changed("UPDATE received SET file = 'x.xlsx'"),
    "the same result twice": changed("UPDATE received SET result = 1"),
    "a result that is not there": changed("UPDATE received SET result = 99 WHERE result = 1"),
    "another indicator": changed("UPDATE indicators SET indicator = '9.9.9' WHERE indicator = '1.1.1'"),
    "a rank without a basis": changed("DELETE FROM awaited_results"),
    "a basis that is part of itself": changed(
        "UPDATE awaited_results SET parent = number, role = 'part' WHERE role = 'indicator'"
    ),
    "many rows": changed("INSERT INTO skipped SELECT range, 'a', 'b', range FROM range(20_000_000)"),
    "a very long text": changed("UPDATE indicators SET progress = repeat('长', 1_000_000)"),
    "a column too many": changed("ALTER TABLE heads ADD COLUMN more INTEGER"),
    "another layout": with_manifest(layout=99),
}


def changed_line(number: Any, change: Any) -> Any:
    """Change a line of a pack of version 0.4."""

    def damage(data: Any) -> Any:
        lines = gzip.decompress(data).decode().splitlines(keepends=True)
        lines[number] = change(lines[number])
        body = "".join(lines[:-1]).encode()
        return gzip.compress(body + json.dumps({"end": hashlib.sha256(body).hexdigest()}).encode() + b"\n")

    return damage


EARLIER = Path(__file__).parent / "data" / "earlier" / "汇总包_0.4.wuhao"
EARLIER_DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[:-30],
    "other": lambda data: gzip.compress(b"{}\n"),
    "a number": lambda data: gzip.compress(gzip.decompress(data).replace(b'"100/1"', b'"99/1"', 1)),
    "no end": lambda data: gzip.compress(b"".join(gzip.decompress(data).splitlines(keepends=True)[:-1])),
    "more": lambda data: gzip.compress(gzip.decompress(data) + b"{}\n"),
    "a bomb": lambda data: gzip.compress(b"0" * 50_000_000),
    "deep": lambda data: gzip.compress(b"[" * 200_000 + b"\n"),
    "a word for a number": changed_line(1, lambda line: line.replace('"100/1"', '"many"', 1)),
    "the same file twice": changed_line(1, lambda line: line + line),
    "many lines": lambda data: gzip.compress(gzip.decompress(data) + b'{"skipped":["a","b"]}\n' * 3_000_000, 9),
    "a field too many": changed_line(1, lambda line: line.replace('"return":[', '"return":[0,', 1)),
    "another layout": changed_line(0, lambda line: line.replace('"layout":2', '"layout":99', 1)),
}


@pytest.mark.parametrize("damage", EARLIER_DAMAGES)
def test_a_pack_of_version_0_4_that_was_changed_counts_for_nothing(tmp_path: Path, damage: str) -> None:
    (tmp_path / "坏.wuhao").write_bytes(EARLIER_DAMAGES[damage](EARLIER.read_bytes()))
    data, _ = aggregate(tmp_path)
    assert [(item["workbook"], item["code"]) for item in data["failed"]] == [("坏.wuhao", "not-a-pack")]


def test_a_pack_of_version_0_4_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its four results, each by the scheme as it was then; by other rules they would be told as such."""
    schemes = {record.scheme: record.scheme_hash for record in records_of_0_4()}
    monkeypatch.setattr(ledger, "scheme_at_hand", lambda name, own: replace(find_scheme(name), hash=schemes[name]))
    monkeypatch.setattr(ordering, "scheme_at_hand", lambda name, own: replace(find_scheme(name), hash=schemes[name]))
    shutil.copy(EARLIER, tmp_path / "县.wuhao")
    data, _ = aggregate(tmp_path)
    assert (data["failed"], data["files"]["counted"]) == ([], 4)
    assert sorted((row["unit"], row["status"]) for group in data["groups"] for row in group["committees"]) == [
        ("测试嘎查村关工委", "达标"),
        ("测试学院关工分委", "达标"),
        ("演示单位关工委", "达标"),
        ("示例学院关工分委", "未达标"),
    ]


def test_a_pack_of_the_layout_before_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its three results count as the workbooks do, but for 名次; what has still to be mended was not said then."""
    pack = EARLIER.with_name("汇总包_格式3.wuhao")
    with zipfile.ZipFile(pack) as package, duckdb.connect() as database:
        (tmp_path / "committees.parquet").write_bytes(package.read("committees.parquet"))
        found = database.execute(f"SELECT DISTINCT scheme, scheme_hash FROM '{tmp_path}/committees.parquet'").fetchall()
    schemes = dict(found)
    monkeypatch.setattr(ledger, "scheme_at_hand", lambda name, own: replace(find_scheme(name), hash=schemes[name]))
    monkeypatch.setattr(ordering, "scheme_at_hand", lambda name, own: replace(find_scheme(name), hash=schemes[name]))
    place = tmp_path / "市"
    place.mkdir()
    shutil.copy(pack, place / "县.wuhao")
    with aggregate_folder(place, wanted=Wanted(outputs=False)) as result:
        rows = list(result.overview.rows())
        data = result.as_data()
    assert (data["failed"], data["files"]["counted"]) == ([], 3)
    assert {item.mend for row in rows for item in row.record.indicators if item.reason} == {None}
    assert sorted((row.unit, row.record.status) for row in rows) == [
        ("测试嘎查村关工委", "达标"),
        ("演示单位关工委", "达标"),
        ("示例学院关工分委", "未达标"),
    ]


@pytest.mark.parametrize("statement", ["ALTER TABLE losses DROP mend", "ALTER TABLE losses DROP cause"])
def test_a_pack_of_this_layout_without_a_column_is_none(whole: bytes, tmp_path: Path, statement: str) -> None:
    (tmp_path / "县.wuhao").write_bytes(changed(statement)(whole))
    assert [item["code"] for item in aggregate(tmp_path)[0]["failed"]] == ["not-a-pack"]


def records_of_0_4() -> list[CommitteeRecord]:
    lines = [json.loads(line) for line in gzip.decompress(EARLIER.read_bytes()).splitlines()]
    return [record_of_text(json.dumps(line["return"])) for line in lines if "return" in line]


@pytest.fixture(scope="module")
def whole(made: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a sound pack."""
    _, result = aggregate(made, tmp_path_factory.mktemp("全部"), written=True)
    return result.written["汇总包.wuhao"].read_bytes()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_pack_that_was_changed_counts_for_nothing(whole: bytes, tmp_path: Path, damage: Any) -> None:
    place = tmp_path / "省"
    place.mkdir()
    (place / "坏.wuhao").write_bytes(DAMAGES[damage](whole))
    shutil.copy(SAMPLES / VILLAGE, place / "好.xlsx")
    data, _ = aggregate(place)
    assert [(item["workbook"], item["code"]) for item in data["failed"]] == [("坏.wuhao", "not-a-pack")]
    assert "汇总包“坏.wuhao”不能用" in data["failed"][0]["message"]
    assert (data["files"]["all"], data["files"]["counted"]) == (2, 1)


def test_the_same_workbooks_give_the_same_pack(made: Path, tmp_path: Path) -> None:
    first, second = (aggregate(made, tmp_path / name, written=True)[1].written["汇总包.wuhao"].read_bytes() for name in "甲乙")
    assert first == second


IMPOSSIBLE = {
    "a control character in a title": "UPDATE committees SET scheme_title = '甲' || chr(27) || '[31m'",
    "a scheme of 300 letters": "UPDATE committees SET scheme = repeat('a', 300)",
    "more points than there are": "UPDATE committees SET score = 101",
    "a number that the double is not": f"UPDATE committees SET exact = 'score={'9' * 80}/1'",
    "another full mark": "UPDATE committees SET full_score = 200",
    "a sum that is none": "UPDATE committees SET score = 1",
    "a period of 5000 digits": "UPDATE figures SET label = '2017年' || repeat('9', 5000)",
    "a grade of no scheme": "UPDATE committees SET grade = '特等'",
}


@pytest.mark.parametrize("kind", IMPOSSIBLE)
def test_a_result_that_cannot_be_costs_one_line(kind: str, whole: bytes, tmp_path: Path) -> None:
    """The results of the folder's own workbooks and of earlier runs stay as they are."""
    shutil.copy(SAMPLES / "05_示例嘎查村_验收自查.xlsx", tmp_path / "好.xlsx")
    aggregate(tmp_path)
    (tmp_path / "县.wuhao").write_bytes(changed(IMPOSSIBLE[kind])(whole))
    data, result = aggregate(tmp_path)
    expected = "pack-other-rules" if "scheme =" in IMPOSSIBLE[kind] else "not-a-pack"
    assert expected in {item["code"] for item in data["failed"]}
    assert result.exit_code == 1
    assert not result.notes
    assert [row["unit"] for group in data["groups"] for row in group["committees"] if row["file"] == "好.xlsx"]


def test_a_countys_exclusion_is_for_its_own_school_alone() -> None:
    """Every county has its 实验小学: what one excludes is expected of the other."""
    east = Roster((Member("实验小学", parent="东县"), Member("一小", parent="东县")), (Exclusion("实验小学", "撤并"),))
    west = Roster((Member("实验小学", parent="西县"),), ())
    merged, numbers = merge_rosters([east, west])
    (ours,), theirs = numbers[1], numbers[0]
    assert merged.exclusion_of(theirs[0], "实验小学") == Exclusion("实验小学", "撤并")
    assert merged.exclusion_of(ours, "实验小学") is None
    assert merged.exclusion_of(theirs[1], "一小") is None


def test_a_pack_excludes_nobody_whom_another_one_expects() -> None:
    """A county that lists a unit of its neighbour and excludes it: the neighbour's own list counts."""
    east = Roster((Member("一小", parent="东县"),), ())
    west = Roster((Member("一小", parent="东县"),), (Exclusion("一小", "撤销"),))
    merged, numbers = merge_rosters([west, east])
    assert merged.exclusion_of(numbers[0][0], "一小") is None


def test_a_pack_with_names_without_end_is_none(whole: bytes, tmp_path: Path) -> None:
    many = (
        "INSERT INTO members BY POSITION SELECT * FROM (VALUES (0, '甲', '', '', NULL, repeat('乙' || chr(10), 2000), true, 0))"
    )
    (tmp_path / "县.wuhao").write_bytes(with_members(lambda members: None)(with_manifest(roster=True)(changed(many)(whole))))
    assert "not-a-pack" in {item["code"] for item in aggregate(tmp_path)[0]["failed"]}


def test_a_pack_with_a_result_without_end_is_none(whole: bytes, tmp_path: Path) -> None:
    many = "INSERT INTO evidence SELECT 1, '1.1.1', '会议', 'A' || range, range FROM range(5_000_000)"
    (tmp_path / "县.wuhao").write_bytes(changed(many)(whole))
    assert "not-a-pack" in {item["code"] for item in aggregate(tmp_path)[0]["failed"]}


def test_a_name_too_long_for_any_system_lies_nowhere(tmp_path: Path) -> None:
    assert not lies_in(tmp_path, "甲" * 300)


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_what_an_honest_committee_gives_always_fits(start: int) -> None:
    """Random committees of the two schemes, whole, with something missing, with something left blank, with start years of their own."""
    for seed in range(start, start + 20):
        data = generate(seed)
        data = (data, drop_something(data, seed), leave_blank(data, seed))[seed % 3] or data
        (outcome,) = check_books([_book(data)])
        if outcome.scheme and outcome.assessment:
            scheme = find_scheme(outcome.scheme.id)
            result = record_of("甲.xlsx", outcome, outcome.scheme, outcome.assessment)
            assert fits_scheme(record_of_rows("甲.xlsx", tables_of(result).rows), scheme), seed


def test_a_ranked_committee_with_a_start_year_of_its_own_is_ranked(tmp_path: Path) -> None:
    """The dates of its scheme are others than those of the file; its results go up in a pack all the same."""
    book = openpyxl.load_workbook(SAMPLES / "09_演示单位_二十种规则.xlsx")
    profile = book["基本信息"]
    place = next(cell for row in profile.iter_rows() for cell in row if cell.value == "创建起始年")
    profile.cell(place.row, place.column + 1).value = 2023
    (tmp_path / "县").mkdir()
    book.save(tmp_path / "县" / "甲.xlsx")
    below, result = aggregate(tmp_path / "县", tmp_path / "县汇总", written=True)
    (tmp_path / "市").mkdir()
    shutil.copy(result.written["汇总包.wuhao"], tmp_path / "市" / "县.wuhao")
    above, _ = aggregate(tmp_path / "市")
    rows = [[row["score"] for group in data["groups"] for row in group["committees"]] for data in (below, above)]
    assert rows[0] == rows[1] != []
