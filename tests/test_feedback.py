"""反馈意见书: one letter to each committee; where it stands by median and quartiles of its own kind; nothing of one that is not evaluated."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from scripts.document_text import document_text
from tests.helpers import SAMPLES, Run
from tests.rolled import overview_of, record
from wuhao_report.aggregate.outputs.feedback import letters
from wuhao_report.aggregate.records.model import CommitteeRecord
from wuhao_report.aggregate.roster.model import Campaign, Member, Roster
from wuhao_report.report.template.document_kinds import RECTIFICATION_NOTICE

VILLAGE, GAPS = SAMPLES / "04_测试嘎查村_2024年自查.xlsx", SAMPLES / "02_示例学院_全面自查_有差距.xlsx"


def with_points(unit: str, score: int, **more: Any) -> CommitteeRecord:
    return replace(record(unit, score=score, **more), by_points=True)


def told(*records: CommitteeRecord, roster: Roster | None = None) -> dict[str, dict[str, Any]]:
    """The values of the names of each letter, by committee."""
    return {
        item.document.names["反馈"]["单位"]: dict(item.document.names["反馈"]) for item in letters(overview_of(records, roster))
    }


def test_a_committee_stands_among_its_own_kind_by_median_and_quartiles() -> None:
    """60, 70, 80, 90 and 100 points: the median is 80, the quartiles are 70 and 90; a school is none of them."""
    scores = {"甲": 60, "乙": 70, "丙": 80, "丁": 90, "戊": 100}
    roster = Roster((*(Member(unit, "村") for unit in scores), Member("己校", "学校")), ())
    found = told(*(with_points(unit, score) for unit, score in scores.items()), with_points("己校", 10), roster=roster)
    assert found["丁"]["位置句"] == "在5个村中，得分居第2位；中位数为80分，中间一半的单位在70至90分之间。"
    assert found["己校"]["位置句"] == ""


def test_without_points_the_indicators_that_are_met_are_counted() -> None:
    found = told(*(record(unit, status="达标" if unit != "丁" else "未达标") for unit in "甲乙丙丁"))
    assert found["丁"]["位置句"] == "在4个同类单位中，达到要求的指标居第4位；中位数为1项，中间一半的单位在0.75至1项之间。"


@pytest.mark.parametrize("many", [1, 3])
def test_of_few_nothing_is_said_of_the_others(many: int) -> None:
    assert {own["位置句"] for own in told(*(with_points(f"单位{number}", 80) for number in range(many))).values()} == {""}


def test_who_is_not_evaluated_gets_no_verdict() -> None:
    found = told(replace(record("甲", status="未填齐"), score=None))["甲"]
    assert (found["已评价"], found["位置句"]) == (False, "")
    assert found["结果句"] == "你单位2024年8月20日填报的工作簿收悉，有的表没有填，暂不评价。"
    assert found["要求"] == ["补齐没有填的资料，重新报送工作簿。"]


def test_what_is_missing_is_told_with_its_cause_and_a_date_to_be_filled_in() -> None:
    lacking = record("甲", status="未达标")
    item = replace(lacking.indicators[0], reason="2024年少开1次", cause="书记外出", mend="2024年少开1次")
    found = told(replace(lacking, indicators=(item,), errors=2))["甲"]
    assert [(gap["指标"], gap["说明"], gap["原因"]) for gap in found["差距"]] == [("例会", "2024年少开1次", "书记外出")]
    assert len(found["要求"]) == 2
    assert "【待补：整改时限】" in found["要求"][0]
    assert found["要求"][1].startswith("2.工作簿里还有2处错误")


def test_what_has_been_put_right_is_no_gap_of_a_letter() -> None:
    found = told(missed(mend=""))["甲"]
    assert (found["差距"], found["已改正"]) == ([], "例会")
    assert found["要求"] == ["目前各项指标都达到了要求，应予肯定，请继续做好工作，巩固已有成果。"]


def test_a_veto_that_holds_is_a_gap_though_it_costs_no_points() -> None:
    barred = missed(mend="2025年受到处分1次")
    (gap,) = told(replace(barred, indicators=(replace(barred.indicators[0], reason=""),)))["甲"]["差距"]
    assert gap["说明"] == "2025年受到处分1次"


def test_the_days_of_a_letter_are_those_of_the_campaign() -> None:
    lacking = record("甲", status="未达标")
    item = replace(lacking.indicators[0], reason="2024年少开1次", mend="2024年少开1次")
    roster = Roster((Member("甲"),), (), campaign=Campaign(mend_by=date(2024, 9, 30), issued=date(2024, 9, 5)))
    found = told(replace(lacking, indicators=(item,)), roster=roster)["甲"]
    assert found["成文日期"] == "2024年9月5日"
    assert "于2024年9月30日前完成" in found["要求"][0]


def test_the_office_is_that_of_the_campaign_else_the_one_above() -> None:
    roster = Roster((Member("甲", parent="乙镇关工委"),), (), campaign=Campaign(issuer="测试县关工委"))
    assert told(record("甲"), roster=roster)["甲"]["发文单位"] == "测试县关工委"
    assert told(record("甲"), roster=replace(roster, campaign=Campaign()))["甲"]["发文单位"] == "乙镇关工委"
    assert told(record("甲", superior="丙县关工委："))["甲"]["发文单位"] == "丙县关工委"
    assert told(record("甲"))["甲"]["发文单位"] == "【待补：发文单位】"


def test_who_was_late_is_told_so() -> None:
    roster = Roster((Member("甲", due=date(2024, 8, 1)),), ())
    assert "（报送时已超过规定日期）" in told(record("甲"), roster=roster)["甲"]["结果句"]


def test_a_bonus_that_is_not_earned_is_asked_of_nobody(run: Run, tmp_path: Path) -> None:
    """Sample 09 has no 经验推广, which is a bonus: neither the letter nor the notice names it."""
    shutil.copy(SAMPLES / "09_演示单位_二十种规则.xlsx", tmp_path / "甲.xlsx")
    run("feedback", tmp_path, "--notice")
    place = tmp_path / "汇总" / "反馈意见书"
    texts = [document_text((place / f"演示单位关工委{name}.docx").read_bytes()) for name in ("反馈意见书", "整改通知书")]
    assert all("缺席上级会议" in text and "经验推广" not in text for text in texts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "来件"
    place.mkdir()
    shutil.copy(VILLAGE, place / "甲.xlsx")
    shutil.copy(GAPS, place / "乙.xlsx")
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["单位名称", "上级"], ["测试嘎查村关工委", "甲苏木"]):
        page.append(row)
    book.save(tmp_path / "名单.xlsx")
    return place


@pytest.mark.slow
def test_the_command_writes_a_letter_for_each_and_a_zip_for_each_above(run: Run, folder: Path) -> None:
    done = run("feedback", folder, "-r", folder.parent / "名单.xlsx")
    assert done.exit_code == 0, done.stderr
    assert "写了 2 份反馈意见书。" in done.stdout
    place = folder / "汇总" / "反馈意见书"
    names = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    letter = "测试嘎查村关工委反馈意见书.docx"
    assert names == ["甲苏木.zip", f"甲苏木/{letter}", "示例学院关工分委反馈意见书.docx"]
    with zipfile.ZipFile(place / "甲苏木.zip") as package:
        assert package.namelist() == [letter]
        assert package.read(letter) == (place / "甲苏木" / letter).read_bytes()
    text = document_text((place / "示例学院关工分委反馈意见书.docx").read_bytes())
    assert "经对你单位全面自查情况进行评价，结果为“未达标”" in text
    assert "尚未建立办公制度" in text
    assert "应予肯定" in document_text((place / "甲苏木" / letter).read_bytes())


@pytest.mark.slow
def test_a_letter_that_somebody_has_edited_stays(run: Run, folder: Path) -> None:
    """The folder of the aggregate may be given in place of that of the workbooks; equal letters are equal to the byte."""
    run("feedback", folder)
    place = folder / "汇总" / "反馈意见书"
    path = place / "测试嘎查村关工委反馈意见书.docx"
    first = path.read_bytes()
    document = docx.Document(str(path))
    document.add_paragraph("补充一段")
    document.save(str(path))
    edited = path.read_bytes()
    data = json.loads(run("feedback", folder / "汇总", "--json").stdout)
    assert data == {"letters": 2, "notices": 0, "assessed": 0, "folder": str(place)}
    assert path.read_bytes() == edited
    assert (place / "测试嘎查村关工委反馈意见书 (2).docx").read_bytes() == first


@pytest.mark.slow
def test_outputs_that_lie_elsewhere_do_not_stand_for_the_folder_above_them(run: Run, folder: Path, tmp_path: Path) -> None:
    """Whatever else lies in that folder is nobody's workbook."""
    assert run("aggregate", folder, "-o", tmp_path / "别处" / "汇总").exit_code == 0
    shutil.copy(VILLAGE, tmp_path / "别处" / "别的.xlsx")
    done = run("feedback", tmp_path / "别处" / "汇总")
    assert (done.exit_code, "请写工作簿所在的文件夹" in done.stderr) == (2, True)
    assert not (tmp_path / "别处" / "汇总" / "反馈意见书").exists()


def missed(unit: str = "甲", mend: str | None = "2024年少开1次", **more: Any) -> CommitteeRecord:
    """A committee that has missed one indicator in 2023 or since, and what of it has still to be mended."""
    lacking = record(unit, status="未达标", **more)
    return replace(lacking, indicators=(replace(lacking.indicators[0], reason="2023年少开1次", mend=mend),))


def notices(*records: CommitteeRecord, roster: Roster | None = None) -> list[dict[str, Any]]:
    """The values of the names of each notice of rectification."""
    return [
        dict(item.document.names["整改"])
        for item in letters(overview_of(records, roster), notices=True)
        if item.document.document_kind is RECTIFICATION_NOTICE
    ]


def test_a_notice_names_what_is_missed_and_by_when_it_is_to_be_mended() -> None:
    roster = Roster((Member("甲"),), (), campaign=Campaign(mend_by=date(2024, 9, 30), issuer="测试县关工委"))
    (found,) = notices(missed(), roster=roster)
    assert found["事项"] == [{"序号": "1", "指标": "例会", "问题": "2024年少开1次", "原因": "—"}]
    assert (found["时限"], found["发文单位"], found["有原因"], found["已改正"]) == ("2024年9月30日", "测试县关工委", False, "")
    assert found["评价句"] == "经对你单位2024年8月20日填报的工作簿进行评价，自查的内容中有1项没有达到要求。"


def test_what_has_been_put_right_is_no_matter_of_a_notice() -> None:
    """Alone it gives no notice; beside another indicator it is named apart."""
    put_right = missed(mend="")
    assert notices(put_right) == []
    lacking = replace(put_right.indicators[0], id="其他", title="档案", status="缺数据", reason="", mend="2024年没有提供档案资料")
    (found,) = notices(replace(put_right, indicators=(*put_right.indicators, lacking)))
    assert (found["事项"], found["补报"]) == ([], "档案（2024年没有提供档案资料）")
    assert found["已改正"] == "例会"
    assert found["评价句"].endswith("有1项资料暂缺、不能评价。")


def test_results_of_a_version_that_did_not_say_tell_what_was_not_reached() -> None:
    (found,) = notices(missed(mend=None))
    assert [item["问题"] for item in found["事项"]] == ["2023年少开1次"]


def test_what_is_missed_by_its_place_among_peers_is_told_by_how_far_it_is() -> None:
    ranked = missed(mend="")
    own = replace(ranked.indicators[0], reason="", progress="居第9位", place=9)
    (found,) = notices(replace(ranked, indicators=(own,)))
    assert [item["问题"] for item in found["事项"]] == ["完成情况：居第9位"]


def test_who_reaches_everything_or_is_not_evaluated_gets_no_notice() -> None:
    assert notices(record("甲"), replace(missed("乙"), status="未填齐", score=None)) == []


@pytest.mark.slow
def test_notices_lie_beside_the_letters_where_they_are_wanted(run: Run, folder: Path) -> None:
    done = run("feedback", folder, "--notice")
    assert "写了 2 份反馈意见书，1 份整改通知书。" in done.stdout
    text = document_text((folder / "汇总" / "反馈意见书" / "示例学院关工分委整改通知书.docx").read_bytes())
    assert "关于示例学院关工分委" in text
    assert "发现问题限期整改的通知" in text.replace("\n[公文标题] ", "")
    assert "因资料暂缺不能评价，请一并补报：工作经费（2019年没有提供工作经费方面的资料）。" in text
    assert "尚未建立办公制度" in text
    assert "整改情况回执" in text
    data = json.loads(run("feedback", folder / "汇总", "--notice", "--json").stdout)
    assert (data["letters"], data["notices"]) == (2, 1)
    # Somebody edits it: the next one lies beside it, and neither is out of date.
    notice = folder / "汇总" / "反馈意见书" / "示例学院关工分委整改通知书.docx"
    document = docx.Document(str(notice))
    document.add_paragraph("补充一段")
    document.save(str(notice))
    assert "不用再发" not in run("feedback", folder, "--notice").stderr
    assert notice.with_stem("示例学院关工分委整改通知书 (2)").exists()
    # The committee has mended everything since.
    shutil.copy(SAMPLES / "01_测试学院_中期评估.xlsx", folder / "乙.xlsx")
    again = run("feedback", folder, "--notice")
    assert (
        "以前的整改通知书，这次不用再发（示例学院关工分委整改通知书 (2).docx、示例学院关工分委整改通知书.docx），请核对后删去。"
        in again.stderr
    )
