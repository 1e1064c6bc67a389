"""Workbooks that come in a zip or a mail: they count with their path in it; whatever else is in there is named, and nothing leads out."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.helpers import SAMPLES, Run
from tests.rolled import aggregate
from wuhao_report.files.parcels import NotUnpacked, unpack_parcel
from wuhao_report.tools.find_workbooks import WORKBOOKS

VILLAGE = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"


def workbook(unit: str) -> bytes:
    book = openpyxl.load_workbook(VILLAGE)
    book["基本信息"]["B4"] = unit
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return path


def mail(path: Path, attachments: dict[str, bytes]) -> Path:
    message = EmailMessage()
    message["Subject"] = "报送工作簿"
    message["From"] = "li@example.org"
    message.set_content("请查收。")
    for name, data in attachments.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    path.write_bytes(message.as_bytes())
    return path


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_workbooks_in_a_zip_and_in_a_mail_count_with_their_path(tmp_path: Path) -> None:
    zipped(tmp_path / "东乡.zip", {"东乡/甲.xlsx": workbook("测试甲村"), "东乡/坏.xlsx": b"junk", "东乡/说明.docx": b"x"})
    mail(tmp_path / "邮件.eml", {"乙村.xlsx": workbook("测试乙村"), "照片.jpg": b"x"})
    shutil.copy(VILLAGE, tmp_path / "丙.xlsx")
    data, _ = aggregate(tmp_path)
    assert sorted((row["file"], row["unit"]) for row in data["groups"][0]["committees"]) == [
        ("丙.xlsx", "测试嘎查村关工委"),
        ("东乡.zip/东乡/甲.xlsx", "测试甲村"),
        ("邮件.eml/乙村.xlsx", "测试乙村"),
    ]
    assert [item["workbook"] for item in data["failed"]] == ["东乡.zip/东乡/坏.xlsx"]
    assert "坏.xlsx" in data["failed"][0]["message"]
    assert [item["file"] for item in data["skipped"]] == ["东乡.zip/东乡/说明.docx", "邮件.eml/照片.jpg"]
    assert data["files"]["all"] == 6


@pytest.mark.slow
def test_two_of_one_name_in_a_parcel_are_two(tmp_path: Path) -> None:
    message = EmailMessage()
    message.set_content("请查收。")
    for name in ("2/工作簿.xlsx", "工作簿.xlsx", "工作簿.xlsx"):
        message.add_attachment(b"x", maintype="application", subtype="octet-stream", filename=name)
    (tmp_path / "邮件.eml").write_bytes(message.as_bytes())
    (tmp_path / "room").mkdir()
    found = unpack_parcel(tmp_path / "邮件.eml", tmp_path / "room", WORKBOOKS)
    assert [name for name, _ in found.workbooks] == ["2/工作簿.xlsx", "工作簿.xlsx", "3/工作簿.xlsx"]


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_the_day_of_receipt_is_that_of_the_file_or_the_mail(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "东乡.zip", "w") as package:
        package.writestr(zipfile.ZipInfo("甲.xlsx", (2024, 8, 22, 9, 0, 0)), workbook("测试甲村"))
    message = EmailMessage()
    message["Date"] = "Fri, 23 Aug 2024 12:00:00 +0000"
    message.set_content("请查收。")
    message.add_attachment(workbook("测试乙村"), maintype="application", subtype="octet-stream", filename="乙.xlsx")
    (tmp_path / "邮件.eml").write_bytes(message.as_bytes())
    shutil.copy(VILLAGE, tmp_path / "丙.xlsx")
    day = datetime(2024, 8, 21, 12).timestamp()
    os.utime(tmp_path / "丙.xlsx", (day, day))
    data, made = aggregate(tmp_path, written=True)
    assert {row["file"].rsplit("/")[-1]: row["received"] for row in data["groups"][0]["committees"]} == {
        "丙.xlsx": "2024-08-21",
        "甲.xlsx": "2024-08-22",
        "乙.xlsx": "2024-08-23",
    }
    page = openpyxl.load_workbook(made.written["汇总表.xlsx"])["总表"]
    assert [cell.value for cell in page[3]][5:7] == ["填报日期", "收到日期"]
    assert sorted(page[f"G{row}"].value.day for row in (4, 5, 6)) == [21, 22, 23]


@pytest.mark.slow
def test_a_folder_with_a_zip_that_has_not_changed_is_not_read_again(run: Run, tmp_path: Path) -> None:
    east = workbook("测试甲村")
    zipped(tmp_path / "东乡.zip", {"甲.xlsx": east})
    shutil.copy(VILLAGE, tmp_path / "丙.xlsx")
    first = run("aggregate", tmp_path)
    assert "计入 2" in first.stdout
    assert "结果没有重新生成" in run("aggregate", tmp_path).stderr
    zipped(tmp_path / "东乡.zip", {"甲.xlsx": east, "乙.xlsx": workbook("测试乙村")})
    data = json.loads(run("aggregate", tmp_path, "--json").stdout)
    assert (data["files"]["counted"], data["reused"]) == (3, 2)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../外.xlsx", "外.xlsx"),
        ("/etc/外.xlsx", "etc/外.xlsx"),
        ("C:\\Users\\外.xlsx", "C_/Users/外.xlsx"),
        ("甲\x1b[31m.xlsx", "甲[31m.xlsx"),
    ],
)
def test_no_name_in_a_zip_leads_out_of_its_folder(tmp_path: Path, name: str, shown: str) -> None:
    room = tmp_path / "里"
    room.mkdir()
    unpacked = unpack_parcel(zipped(tmp_path / "a.zip", {name: b"x"}), room, WORKBOOKS)
    assert [inner for inner, _ in unpacked.workbooks] == [shown]
    assert all(room in (room / file).resolve().parents for _, file in unpacked.workbooks)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "里"]


def test_names_that_windows_has_packed_in_gbk_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"AAAA.xlsx": b"x"})
    path.write_bytes(path.read_bytes().replace(b"AAAA", "东村".encode("gbk")))
    assert [name for name, _ in unpack_parcel(path, tmp_path, WORKBOOKS).workbooks] == ["东村.xlsx"]


def encrypted(path: Path) -> Path:
    """A zip whose member says that it needs a password."""
    data = bytearray(zipped(path, {"甲.xlsx": b"x" * 50}).read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    path.write_bytes(bytes(data))
    return path


def test_a_member_with_a_password_is_named(tmp_path: Path) -> None:
    unpacked = unpack_parcel(encrypted(tmp_path / "a.zip"), tmp_path, WORKBOOKS)
    assert unpacked.workbooks == ()
    assert unpacked.passed_over == (("甲.xlsx", "有密码，没有打开；请解压到这个文件夹"),)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.zip", b"junk", "打不开"),
        ("a.zip", b"", "打不开"),
        ("a.zip", {"甲.xlsx": b"0" * 50_000_000}, "太大"),
        ("a.zip", {f"{number}.xlsx": b"" for number in range(1_001)}, "太大"),
    ],
)
def test_what_cannot_be_opened_says_why(tmp_path: Path, name: str, content: Any, word: str) -> None:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        zipped(path, content)
    with pytest.raises(NotUnpacked, match=word):
        unpack_parcel(path, tmp_path, WORKBOOKS)


@pytest.mark.parametrize(
    "content", [b"", b"\xff" * 1000, b"Content-Type: multipart/mixed; boundary=\r\n\r\n", b"Content-Type: \x00\r\n" * 500]
)
def test_a_mail_that_is_none_holds_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.eml").write_bytes(content)
    assert unpack_parcel(tmp_path / "a.eml", tmp_path, WORKBOOKS).workbooks == ()


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_a_zip_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "坏.zip").write_bytes(b"junk")
    shutil.copy(VILLAGE, tmp_path / "丙.xlsx")
    data, _ = aggregate(tmp_path)
    assert [(item["workbook"], item["code"]) for item in data["failed"]] == [("坏.zip", "parcel-unread")]
    assert "“坏.zip”没有打开：压缩包打不开。" in data["failed"][0]["message"]
    assert (data["files"]["all"], data["files"]["counted"], data["files"]["failed"]) == (2, 1, 1)
