"""Cells as people really type them: every form of the workbook standard, and nothing that raises."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuhao_report.tables.cells import parse
from wuhao_report.tables.sheets import COLUMN_TYPES
from wuhao_report.workbook.raw import CellFault

DAY = date(2017, 3, 5)


@pytest.mark.parametrize(
    "raw",
    [
        DAY,
        datetime(2017, 3, 5, 13, 1),
        "2017-03-05",
        "2017-3-5",
        "2017/3/5",
        "2017.3.5",
        "20170305",
        20170305.0,
        "2017年3月5日",
        "17年3月5日",
        "２０１７－０３－０５",
        " 2017-03-05 ",
        "2017年3月5号",
        "2017-03-05 00:00:00",
        "2017-03-05 00:00:00.0",
        "2017-03-05T00:00:00",
        "2017-03-04T16:00:00.000Z",  # midnight in China, said in UTC
        "2017-03-04T23:00:00+07:00",
        "2017年3月5日 星期日",
        "2017年3月5日（星期日）",
        "2017年3月5日上午",
        "2017年3月5日9:00",
        "2017年03月05日09时30分",
        "二〇一七年三月五日",
        "2017.3.5.",
        "2017年3月5日。",
        "17/3/5",
        "17.3.5",
        "2017–03–05",
        "2017、3、5",
        "'2017-03-05",
        "\u200b2017-03-05\ufeff",
    ],
)
def test_dates(raw: Any) -> None:
    found = parse("date", raw)
    assert (found.value, found.code) == (DAY, None)


@pytest.mark.parametrize("raw", ["2017年3月", "2017年3月份", "二〇一七年三月", "2017-03", "2017.3", "2017/3", 2017.3])
def test_a_month_alone_is_its_first_day_with_a_warning(raw: Any) -> None:
    found = parse("date", raw)
    assert (found.value, found.code) == (date(2017, 3, 1), "month-only")


def test_a_bare_serial_number_is_a_day_with_a_warning() -> None:
    # 42800 days after 1899-12-30 is 2017-03-06
    found = parse("date", 42800.0)
    assert (found.value, found.code) == (date(2017, 3, 6), "serial-date")


def test_the_number_2017_1_is_january_or_october() -> None:
    found = parse("date", 2017.1)
    assert (found.value, found.code) == (None, "ambiguous-date")


@pytest.mark.parametrize("words", ["二〇一七年十月", "二〇一七年十二月", "二〇一七年二月"])
def test_months_in_words(words: str) -> None:
    months = {"二〇一七年十月": 10, "二〇一七年十二月": 12, "二〇一七年二月": 2}
    assert parse("date", words).value == date(2017, months[words], 1)


@pytest.mark.parametrize(
    ("raw", "month"),
    [
        (14611.0, date(1940, 1, 1)),  # 40 years of 365.25 days after 1899-12-31
        (19000.0, date(1952, 1, 7)),  # 52 years and 8 days after 1899-12-30
        (1952.3, date(1952, 3, 1)),
        (1952.09, date(1952, 9, 1)),
        # 1952.3 where the cell has the format of a date: day 1952 after 1899-12-30, at 0.3 of the day
        (datetime(1905, 5, 5, 7, 12), date(1952, 3, 1)),
        ("一九五二年三月", date(1952, 3, 1)),
        ("1952年3月份", date(1952, 3, 1)),
    ],
)
def test_months_of_birth_are_those_of_lives(raw: Any, month: date) -> None:
    found = parse("month", raw)
    assert (found.value, found.code) == (month, None)


@pytest.mark.parametrize("raw", [1952.1, datetime(1905, 5, 5, 2, 24), datetime(1905, 5, 5)])
def test_a_month_of_birth_that_may_be_two_is_none(raw: Any) -> None:
    # 1952.1 is January or October; 1952 alone says no month
    assert parse("month", raw).code == "not-a-month"


@pytest.mark.parametrize("raw", ["昨天", "2017-13-01", "2017-02-30", 12.0, True, "2017", float("nan"), float("inf")])
def test_no_date(raw: Any) -> None:
    assert parse("date", raw).code == "not-a-date"


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (12.0, 12),
        ("12", 12),
        ("１２", 12),
        ("12人", 12),
        ("12人次", 12),
        ("十二", 12),
        ("1,200", 1200),
        ("一百零五", 105),
        (0.0, 0),
        ("0", 0),
        ("12,345,678", 12345678),
        ("12 345", 12345),
        ("\u200b12\ufe0f", 12),
    ],
)
def test_counts(raw: Any, number: int) -> None:
    assert parse("count", raw).value == number


@pytest.mark.parametrize("raw", ["12，8", "12,8", "3,5", "1,2,3", "1,2345", "10 000,00", "1 2", "12 345,678"])
def test_two_numbers_in_one_cell_are_never_fused(raw: str) -> None:
    assert (parse("count", raw).value, parse("count", raw).code) == (None, "not-a-number")
    assert (parse("amount", raw).value, parse("amount", raw).code) == (None, "not-a-number")


@pytest.mark.parametrize("unseen", "\u200b\u200d\ufeff\ufe0f\u2060\u00ad\u202d")
def test_what_nobody_sees_changes_no_value_but_that_of_a_text(unseen: str) -> None:
    assert parse("flag", f"√{unseen}").value is True
    assert parse("choice", f"{unseen}其他", ("其他",)).value == "其他"
    assert parse("year", f"20{unseen}17").value == 2017
    # some of them no document can hold: there they are taken out
    assert parse("text", f"甲{unseen}").code in ("unseen-character", "cleaned-text")


def test_pictures_made_of_several_are_seen() -> None:
    assert parse("text", "甲👨‍👩‍👧✔️").code is None


def test_a_day_of_many_blanks_is_none_and_costs_nothing() -> None:
    assert parse("date", "2023年" + " " * 10**6 + "x").code == "not-a-date"


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("1200元", 1200),
        ("0.5万元", 5000),
        ("1.2万", 12000),
        (0.1, Decimal("0.1")),
        ("1,200.50元", Decimal("1200.5")),
        ("¥300", 300),
    ],
)
def test_amounts_are_exact(raw: Any, number: Any) -> None:
    assert parse("amount", raw).value == number


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("count", "十多人", "not-a-number"),
        ("count", "若干", "not-a-number"),
        ("count", 12.5, "not-whole"),
        ("count", -1.0, "negative-number"),
        ("amount", "-5元", "negative-number"),
        ("amount", DAY, "not-a-number"),
        ("count", True, "not-a-number"),
        ("amount", 1e300, "not-a-number"),
        ("year", "17", "not-a-year"),
        ("year", DAY, "not-a-year"),
        ("flag", "是的", "not-a-flag"),
        ("flag", 2.0, "not-a-flag"),
        ("month", "春天", "not-a-month"),
        ("month", 1952.1, "not-a-month"),
    ],
)
def test_faults(kind: str, raw: Any, code: str) -> None:
    found = parse(kind, raw)
    assert (found.value, found.code) == (None, code)


@pytest.mark.parametrize("raw", [2017.0, "2017", "2017年", "２０１７", "2017年度"])
def test_years(raw: Any) -> None:
    assert parse("year", raw).value == 2017


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("是", "否"),
        ("有", "无"),
        ("√", "×"),
        ("✓", "✗"),
        (1.0, 0.0),
        ("1", "0"),
        ("Y", "N"),
        ("y", "n"),
        ("TRUE", "FALSE"),
        (True, False),
    ],
)
def test_flags(yes: Any, no: Any) -> None:
    assert parse("flag", yes).value is True
    assert parse("flag", no).value is False


@pytest.mark.parametrize("raw", ["无", "暂无", "—", "-", "/", "", "  ", "　", None])
def test_words_that_mean_empty(raw: Any) -> None:
    assert parse("text", raw).value is None
    assert parse("text", raw).code is None


def test_telephone_numbers_are_text() -> None:
    assert parse("text", 13800000001.0).value == "13800000001"


@pytest.mark.parametrize("raw", ["1952-03", "1952年3月", "52年3月", 195203.0, 1952.03, date(1952, 3, 1), "1952.3"])
def test_month_of_birth(raw: Any) -> None:
    found = parse("month", raw)
    assert (found.value, found.code) == (date(1952, 3, 1), None)


def test_choices_are_exact_after_trimming_and_folding() -> None:
    allowed = ("全委会议", "其他(A)")
    assert parse("choice", " 全委会议 ", allowed).value == "全委会议"
    assert parse("choice", "其他（Ａ）", allowed).value == "其他(A)"
    wrong = parse("choice", "全委会", allowed)
    assert wrong.code == "unknown-choice"
    assert wrong.args == {"allowed": "全委会议、其他(A)", "nearest": "是否应为“全委会议”？"}


@pytest.mark.parametrize("raw", ["甲、乙", "甲,乙", "甲，乙", "甲;乙", "甲；乙", "甲/乙", "甲\n乙", " 甲 、 乙 、甲"])
def test_multi_valued_cells(raw: str) -> None:
    assert parse("choices", raw, ("甲", "乙", "丙")).value == ("甲", "乙")
    assert parse("ids", raw).value == ("甲", "乙")


def test_one_unknown_choice_makes_the_cell_missing() -> None:
    found = parse("choices", "甲、丁", ("甲", "乙"))
    assert (found.value, found.code) == (None, "unknown-choice")


def test_faults_of_excel_keep_their_code() -> None:
    assert parse("count", CellFault("formula-not-calculated", "")).code == "formula-not-calculated"


RAW = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.text("0123456789年月日./-万千元人,，、 ", max_size=14),
)


@given(st.sampled_from(sorted(COLUMN_TYPES)), RAW)
def test_no_cell_raises_and_a_value_never_comes_with_an_error(kind: Any, raw: Any) -> None:
    found = parse(kind, raw, ("甲", "乙"))
    assert found.value is None or found.code in (None, "month-only", "serial-date", "cleaned-text")


@given(st.text("零〇一二两三四五六七八九十百千万亿点", min_size=1, max_size=6))
def test_no_chinese_numeral_raises(text: Any) -> None:
    for kind in ("count", "amount"):
        assert parse(kind, text).code in (None, "not-a-number", "not-whole", "negative-number")


@given(
    st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    st.sampled_from(["{0}-{1:02}-{2:02}", "{0}/{1}/{2}", "{0}.{1}.{2}", "{0}年{1}月{2}日", "{0}{1:02}{2:02}"]),
)
def test_every_written_date_reads_back(day: Any, form: Any) -> None:
    assert parse("date", form.format(day.year, day.month, day.day)).value == day


@given(st.integers(0, 10**9))
def test_every_count_reads_back(number: Any) -> None:
    for raw in (number, str(number), f"{number:,}", f"{number}人", float(number)):
        assert parse("count", raw).value == number
