"""汇总看板.html in a real browser without a network: its numbers are those of the JSON, and it can be used with the keyboard alone."""

import base64
import gzip
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from playwright.sync_api import Browser

from tests.rolled import ROSTER, Failed, Skipped, overview_of, record
from wuhao_report.aggregate.outputs import dashboard as dashboard_module
from wuhao_report.aggregate.outputs.dashboard import LIBRARIES, MOST_COMMITTEES, PAGE, dashboard, dashboard_data
from wuhao_report.aggregate.outputs.data import overview_data
from wuhao_report.aggregate.rows import compare_records
from wuhao_report.aggregate.totals import COUNTED, Changes, tally_of


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
    tab.on(
        "request", lambda request: asked.append(request.url) if not request.url.startswith(("data:", "blob:", "about:")) else None
    )
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(path.as_uri())
    yield tab
    assert {address.split("#")[0] for address in asked} == {path.as_uri()}
    assert faults == []
    context.close()


def bars(tab: Any, name: str) -> list[tuple[str, float]]:
    """What a chart shows: names and values, as the library holds them."""
    option = tab.evaluate(f"echarts.getInstanceByDom(document.getElementById('c-{name}')).getOption()")
    return [(item["name"], item["value"]) for item in option["series"][0]["data"]]


def press(tab: Any, name: str, at: int) -> None:
    """Click on a bar of a chart where it is drawn."""
    place = tab.evaluate(
        f"(() => {{ const own = echarts.getInstanceByDom(document.getElementById('c-{name}')); const item = own.getOption().series[0].data[{at}];"
        f"return own.convertToPixel({{ xAxisIndex: 0, yAxisIndex: 0 }}, [item.value / 2, {at}]); }})()"
    )
    tab.locator(f"#c-{name} canvas").click(position={"x": place[0], "y": place[1]})


def cells(tab: Any, table: str, field: str) -> list[str]:
    texts: list[str] = tab.locator(f"#t-{table} .tabulator-row .tabulator-cell[tabulator-field={field}]").all_inner_texts()
    return [text.strip() for text in texts]


def test_the_page_opens_with_what_matters(tab: Any) -> None:
    """2 of 4 reach the target; (100 + 90 + 90 + 80) / 4 = 90."""
    assert tab.locator("#lead").inner_text() == (
        "4个单位计入，2个达标，达标率50%，平均90分。应报6个，已报3个，排除1个，还有2个没有报。一项最拖后腿：“例会”（2个单位没有达到）。"
    )
    assert tab.locator("#a-missing").inner_text().startswith("2 个：")
    assert {"甲镇", "测试中村"} == set(tab.locator("#a-missing").inner_text().split("：")[1].split("\u3000")[0].split("、"))
    assert tab.locator("#a-weak").inner_text() == "例会：2 个单位没有达到（共 4 个）"
    assert bars(tab, "weak") == [("1.1 例会", 2)]
    assert bars(tab, "heads") == [("班子好", 0.5)]
    assert bars(tab, "status") == [("✓ 达标", 2), ("✕ 未达标", 2)]
    assert not tab.locator("#s-moved").is_visible()  # there is no last report


def test_the_tables_are_those_of_the_json(tab: Any) -> None:
    group = overview_data(overview())["groups"][0]
    tab.click("#tab-units")
    rows = zip(*(cells(tab, "units", name) for name in ("place", "unit", "status", "score")), strict=True)
    assert list(rows) == [
        (f"{item['place']}{'（并列）' if item['tied'] else ''}", item["unit"], f"{sign} {item['status']}", f"{item['score']:.2f}")
        for item, sign in zip(group["committees"], "✓✕✕✓", strict=True)
    ]
    tab.click("#tab-heat")
    assert cells(tab, "heat", "m0") == ["✓", "✕", "✕", "✓"]  # the least points first
    tab.click("#tab-receipt")
    text = tab.locator("#receipt").inner_text()
    assert "共 6 个文件：计入 4，重复 0，排除 0，不能汇总 1，跳过 1，阶段不符 0。" in text
    assert "未报（2）" in text
    assert "测试北村：已撤并（李测试）" in text


def test_every_filter_and_every_chart_filters_the_rest(tab: Any) -> None:
    tab.fill("#q", "西")
    assert tab.locator("#count").inner_text() == "1／4 个单位"
    assert bars(tab, "weak") == [("1.1 例会", 1)]
    tab.click("#clear")
    press(tab, "status", 1)
    assert tab.input_value("#status") == "未达标"
    assert bars(tab, "heads") == [("班子好", 0)]
    assert bars(tab, "status") == [("✓ 达标", 2), ("✕ 未达标", 2)]  # its own choice stays open
    press(tab, "status", 1)
    assert tab.input_value("#status") == ""
    press(tab, "weak", 0)
    assert tab.input_value("#miss") == "1.1"
    tab.click("#tab-units")
    assert cells(tab, "units", "unit") == ["测试南村", "测试西村"]
    tab.select_option("#parent", "乙镇")
    assert cells(tab, "units", "unit") == ["测试南村"]
    tab.click("#clear")
    tab.click("#tab-overview")
    press(tab, "heads", 0)
    assert (tab.input_value("#head"), tab.locator("#count").inner_text()) == ("1", "2／4 个单位")


def test_the_state_stands_in_the_address(tab: Any) -> None:
    tab.select_option("#status", "未达标")
    tab.click("#tab-units")
    tab.get_by_role("button", name="测试南村").click()
    address = tab.url
    tab.goto("about:blank")
    tab.goto(address)
    tab.locator(".item").nth(1).wait_for()
    assert tab.locator("#d-title").inner_text() == "测试南村"
    tab.keyboard.press("Escape")
    assert cells(tab, "units", "unit") == ["测试南村", "测试西村"]
    tab.goto(address.split("#")[0] + "#tab=nowhere&g=99&unit=99&status=%3Cb%3E")
    tab.reload()
    assert tab.locator("#count").inner_text() == "共 4 个单位"


def test_a_committee_is_shown_with_the_cells_of_its_evidence(tab: Any) -> None:
    tab.click("#tab-heat")
    tab.get_by_role("button", name="测试西村：1.1 例会　未达标，90.00 分").click()
    item = tab.locator(".item:not(.heads)").first
    assert item.locator("span").all_inner_texts()[:2] == ["1.1", "例会"]
    assert [item.locator(f".{name}").inner_text() for name in ("points", "told", "cells")] == [
        "得 90.00／100.00",
        "2次",
        "填在 会议!A4",
    ]
    assert "文件 测试西村.xlsx" in tab.locator("#d-about").inner_text()
    tab.set_viewport_size({"width": 390, "height": 800})
    boxes = {name: item.locator(name).bounding_box()["y"] for name in (".cells", ".told")}
    assert boxes[".cells"] < boxes[".told"]  # on a phone they stand first
    assert item.bounding_box()["width"] <= 390


def test_it_can_be_used_with_the_keyboard_alone(tab: Any) -> None:
    tab.locator("#tab-overview").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.activeElement.id") == "tab-units"
    for _ in range(20):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.textContent") == "总分":
            break
    tab.keyboard.press("Enter")  # sorts: the least first
    assert cells(tab, "units", "score") == ["80.00", "90.00", "90.00", "100.00"]
    for _ in range(20):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.textContent") == "测试南村":
            break
    tab.keyboard.press("Enter")
    assert tab.locator("#d-title").inner_text() == "测试南村"
    tab.keyboard.press("Escape")
    assert not tab.locator("dialog").is_visible()


def test_a_screen_reader_hears_the_charts_and_the_tables(tab: Any) -> None:
    for name in ("weak", "status", "heads", "spread", "missing"):
        box = tab.locator(f"#c-{name}")
        assert box.get_attribute("role") == "img"
        assert "图表" in box.get_attribute("aria-label")
    assert "例会" in tab.locator("#c-weak").get_attribute("aria-label")
    tab.click("#tab-units")
    assert tab.get_by_role("columnheader", name="总评").count() == 1
    assert tab.get_by_role("row").count() >= 4
    assert tab.get_by_role("tab", selected=True).inner_text() == "单位"
    for name in ("查找单位", "上级", "总评", "没有达到的指标", "没有达到的方面"):
        kind = "searchbox" if name == "查找单位" else "combobox"
        assert tab.get_by_role(kind, name=name, exact=True).count() == 1


def test_a_table_and_a_chart_can_be_kept(tab: Any) -> None:
    tab.click("#tab-units")
    with tab.expect_download() as coming:
        tab.click("#csv-units")
    lines = Path(coming.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert coming.value.suggested_filename == "汇总看板　某县.csv"
    assert lines[0].startswith('"名次","单位","上级","总评","总分"')
    assert lines[1].startswith('"1","测试东村","甲镇","达标","100"')
    tab.click("#tab-overview")
    with tab.expect_download() as coming:
        tab.locator("#s-weak .save").click()
    assert Path(coming.value.path()).read_bytes().startswith(b"\x89PNG")
    assert coming.value.suggested_filename == "什么最拖后腿.png"


def test_a_formula_is_no_formula_in_the_csv(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "看板.html"
    path.write_bytes(dashboard(overview_of([record('=HYPERLINK("x")村'), record("测试西村")]), "某县"))
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.goto(path.as_uri() + "#tab=units")
    with tab.expect_download() as coming:
        tab.click("#csv-units")
    assert """"'=HYPERLINK(""x"")村\"""" in Path(coming.value.path()).read_text(encoding="utf-8-sig")
    context.close()


def test_texts_of_workbooks_are_never_markup(tab: Any) -> None:
    tab.click("#tab-units")
    assert tab.locator("main b b, #t-units b").count() == 0
    assert '<b>外来</b>村 & "乙"' in cells(tab, "units", "unit")
    tab.click("#tab-receipt")
    assert tab.evaluate("window.evil") is None
    assert "坏了</script><script>window.evil = 1</script>" in tab.locator("#receipt").inner_text()


def test_no_other_script_is_run(tab: Any) -> None:
    """Even where something became markup, the policy of the page names the hashes of its own scripts alone."""
    tab.evaluate("document.body.append(document.createRange().createContextualFragment('<script>window.evil = 1</script>'))")
    tab.evaluate("document.getElementById('lead').setAttribute('onclick', 'window.evil = 1')")
    tab.click("#lead")
    assert tab.evaluate("window.evil") is None


def moved() -> Any:
    """Two committees with a last report: one rose by 15 points, the other fell by 10."""
    records = [record("测试东村关工委", score=95), record("测试西村关工委", status="未达标", score=70)]
    whole = overview_of(records, ROSTER)
    group = whole.groups[0]
    last = {"测试东村": record("", score=80, status="未达标"), "测试西村": record("", score=80, day=date(2023, 8, 20))}
    rows = [replace(row, last=compare_records(row.record, last[row.record.unit[:4]])) for row in group.rows()]
    changes = Changes(2, 1, 1, 0, tally_of({"未达标": 1, "达标": 1}), tally_of({"未达标": 1, "达标": 1}))
    return replace(whole, groups=(replace(group, rows=lambda: iter(rows), totals=replace(group.totals, changes=changes)),))


def test_who_moved_most(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "看板.html"
    path.write_bytes(dashboard(moved(), "某县"))
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.goto(path.as_uri())
    assert tab.locator("#a-moved").inner_text() == (
        "与上次相比，上升 1 个，下降 1 个，不变 0 个；两次都有的 2 个单位，达标率 50% → 50%。 上升最多：测试东（+15.00） 下降最多：测试西（−10.00）"
    )
    assert bars(tab, "moved") == [("测试东", 15), ("测试西", -10)]
    press(tab, "moved", 1)
    assert tab.locator("#d-title").inner_text() == "测试西村关工委"
    assert "上次 2023-08-20（自查）：达标，80.00 分，这次 −10.00" in tab.locator("#d-last").inner_text()
    context.close()


def many_indicators(many: int = 2) -> Any:
    """As many indicators as a real scheme has, with long names, and different words in each committee."""
    first = record("测试很长很长很长的名字嘎查村关心下一代工作委员会")
    own = [
        replace(
            first,
            unit=f"测试很长很长很长的名字第{at:04d}嘎查村关心下一代工作委员会",
            file=f"某镇的文件夹/测试第{at:04d}嘎查村.xlsx",
            sha256=str(at),
            indicators=tuple(
                replace(
                    first.indicators[0],
                    id=f"{number // 9 + 1}.{number % 9 + 1}",
                    title=f"一项名称相当长的指标{number}",
                    progress=f"{at * number % 97}次，共{at * number % 991}人次；缺第{at % 4 + 1}季度",
                    cells=tuple(f"三会一课!{column}{4 + at * number % 89}" for column in "ABC"),
                )
                for number in range(40)
            ),
        )
        for at in range(many)
    ]
    return overview_of(own, ROSTER)


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, tmp_path: Path, width: int) -> None:
    path = tmp_path / "看板.html"
    path.write_bytes(dashboard(many_indicators(), "某县"))
    context = browser.new_context(offline=True, viewport={"width": width, "height": 800})
    tab = context.new_page()
    tab.goto(path.as_uri())
    for name in ("overview", "units", "heat", "receipt"):
        tab.click(f"#tab-{name}")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.click("#tab-heat")
    assert tab.locator("#t-heat .tabulator-col").count() == 43
    context.close()


def test_a_thousand_committees_are_one_small_file_whose_table_draws_what_is_seen(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "看板.html"
    path.write_bytes(dashboard(many_indicators(MOST_COMMITTEES), "某县"))
    assert path.stat().st_size <= 2_500_000
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.goto(path.as_uri() + "#tab=units")
    assert 10 < tab.locator("#t-units .tabulator-row").count() < 100
    tab.fill("#q", "第0999嘎查")
    assert cells(tab, "units", "unit") == ["测试很长很长很长的名字第0999嘎查村关心下一代工作委员会"]
    context.close()


def test_the_summary_is_printed_on_one_page(browser: Browser, tmp_path: Path) -> None:
    """Whatever part of the page was open."""
    path = tmp_path / "看板.html"
    path.write_bytes(dashboard(moved(), "某县"))
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.goto(path.as_uri() + "#tab=heat")
    data = tab.pdf(prefer_css_page_size=True)
    with pdfplumber.open(io.BytesIO(data)) as printed:
        assert len(printed.pages) == 1
        assert (round(printed.pages[0].width), round(printed.pages[0].height)) == (595, 842)
        assert "什么最拖后腿" in printed.pages[0].extract_text()
    assert tab.locator("#t-heat").is_visible()
    context.close()


def test_no_reference_leads_outside() -> None:
    own = "".join((PAGE / name).read_text(encoding="utf-8") for name in ("page.html", "page.css", "page.js"))
    found = r"(?:https?:)?//[a-z]|\bsrc=|\bhref=\"[^#]|url\(|@import|fetch\(|XMLHttpRequest|innerHTML|document\.write|eval\("
    assert re.findall(found, own) == []
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', dashboard(overview(), "某县").decode()).group(1)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert policy.count("unsafe-inline") == 1


def test_the_libraries_are_those_that_were_taken() -> None:
    """scripts/make_page_libraries.py prints these."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in LIBRARIES.glob("*.min.*")}
    assert found == {
        "echarts.min.js": "baa8dfe7e1d9336b",
        "tabulator.min.js": "ee909ff0accc0162",
        "tabulator.min.css": "c7707d51e5d57c60",
    }


def test_the_data_in_the_page_is_the_json() -> None:
    text = dashboard(overview(), "某县").decode()
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL).group(1))
    packed = re.search(r'<script type="text/plain" id="details">(.*?)</script>', text).group(1)
    details = json.loads(gzip.decompress(base64.b64decode(packed)))
    made = dashboard_data(overview())
    assert details == [group.pop("details") for group in made["groups"]]
    assert data == {**made, "name": "某县"}
    whole = overview_data(overview())
    for own, more, group in zip(data["groups"], details, whole["groups"], strict=True):
        shared = set(own) - {"committees", "regions", "lead", "indicators"}
        assert {name: own[name] for name in shared} == {name: group[name] for name in shared}
        for at, full in enumerate(group["committees"]):
            row = {name: values[at] for name, values in {**own["committees"], **more}.items()}
            assert all(row[name] == full[name] for name in ("unit", "parent", "status", "score", "place", "tied", "late", "file"))
            assert [data["statuses"][int(mark)] for mark in row["marks"]] == [item["status"] for item in full["indicators"]]
            assert row["scores"] == [item["score"] for item in full["indicators"]]
            assert row["told"] == [item["told"] for item in full["indicators"]]
            assert row["cells"] == ["、".join(item["cells"]) for item in full["indicators"]]
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
    assert bars(tab, "spread") == [("（未注明上级）", 1), ("乙镇", 0), ("甲镇", 0.5)]
    assert bars(tab, "weak") == [("1.1 例会", 2)]
    tab.click("#tab-units")
    assert "共 4 个单位，这里按上级列出" in tab.locator("#n-units").inner_text()
    assert not tab.locator("#t-units").is_visible()
    tab.click("#tab-heat")
    assert cells(tab, "heat", "unit") == ["（未注明上级）", "乙镇", "甲镇"]
    assert cells(tab, "heat", "m0") == ["100%", "0%", "50%"]
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


def test_no_state_is_told_by_colour_alone_and_colours_differ_in_light() -> None:
    """Every state has a sign of its own, and the two that matter most differ in lightness for those who see no red or green."""
    script, style = ((PAGE / name).read_text(encoding="utf-8") for name in ("page.js", "page.css"))
    signs = re.findall(r'"(.)"', re.search(r"SIGNS = \[(.*?)\]", script).group(1))
    assert len(signs) == len(set(signs)) == len(COUNTED)
    colours = re.findall(r"--(met|unmet|unknown|running): #(..)(..)(..);", style)
    light = {name: (299 * int(red, 16) + 587 * int(green, 16) + 114 * int(blue, 16)) / 1000 for name, red, green, blue in colours}
    assert abs(light["met"] - light["unmet"]) > 20
    assert abs(light["met"] - light["running"]) > 50
    assert all(f'"#{"".join(parts)}"' in script for name, *parts in colours)  # the charts have the same
