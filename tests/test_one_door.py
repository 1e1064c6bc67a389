"""Nothing that came from outside is opened in the main process: whatever it is, that process stays small, and the answer is a sentence."""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.helpers import ROOT, SAMPLES
from wuhao_report.files.office import unpack
from wuhao_report.report.documents import template_path

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")]

GOOD = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"
MOST = 300 * 2**20
SECONDS = 45
"""Of a command: 18 for the file, twice where it has to be seen who is at fault, and some for a slow machine."""
LAUNCHER = """
import atexit, os
atexit.register(lambda: open(os.environ["PEAK"], "w").write(open("/proc/self/status").read()))
from wuhao_report.cli.main import main
main()
"""
Arguments = list[object]


def zeros(path: Path, member: str, *others: tuple[str, bytes], blocks: int = 48) -> Path:
    """A package of 3 MB, one member of which is 768 MB of zeros."""
    block = bytes(2**24)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, data in others:
            if name != member:
                made.writestr(name, data)
        with made.open(member, "w", force_zip64=True) as stream:
            for _ in range(blocks):
                stream.write(block)
    return path


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zeros(tmp_path_factory.mktemp("大") / "大.zip", "xl/workbook.xml", *unpack(GOOD.read_bytes()).items())


@pytest.fixture(scope="module")
def document_bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    members = unpack(template_path("自查报告").read_bytes())
    return zeros(tmp_path_factory.mktemp("大") / "大.docx", "word/document.xml", *members.items())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "来件"
    folder.mkdir()
    shutil.copy(GOOD, folder / "好.xlsx")
    return folder


def long_key(path: Path) -> Path:
    text = (ROOT / "wuhao_report" / "scheme" / "data" / "village-2023.toml").read_text(encoding="utf-8")
    path.write_text(".".join(["a"] * 20_000) + " = 1\n" + text, encoding="utf-8")
    return path


def many_members(path: Path) -> Path:
    """A pack of a few kilobytes with a roster of a million committees."""
    first = {"wuhao": "汇总包", "layout": 2, "tool": "", "recipe": "", "roster": True}
    member = json.dumps({"member": ["", "", "", None, []]}).encode() + b"\n"
    body = json.dumps(first).encode() + b"\n" + member * 400_000
    path.write_bytes(gzip.compress(body + json.dumps({"end": hashlib.sha256(body).hexdigest()}).encode() + b"\n"))
    return path


def crossing_levels(path: Path) -> Path:
    """A roster in which everybody is above somebody, round and round."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["单位名称", "上级"])
    for number in range(3_000):
        page.append([f"测试{number}村关工委", f"测试{number * 7 % 3_000}村关工委"])
    book.save(path)
    return path


Case = Callable[[Path, Path, Path, Path], Arguments]
CASES: dict[str, Case] = {
    "a workbook": lambda tmp, place, bomb, document: ["check", shutil.copy(bomb, tmp / "大.xlsx")],
    "a workbook to mark": lambda tmp, place, bomb, document: [
        *("check", shutil.copy(bomb, tmp / "大.xlsx"), "--annotate", tmp / "批注.xlsx")
    ],
    "a workbook as text": lambda tmp, place, bomb, document: ["dump", shutil.copy(bomb, tmp / "大.xlsx")],
    "a workbook to carry over": lambda tmp, place, bomb, document: [
        *("upgrade", shutil.copy(bomb, tmp / "大.xlsx"), "-o", tmp / "新.xlsx")
    ],
    "a file named like our list": lambda tmp, place, bomb, document: [
        *("batch", shutil.copy(bomb, place / "甲核对清单.xlsx").parent)
    ],
    "a document beside workbooks": lambda tmp, place, bomb, document: [
        *("aggregate", shutil.copy(document, place / "文档.docx").parent)
    ],
    "a file in the place of a report": lambda tmp, place, bomb, document: [
        *("report", place / "好.xlsx", "-o", replaced(tmp / "报告", document).parent)
    ],
    "a scheme as a workbook": lambda tmp, place, bomb, document: ["scheme", "check", shutil.copy(bomb, tmp / "方案.xlsx")],
    "a scheme as a text": lambda tmp, place, bomb, document: ["check", GOOD, "--scheme", long_key(tmp / "方案.toml")],
    "a scheme for a folder": lambda tmp, place, bomb, document: [
        "batch",
        place,
        "--scheme",
        shutil.copy(bomb, tmp / "方案.xlsx"),
    ],
    "a template": lambda tmp, place, bomb, document: ["report", GOOD, "--template", document, "-o", tmp / "报告"],
    "a roster": lambda tmp, place, bomb, document: ["aggregate", place, "--roster", shutil.copy(bomb, tmp / "名单.xlsx")],
    "a roster with crossing levels": lambda tmp, place, bomb, document: [
        *("aggregate", place, "--roster", crossing_levels(tmp / "名单.xlsx"))
    ],
    "a pack": lambda tmp, place, bomb, document: ["aggregate", many_members(place / "县.wuhao").parent],
    "a zip of workbooks": lambda tmp, place, bomb, document: ["aggregate", shutil.copy(bomb, place / "县.zip").parent],
    "a mail": lambda tmp, place, bomb, document: ["aggregate", mail(place / "县.eml", bomb).parent],
    "a pack of tables": lambda tmp, place, bomb, document: ["aggregate", shutil.copy(bomb, place / "县.wuhao").parent],
    "a store as history": lambda tmp, place, bomb, document: [
        *("aggregate", place, "--history", shutil.copy(bomb, tmp / "结果库.duckdb"))
    ],
    "a store": lambda tmp, place, bomb, document: ["aggregate", stored(place, bomb)],
    "a filled form": lambda tmp, place, bomb, document: ["assess", "in", in_assessment(place, bomb)],
    "a file in the place of a form": lambda tmp, place, bomb, document: ["assess", "out", in_assessment(place, bomb)],
    "a public key": lambda tmp, place, bomb, document: ["aggregate", place, "--verify-key", bomb],
    "a report to verify": lambda tmp, place, bomb, document: ["verify", document, GOOD],
    "a folder of reports to verify": lambda tmp, place, bomb, document: [
        *("verify", shutil.copy(document, place / "文档.docx").parent, place)
    ],
}


def mail(path: Path, bomb: Path) -> Path:
    """A mail with two attachments, one of which is 60 MB of lines without an end."""
    head = b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
    part = b'--x\r\nContent-Disposition: attachment; filename="%s.xlsx"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    path.write_bytes(
        head + part % b"a" + b"AAAA" * 15_000_000 + b"\r\n" + part % b"b" + b64encode(bomb.read_bytes()) + b"\r\n--x--\r\n"
    )
    return path


def replaced(folder: Path, document: Path) -> Path:
    folder.mkdir()
    return Path(shutil.copy(document, folder / "测试嘎查村关工委自查报告（2024年自查，2024-08-20）.docx"))


def stored(place: Path, bomb: Path) -> Path:
    (place / "汇总").mkdir()
    shutil.copy(bomb, place / "汇总" / "结果库.duckdb")
    return place


def in_assessment(place: Path, bomb: Path) -> Path:
    """A folder with a bomb named like the form of its committee."""
    (place / "汇总" / "考评").mkdir(parents=True)
    shutil.copy(bomb, place / "汇总" / "考评" / "测试嘎查村关工委考评表.xlsx")
    return place


@pytest.mark.parametrize("kind", CASES)
def test_the_main_process_stays_small(kind: str, tmp_path: Path, place: Path, bomb: Path, document_bomb: Path) -> None:
    arguments = CASES[kind](tmp_path, place, bomb, document_bomb)
    peak = tmp_path / "peak"
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER, *map(str, arguments)],
        env={**os.environ, "PEAK": str(peak), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert time.monotonic() - begun < SECONDS
    assert done.returncode in (0, 1, 2), done.stderr
    found = re.search(r"VmHWM:\s+(\d+) kB", peak.read_text())
    assert found is not None
    assert int(found[1]) * 1024 < MOST


def test_a_broken_scheme_in_the_folder_of_schemes_costs_nothing_else(tmp_path: Path, bomb: Path, place: Path) -> None:
    """One that would take gigabytes, one that is a pipe, one that is no scheme: each is named, and the workbook is judged."""
    schemes = tmp_path / "方案"
    schemes.mkdir()
    shutil.copy(bomb, schemes / "大.xlsx")
    os.mkfifo(schemes / "管.toml")
    (schemes / "坏.toml").write_text("start_year = " + "9" * 5000, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "wuhao_report", "check", str(place / "好.xlsx")],
        env={**os.environ, "WUHAO_SCHEMES": str(schemes), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert "总评：达标" in done.stdout
    assert all(name in done.stderr for name in ("大.xlsx", "坏.toml"))
