"""A pack that is signed: whoever has the public key takes only those; a campaign travels in the pack."""

from __future__ import annotations

import json
import shutil
import stat
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.helpers import SAMPLES, Run
from wuhao_report.aggregate.roster.model import Campaign, Member, Roster, merge_rosters
from wuhao_report.aggregate.storage.bundles.items import NotABundle, campaign_data, campaign_of

OTHER = SAMPLES / "07_样例嘎查村_中期评估.xlsx"
VILLAGE = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"
CAMPAIGN = (
    ("名称", "2024年自查"),
    ("阶段", "2024年自查"),
    ("发文单位", "测试旗关工委"),
    ("开头语", "现报告如下："),
    ("下一步", "一是抓整改\n二是抓巩固"),
)


@pytest.fixture
def keys(run: Run, tmp_path: Path) -> tuple[Path, Path]:
    """A private and a public key."""
    assert run("key", "new", "-o", tmp_path / "钥").exit_code == 0
    return tmp_path / "钥" / "汇总签名_私钥.pem", tmp_path / "钥" / "汇总签名_公钥.pem"


@pytest.fixture
def sent(run: Run, tmp_path: Path) -> Callable[..., Path]:
    """Aggregate a county, with these options, and lay its pack into a folder of the level above."""

    def send(*options: Any, more: Mapping[str, Path] = {}) -> Path:
        below, above = tmp_path / "县", tmp_path / "省"
        below.mkdir()
        above.mkdir()
        shutil.copy(VILLAGE, below / "甲.xlsx")
        for name, path in more.items():
            shutil.copy(path, below / name)
        assert run("aggregate", below, *options).exit_code == 0
        return Path(shutil.copy(below / "汇总" / "汇总包.wuhao", above / "县.wuhao"))

    return send


def failures(run: Run, folder: Path, *options: Any) -> list[str]:
    return [item["message"] for item in json.loads(run("aggregate", folder, "--json", *options).stdout)["failed"]]


def test_a_private_key_is_its_owners_alone_and_never_replaced(run: Run, keys: tuple[Path, Path]) -> None:
    if sys.platform != "win32":
        assert stat.S_IMODE(keys[0].stat().st_mode) == 0o600
    before = keys[0].read_bytes()
    done = run("key", "new", "-o", keys[0].parent)
    assert (done.exit_code, keys[0].read_bytes()) == (2, before)
    assert "已经有了" in done.stderr


def test_a_signed_pack_counts_with_the_right_key(run: Run, keys: tuple[Path, Path], sent: Callable[..., Path]) -> None:
    pack = sent("--sign", keys[0])
    assert failures(run, pack.parent, "--verify-key", keys[1]) == []
    told = run("aggregate", pack.parent).stdout
    assert "没有签名" not in told
    assert "有 1 个汇总包有签名（县.wuhao），没有核对是谁签的" in told


def test_another_key_none_and_a_changed_manifest_are_refused(
    run: Run, keys: tuple[Path, Path], sent: Callable[..., Path], tmp_path: Path
) -> None:
    pack = sent("--sign", keys[0])
    run("key", "new", "-o", tmp_path / "别")
    (message,) = failures(run, pack.parent, "--verify-key", tmp_path / "别" / "汇总签名_公钥.pem")
    assert "不是用指定的公钥签名的" in message
    # both keys: one of them is enough
    assert failures(run, pack.parent, "--verify-key", tmp_path / "别" / "汇总签名_公钥.pem", "--verify-key", keys[1]) == []
    change(pack, "manifest.json", lambda data: data.replace(b'"roster": false', b'"roster": false '))
    (message,) = failures(run, pack.parent)
    assert "签名不对" in message


@pytest.mark.parametrize("damage", [b"{}", b"[]", b'{"key": "", "signature": ""}', b'{"key": 1, "signature": 2}', b"null "])
def test_a_signature_that_is_none_is_refused(run: Run, keys: tuple[Path, Path], sent: Callable[..., Path], damage: bytes) -> None:
    pack = sent("--sign", keys[0])
    change(pack, "signature.json", lambda data: damage)
    (message,) = failures(run, pack.parent, "--verify-key", keys[1])
    assert "签名" in message


def test_an_unsigned_pack_is_said_once_and_refused_where_a_key_is_asked_for(
    run: Run, keys: tuple[Path, Path], sent: Callable[..., Path]
) -> None:
    pack = sent()
    (message,) = failures(run, pack.parent, "--verify-key", keys[1])
    assert "没有签名" in message
    for _ in range(2):  # the second time nothing has changed
        assert run("aggregate", pack.parent).stdout.count("有 1 个汇总包没有签名（县.wuhao）") == 1


def test_what_is_no_key_is_refused(run: Run, keys: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copy(VILLAGE, tmp_path / "甲.xlsx")
    for option, key in (("--sign", keys[1]), ("--verify-key", keys[0]), ("--verify-key", VILLAGE), ("--sign", VILLAGE)):
        done = run("aggregate", tmp_path, option, key)
        assert done.exit_code == 2
        assert "钥，请用“wuhao key new”做出来的" in done.stderr
    assert "找不到密钥" in run("aggregate", tmp_path, "--sign", tmp_path / "没有.pem").stderr


def change(pack: Path, name: str, how: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(pack) as package:
        members = {item: package.read(item) for item in package.namelist()}
    members[name] = how(members[name])
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_STORED) as package:
        for item, data in members.items():
            package.writestr(item, data)


# The campaign


def test_a_campaign_travels_in_the_pack(run: Run, sent: Callable[..., Path], tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["单位名称"], ["测试嘎查村关工委"]):
        book.active.append(row)
    page = book.create_sheet("本次报送")
    for pair in CAMPAIGN:
        page.append(list(pair))
    book.save(tmp_path / "名单.xlsx")
    pack = sent("--roster", tmp_path / "名单.xlsx")
    data = json.loads(run("aggregate", pack.parent, "--json").stdout)
    told = data["roster"]["campaign"]
    assert (told["name"], told["stage"], told["issuer"]) == ("2024年自查", "2024年自查", "测试旗关工委")
    from scripts.document_text import document_text

    text = document_text((pack.parent / "汇总" / "汇总报告.docx").read_bytes())
    assert "现报告如下：" in text
    assert "一是抓整改。" in text
    assert "二是抓巩固。" in text


def test_a_campaign_is_the_same_after_a_pack() -> None:
    own = Campaign(
        "名",
        "甲",
        "自查",
        date(2024, 8, 1),
        "发",
        "主",
        ("村", "校"),
        Fraction(171, 2),
        20,
        "开头",
        ("一", "二"),
        date(2024, 9, 1),
        date(2024, 9, 2),
        date(2024, 1, 1),
    )
    assert campaign_of(json.loads(json.dumps(campaign_data(own)))) == own
    assert campaign_of(campaign_data(Campaign())) == Campaign()


def test_campaigns_that_ask_for_the_same_are_one() -> None:
    """Their words need not agree; what they ask for has to."""
    one = Roster((Member("甲"),), (), campaign=Campaign("自查", stage="自查", issuer="甲县", opening="一样"))
    other = replace(one, campaign=replace(one.campaign, issuer="乙县"))
    assert merge_rosters([one, other])[0].campaign == Campaign("自查", stage="自查", opening="一样")
    assert merge_rosters([one, replace(one, campaign=replace(one.campaign, stage="验收"))])[0].campaign == Campaign()


def test_what_a_county_has_chosen_and_refused_holds_above(run: Run, sent: Callable[..., Path], tmp_path: Path) -> None:
    """The older of two files was chosen there, and one of another stage refused: so it is at the level above."""
    book = openpyxl.Workbook()
    for name in ("单位名称", "测试嘎查村关工委", "样例嘎查村关工委"):
        book.active.append([name])
    page = book.create_sheet("本次报送")
    page.append(["阶段", "2024年自查"])
    choices = book.create_sheet("以哪份为准")
    for row in (["单位名称", "文件"], ["测试嘎查村关工委", "甲.xlsx"]):
        choices.append(row)
    book.save(tmp_path / "名单.xlsx")
    newer = openpyxl.load_workbook(VILLAGE)
    next(row for row in newer["基本信息"].iter_rows() if str(row[0].value).startswith("填报日期"))[1].value = date(2024, 8, 30)
    newer.save(tmp_path / "新.xlsx")
    pack = sent("--roster", tmp_path / "名单.xlsx", more={"新.xlsx": tmp_path / "新.xlsx", "期中.xlsx": OTHER})
    below = json.loads(run("aggregate", tmp_path / "县", "--roster", tmp_path / "名单.xlsx", "--json").stdout)
    above = json.loads(run("aggregate", pack.parent, "--json").stdout)
    for data in (below, above):
        assert [row["file"].rsplit("/", 1)[-1] for group in data["groups"] for row in group["committees"]] == ["甲.xlsx"]
        assert [item["file"].rsplit("/", 1)[-1] for item in data["not_asked"]] == ["期中.xlsx"]
    # what is chosen at the level above goes before
    choices["B2"] = "县.wuhao/新.xlsx"
    book.save(tmp_path / "名单.xlsx")
    data = json.loads(run("aggregate", pack.parent, "--roster", tmp_path / "名单.xlsx", "--json").stdout)
    assert [row["file"] for group in data["groups"] for row in group["committees"]] == ["县.wuhao/新.xlsx"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"quota": -1},
        {"quota": True},
        {"quota": 10**30},
        {"least": "1e999999"},
        {"least": "1/0"},
        {"least": "9" * 50},
        {"kinds": ["村"] * 1000},
        {"kinds": "村"},
        {"steps": [1]},
        {"due": "昨天"},
        {"name": 5},
    ],
)
def test_a_campaign_that_cannot_stand_in_a_pack_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((NotABundle, ValueError, TypeError, KeyError)):
        campaign_of({**(campaign_data(Campaign(name="名")) or {}), **wrong})
