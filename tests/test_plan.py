"""What comes next: by day, those of one head together, nobody's past, and persons where the workbook names them."""

from datetime import date
from typing import Any

from scripts.document_text import document_text
from tests.helpers import SAMPLES, book
from wuhao_report.evaluation.check import check, check_book
from wuhao_report.report.report import build_report, report_document
from wuhao_report.report.words.context import report_context

V = "village-2023"


def plan_of(profile: Any = None, **sheets: Any) -> list[dict[str, Any]]:
    outcome = check_book(book(V, {"报告阶段": "中期评估", "填报日期": date(2024, 6, 18), **(profile or {})}, version=2, **sheets))
    assert outcome.submission is not None
    assert outcome.assessment is not None
    return list(report_context(outcome.submission, outcome.assessment)[0]["任务清单"])


def test_the_nodes_of_the_scheme_and_the_periods_that_remain() -> None:
    rows = plan_of()
    assert [(row["任务"], row["时限"]) for row in rows if row["指标"] == "—"] == [
        ("开展当年自查，查漏补缺", "2024年8月"),
        ("完成验收自查，报送自查报告", "2025年7月底前"),
        ("迎接验收", "2025年9月"),
    ]
    leaders = next(row for row in rows if row["指标"] == "领导班子建设好" and row["任务"].startswith("2025年："))
    assert leaders["任务"].startswith("2025年：召开党支部例会专题研究关工委工作2次；将关工委建设纳入嘎查村党建工作；")
    assert {row["责任人"] for row in rows} == {"—"}


def test_open_measures_stand_among_them_with_their_persons() -> None:
    rows = plan_of(
        问题整改=[
            ["没有开会", "1.2.1", "农忙", "9月补开一次例会", "李测试", "2024年9月底", "整改中"],
            ["已办的事", "", "", "已经办了", "王测试", "2024年1月", "已完成"],
            ["没有期限", "", "", "慢慢来", "", "", "未开始"],
        ]
    )
    assert ("9月补开一次例会", "党支部专题例会", "李测试", "2024年9月底") in [
        (row["任务"], row["指标"], row["责任人"], row["时限"]) for row in rows
    ]
    assert not any("已经办了" in row["任务"] for row in rows)
    assert rows[-1]["任务"] == "慢慢来"
    days = [row["任务"] for row in rows]
    assert days.index("开展当年自查，查漏补缺") < days.index("9月补开一次例会") < days.index("完成验收自查，报送自查报告")
    assert not any("2024年召开党支部例会" in row["任务"] for row in rows)  # the measure stands for it


def test_a_milestone_is_answered_by_figures_or_by_a_document() -> None:
    told = {row["时间"]: row["实绩"] for row in nodes(佐证材料=[["Z1", "创建工作实施方案", date(2023, 6, 15)]])}
    assert told["2023年6月20日前"] == "形成《创建工作实施方案》"
    assert told["2023年8月"] == "完成情况未填写"
    assert told["2024年8月"] == ""


def nodes(**sheets: Any) -> list[dict[str, Any]]:
    outcome = check_book(book(V, {"报告阶段": "中期评估", "填报日期": date(2024, 6, 18)}, version=2, **sheets))
    assert outcome.submission is not None
    assert outcome.assessment is not None
    return list(report_context(outcome.submission, outcome.assessment)[0]["节点"])


def test_a_self_check_does_not_ask_for_milestones_it_does_not_print() -> None:
    problems = report_document(check(SAMPLES / "04_测试嘎查村_2024年自查.xlsx"))[1]
    assert "milestone-unanswered" not in [item.code for item in problems]


def test_a_draft_concludes_nothing() -> None:
    text = document_text(build_report(check(SAMPLES / "10_初建嘎查村_只有基本数据.xlsx"))[0])
    body = text.partition("[附件标识]")[0]
    assert body.count("本稿不作结论") == 1
    assert body.lstrip().startswith("| 以下各表尚未填写，本稿不作结论：会议、")
    for verdict in ("达标", "没有召开", "没有开展", "未达标", "没有达到"):
        assert verdict not in body
    assert "各表填齐以后再作结论。" in body
