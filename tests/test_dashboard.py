"""汇总看板.html in a real browser without a network: its numbers are those of the JSON, and it can be used with the keyboard alone."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.rolled import ROSTER, Failed, Skipped, overview_of, record
from wuhao_report.aggregate.outputs import dashboard as dashboard_module
from wuhao_report.aggregate.outputs.dashboard import TEMPLATE, dashboard, dashboard_data
from wuhao_report.aggregate.outputs.data import overview_data


def overview() -> Any:
    records = [
        record("测试东村", score=100),
        record("测试西村", status="未达标", score=90),
        record("测试南村", status="未达标", score=90),
        record('<b>外来</b>村 & "乙"', score=80),
    ]
    return overview_of(
        records,
        ROSTER,
        [Failed("坏.xlsx", "damaged", "坏了</script><script>window.evil = 1</script>")],
        [Skipped("~$甲.xlsx", "临时")],
    )


@pytest.fixture
def tab(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    """The page opened with the network off; whatever it asks for besides itself is noted."""
    path = tmp_path / "看板.html"
    path.write_bytes(dashboard(overview(), "某县"))
    context = browser.new_context(offline=True)
    tab = context.new_page()
    asked, faults = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(path.as_uri())
    yield tab
    assert asked == [path.as_uri()]
    assert faults == []
    context.close()


def test_the_numbers_on_the_page_are_those_of_the_json(tab: Any) -> None:
    data = overview_data(overview())
    group = data["groups"][0]
    cards = dict(zip(tab.locator(".card span").all_inner_texts(), tab.locator(".card b").all_inner_texts(), strict=True))
    assert cards == {
        "达标率": f"{100 * group['overall']['rate']:g}%",
        "达标单位": "2",
        "计入单位": "4",
        "名单上的单位": "6",
        "已报送": "3",
        "未报": "2",
        "迟报": "0",
        "不能汇总的文件": "1",
    }
    rows = [row.locator("td").all_inner_texts() for row in tab.locator("#rank tbody tr").all()]
    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
        (f"{item['place']}{'（并列）' if item['tied'] else ''}", item["unit"], item["status"], f"{item['score']:.2f}")
        for item in group["committees"]
    ]
    assert tab.locator("#heat tbody td button").count() == sum(len(item["indicators"]) for item in group["committees"])
    assert tab.locator("#missed .bar em").all_inner_texts() == ["2 个单位"]
    assert tab.locator("#heads .bar em").all_inner_texts() == ["50%　2／4"]
    assert "共 6 个文件：计入 4，重复 0，排除 0，不能汇总 1，跳过 1。" in tab.locator("#files").inner_text()
    assert [text.split("（")[0] for text in tab.locator("#roster li").all_inner_texts()][:2] == ["甲镇", "测试中村"]


def test_filter_search_and_down_to_the_cells(tab: Any) -> None:
    tab.fill("#search", "西")
    assert tab.locator("#rank tbody tr").count() == 1
    tab.fill("#search", "")
    tab.select_option("#status", "未达标")
    assert tab.locator("#rank tbody tr").count() == 2
    tab.select_option("#status", "")
    tab.locator("#heat tbody td button").first.click()
    assert tab.locator("dialog").is_visible()
    assert tab.locator("#d-title").inner_text() == "测试东村"
    assert tab.locator("#d-rows tr").first.locator("td").all_inner_texts()[:2] == ["1.1", "例会"]


def test_it_can_be_used_with_the_keyboard_alone(tab: Any) -> None:
    tab.locator("#search").focus()
    for _ in range(4):
        tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "测试东村"
    tab.keyboard.press("Enter")
    assert tab.locator("dialog").is_visible()
    tab.keyboard.press("Escape")
    assert not tab.locator("dialog").is_visible()


def test_texts_of_workbooks_are_never_markup(tab: Any) -> None:
    assert tab.locator("#rank b").count() == 0
    assert '<b>外来</b>村 & "乙"' in tab.locator("#rank").inner_text()
    assert tab.evaluate("window.evil") is None
    assert "坏了</script><script>window.evil = 1</script>" in tab.locator("#files").inner_text()


def many_indicators() -> Any:
    """As many indicators as a real scheme has, with long names."""
    first = record("测试很长很长很长的名字嘎查村关心下一代工作委员会")
    items = tuple(
        replace(first.indicators[0], id=f"{number // 9 + 1}.{number % 9 + 1}", title=f"一项名称相当长的指标{number}")
        for number in range(40)
    )
    return overview_of([replace(first, indicators=items), replace(record("测试西村"), indicators=items)], ROSTER)


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, tmp_path: Path, width: int) -> None:
    path = tmp_path / "看板.html"
    path.write_bytes(dashboard(many_indicators(), "某县"))
    context = browser.new_context(offline=True, viewport={"width": width, "height": 800})
    tab = context.new_page()
    tab.goto(path.as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.locator("#heat thead th").count() == 41
    context.close()


def test_no_reference_leads_outside() -> None:
    text = TEMPLATE.read_text(encoding="utf-8") + dashboard(overview(), "某县").decode()
    assert (
        re.findall(
            r"(?:https?:)?//[a-z]|\bsrc=|\bhref=|url\(|@import|fetch\(|XMLHttpRequest|innerHTML|document\.write|eval\(", text
        )
        == []
    )
    assert "default-src 'none'" in text


def test_the_data_in_the_page_is_the_json() -> None:
    text = dashboard(overview(), "某县").decode()
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL).group(1))
    assert data == {**dashboard_data(overview()), "name": "某县"}
    whole = overview_data(overview())
    for own, group in zip(data["groups"], whole["groups"], strict=True):
        assert {name: value for name, value in own.items() if name not in ("committees", "regions")} == {
            name: value for name, value in group.items() if name != "committees"
        }
        for row, full in zip(own["committees"], group["committees"], strict=True):
            assert {name: value for name, value in row.items() if name != "indicators"}.items() <= full.items()
            assert [item[:4] for item in row["indicators"]] == [
                [item["id"], item["status"], item["score"], item["full"]] for item in full["indicators"]
            ]
    assert (data["files"], data["failed"]) == (whole["files"], whole["failed"])


def test_too_many_committees_are_shown_by_those_above_them(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard_module, "MOST_COMMITTEES", 3)
    path = tmp_path / "看板.html"
    path.write_bytes(dashboard(overview(), "某县"))
    context = browser.new_context(offline=True)
    tab = context.new_page()
    faults = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(path.as_uri())
    assert tab.locator("#heat tbody th").all_inner_texts() == ["（未注明）", "乙镇", "甲镇"]
    assert tab.locator("#heat td.share").all_inner_texts() == ["100", "0", "50"]
    assert tab.locator("#parents .bar em").all_inner_texts() == ["100%　1／1", "0%　0／1", "50%　1／2"]
    assert "共 4 个，这里按上级列出" in tab.locator("#count").inner_text()
    assert not tab.locator("#rank").is_visible()
    assert faults == []
    context.close()


def test_an_empty_overview_has_a_page(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "空.html"
    path.write_bytes(dashboard(overview_of([]), "空"))
    context = browser.new_context(offline=True)
    tab = context.new_page()
    faults = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(path.as_uri())
    assert "没有可以汇总的工作簿" in tab.locator("header").first.inner_text()
    assert faults == []
    context.close()


def colours() -> dict[Any, Any]:
    text = TEMPLATE.read_text(encoding="utf-8")
    return {
        name: tuple(int(value[at : at + 2], 16) for at in (0, 2, 4))
        for name, value in re.findall(r"--(met|unmet|unknown|running): #([0-9a-f]{6})", text)
    }


def test_no_state_is_told_by_colour_alone_and_colours_differ_in_light() -> None:
    """Every state has a sign of its own, and the two that matter most differ in lightness for those who see no red or green."""
    text = TEMPLATE.read_text(encoding="utf-8")
    signs = re.search(r"SIGNS = \[(.*?)\]", text).group(1)
    assert len(set(re.findall(r'"(.)"', signs)[:5])) == 5
    light = {name: Fraction(299 * red + 587 * green + 114 * blue, 1000) for name, (red, green, blue) in colours().items()}
    assert abs(light["met"] - light["unmet"]) > 20
    assert abs(light["met"] - light["running"]) > 50
