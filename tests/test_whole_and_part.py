"""Rates whose one number is a part of the other: over 100 % the figures are at fault, and the value stays as it is reckoned."""

from typing import Any

import pytest

from tests.helpers import book, changed, indicator, judged, values
from wuhao_report.core.errors import SchemeError
from wuhao_report.evaluation.check import check_book
from wuhao_report.scheme.lookup import find_scheme

C, V = "college-2017", "village-2023"


def old(name: str, **more: str) -> list[str]:
    row = {"姓名": name, "政治面貌": "中共党员", "所属单位": "本单位", "参加日期": "2016-05-10", "退出日期": ""} | more
    return [row.get(column.name, "") for column in find_scheme(C).by_sheet["五老名册"].columns]


def child(name: str, since: str, until: str = "") -> list[str]:
    return [name, "留守儿童", since, until]


def over(found: Any) -> list[tuple[str, str, str]]:
    return [(item.level, str(item.at), item.message) for item in found.problems if item.code == "over-100"]


def of(found: Any) -> set[str]:
    return {item.code for item in found.problems}


def test_three_on_the_roll_of_two_stated() -> None:
    """2017: 3 of 3 on the roll, 2 stated = 150 %; 2018 has 3 stated and is whole."""
    found = judged(C, 年度数据=[[2017, 900, 2], [2018, 900, 3]], 五老名册=[old("李测试"), old("王测试"), old("赵测试")])
    assert values(found, "2.1.2") == {"2017年": 1.5, "2018年": 1}
    assert indicator(found, "2.1.2")["status"] == "达标"
    assert over(found) == [
        (
            "error",
            "年度数据!C4",
            "2017年“老同志参与率”超过100%（150%）：“离退休老同志数”填的是2，而“五老名册”第4、5、6行合起来有3人。",
        )
    ]
    assert "more-than-stated" not in of(found)


def test_rows_of_other_units_and_of_people_who_left_are_not_named() -> None:
    """Of five rows the second is of another unit and the third left in 2016: 3 of 2, rows 4, 7 and 8."""
    rows = [old("李测试"), old("王测试", 所属单位="外单位"), old("赵测试", 退出日期="2016-12-31"), old("周测试"), old("吴测试")]
    found = judged(C, 年度数据=[[2017, 900, 2], [2018, 900, 9]], 五老名册=rows)
    assert "“五老名册”第4、7、8行合起来有3人" in over(found)[0][2]


def test_donors_of_a_year_are_a_flow_and_only_a_warning() -> None:
    """4 donors of 3: somebody may have left within the year."""
    gifts = [["2017-06-01", f"李测试{n}", "离退休老同志", 100, ""] for n in range(3)] + [
        ["2017-07-01", "退休教师", "离退休老同志", 50, 1]
    ]
    found = judged(C, 年度数据=[[2017, 900, 3], [2018, 900, 3]], 捐款=gifts)
    assert [(level, at) for level, at, _ in over(found)] == [("warning", "年度数据!C4")]
    assert "“捐款”第4、5、6、7行合起来有4人" in over(found)[0][2]


def test_children_of_a_village() -> None:
    """2023 ends with 2 children of 1 stated; one leaves on New Year's Eve and is still there that day."""
    found = judged(
        V,
        年度数据=[[2023, 210, 1], [2024, 210, 1]],
        困境青少年=[child("甲", "2023-06-01"), child("乙", "2023-07-01", "2023-12-31")],
    )
    assert values(found, "5.2.3") == {"2023年": 2, "2024年": 1}
    assert [(level, at) for level, at, _ in over(found)] == [("error", "年度数据!C4")]


@pytest.mark.parametrize("stated", [0, ""])
def test_a_whole_that_is_0_or_not_stated_says_nothing(stated: Any) -> None:
    assert not over(judged(C, 年度数据=[[2017, 900, stated], [2018, 900, 3]], 五老名册=[old("李测试")]))


def test_a_roll_that_is_not_there_says_nothing() -> None:
    assert not over(check_book(book(C, without=["五老名册"], 年度数据=[[2017, 900, 2]])))


def test_many_rows_are_named_by_the_first_ten() -> None:
    found = judged(C, 年度数据=[[2017, 900, 2], [2018, 900, 12]], 五老名册=[old(f"李测试{n}") for n in range(12)])
    assert "第4、5、6、7、8、9、10、11、12、13行等12行合起来有12人" in over(found)[0][2]


def test_only_a_figure_of_the_year_may_be_the_whole() -> None:
    def change(table: Any) -> None:
        item = next(one for one in table["indicator"] if one["id"] == "2.1.2")
        item["measure"]["other"] = {"kind": "stock", "sheet": "班子成员"}

    with pytest.raises(SchemeError, match="分母是年度表里的一栏时才能写"):
        changed(C, change)
