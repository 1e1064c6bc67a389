"""What comes by mail with odd names, odd folders and texts that a terminal would obey: nothing ends but in its sentence."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from tests.helpers import ROOT, SAMPLES, Run
from wuhao_report.core.text import one_line, shown_name
from wuhao_report.files.office import pack, unpack
from wuhao_report.scheme.lookup import find_scheme

GOOD = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"
COMMANDS = ("\x1b", "\x9b", "\u202e", "\x07")
GBK = os.fsdecode("测试".encode("gbk") + b".xlsx")
posix = pytest.mark.skipif(os.name != "posix", reason="such names and links are made on POSIX")


def command(*arguments: Any, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wuhao_report", *map(str, arguments)],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **options,
    )


def with_stamp(path: Path, scheme: str) -> Path:
    """A workbook that says it was made for a scheme of that name."""
    members = unpack(GOOD.read_bytes())
    replace_cell(members, "_wuhao", "B1", f'<c r="B1" t="inlineStr"><is><t>{escape(scheme)}</t></is></c>')
    path.write_bytes(pack(members.items()))
    return path


def replace_cell(members: dict[str, bytes], sheet: str, address: str, cell: str) -> None:
    titles = re.findall(r'<sheet [^>]*?name="([^"]*)"', members["xl/workbook.xml"].decode())
    name = f"xl/worksheets/sheet{titles.index(sheet) + 1}.xml"
    members[name], found = re.subn(rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)'.encode(), cell.encode(), members[name], count=1)
    assert found == 1


def test_a_stamp_reaches_the_screen_as_text_alone(run: Run, tmp_path: Path) -> None:
    told = run("check", with_stamp(tmp_path / "甲.xlsx", "x_x001B_]0;pwn_x0007__x001B_[2J")).output
    assert "工作簿是按指标体系“x]0;pwn[2J”制作的" in told
    assert not any(one in told for one in COMMANDS)


def test_an_error_value_reaches_the_screen_as_text_alone(run: Run, tmp_path: Path) -> None:
    members = unpack(GOOD.read_bytes())
    replace_cell(members, "会议", "A4", '<c r="A4" t="e"><v>&#x9b;31m&#x202e;</v></c>')
    (tmp_path / "甲.xlsx").write_bytes(pack(members.items()))
    for told in (run("check", tmp_path / "甲.xlsx").output, run("check", tmp_path / "甲.xlsx", "--json").output):
        assert "31m" in told
        assert not any(one in told for one in COMMANDS)


@posix
@pytest.mark.parametrize("name", ["batch", "aggregate"])
def test_a_file_name_gives_no_command_and_no_line_of_its_own(name: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "\x1b]0;pwn\x07\x1b[31mX.xlsx").write_bytes(b"junk")
    (tmp_path / "a\n已生成　假.xlsx：达标.xlsx").write_bytes(b"junk")
    told = run(name, tmp_path).output
    assert "假.xlsx" in told
    assert not any(one in told for one in COMMANDS)
    assert not any(line.startswith("已生成　假") for line in told.splitlines())


def test_json_has_no_character_that_a_terminal_obeys(tmp_path: Path, run: Run) -> None:
    shown = run("check", with_stamp(tmp_path / "甲\x9b\u2028.xlsx", "village-2023"), "--json").output
    assert not any(one in shown for one in (*COMMANDS, "\u2028"))
    assert json.loads(shown)["workbook"]["file"] == "甲\x9b\u2028.xlsx"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("甲乙", "甲乙"),
        ("甲\n乙\r\n丙\t丁", "甲 乙 丙 丁"),
        ("\x1b[31m甲\x07", "[31m甲"),
        ("甲\u2028乙\u202e丙\u2066丁", "甲 乙丙丁"),
        ("甲\ud800乙\ufffe", "甲乙"),
        ("全　角", "全　角"),
    ],
)
def test_a_text_of_others_is_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


@posix
def test_a_name_of_a_chinese_windows_is_shown_as_it_is_there() -> None:
    assert shown_name(GBK) == "测试.xlsx"


@posix
@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("batch",), ("aggregate",), ("desk", "check"), ("desk", "report")], ids=" ".join)
def test_names_that_are_no_text_cost_nothing(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Of a workbook, of a file that is none, and of the folder itself."""
    place = tmp_path / os.fsdecode("来件".encode("gbk"))
    place.mkdir()
    shutil.copy(GOOD, place / GBK)
    shutil.copy(SAMPLES / "05_示例嘎查村_验收自查.xlsx", place / "好.xlsx")
    done = command(*arguments, place)
    assert done.returncode == 0, done.stderr
    assert "没有预料到" not in done.stderr
    assert "测试" in done.stdout


@posix
@pytest.mark.slow
@pytest.mark.parametrize("name", ["batch", "aggregate"])
def test_folders_in_one_another_and_links_to_themselves_cost_nothing(name: str, tmp_path: Path) -> None:
    place = tmp_path / "深"
    place.mkdir()
    shutil.copy(GOOD, place / "好.xlsx")
    (place / "圈.xlsx").symlink_to("圈.xlsx")
    (place / "圈").symlink_to("圈")
    made = f"import os\nos.chdir({str(place)!r})\nfor _ in range(1100):\n    os.mkdir('a'); os.chdir('a')"
    subprocess.run([sys.executable, "-c", made], check=True)
    try:
        done = command(name, place, "-o", tmp_path / "出", "--json")
    finally:
        subprocess.run(["rm", "-rf", str(place / "a")], check=True)
    assert done.returncode == 0, done.stderr
    assert "40 层以上" in done.stdout


@pytest.mark.parametrize("length", [300, 5000])
def test_a_scheme_with_a_very_long_name_is_not_at_hand(length: int, run: Run, tmp_path: Path) -> None:
    told = json.loads(run("check", with_stamp(tmp_path / "甲.xlsx", "a" * length), "--json").stdout)
    assert {item["code"] for item in told["problems"]} == {"other-scheme"}
    assert run("check", GOOD, "--scheme", "a" * length).exit_code == 2


@posix
@pytest.mark.slow
@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&-", "2>&- <&-"])
def test_a_stream_that_is_closed_changes_nothing(closed: str, tmp_path: Path) -> None:
    shutil.copy(GOOD, tmp_path)
    line = f'"{sys.executable}" -m wuhao_report batch "{tmp_path}" {closed}'
    done = subprocess.run(["sh", "-c", line], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, capture_output=True)
    assert done.returncode == 0
    assert len(list((tmp_path / "报告").glob("*.docx"))) == 1


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["lines", "json"])
def test_an_answer_that_cannot_be_written_is_wrong_usage(options: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "wuhao_report", "check", str(GOOD), *options],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
    assert done.returncode == 2
    assert "写" in done.stderr


@pytest.mark.parametrize("name", ["../../逃逸", "/tmp/x", "甲/乙", "甲\\乙", ".藏", "a:b", "x" * 61, "CON?"])
@pytest.mark.parametrize("key", ["id", "report"])
def test_a_name_in_a_scheme_leads_nowhere(key: str, name: str, run: Run, tmp_path: Path) -> None:
    text = (ROOT / "wuhao_report" / "scheme" / "data" / "village-2023.toml").read_text(encoding="utf-8")
    old = 'id = "village-2023"' if key == "id" else 'report = "自查报告"'
    (tmp_path / "方案.toml").write_text(text.replace(old, f"{key} = {json.dumps(name, ensure_ascii=False)}", 1), encoding="utf-8")
    told = run("init", tmp_path / "夹", "--scheme", tmp_path / "方案.toml", "-u", "甲")
    assert told.exit_code == 2
    assert "应当是一个名称" in told.output
    assert not (tmp_path / "夹").exists()


IMPOSSIBLE = {
    "points of no size": ("points = 20", "points = 1e-99999999"),
    "points of 5,000 digits": ("points = 20", "points = 0x" + "f" * 5000),
    "a year of 5,000 digits": ("start_year = 2023", "start_year = " + "9" * 5000),
    "a day in the year 9999": ("through = 2023-08-31", "through = 9999-12-31"),
    "a length of ten thousand million": ("body_limit = 2000", "body_limit = 10000000000"),
}


@pytest.mark.parametrize("kind", IMPOSSIBLE)
def test_a_number_that_nobody_could_mean_is_refused(kind: str, run: Run, tmp_path: Path) -> None:
    text = (ROOT / "wuhao_report" / "scheme" / "data" / "village-2023.toml").read_text(encoding="utf-8")
    old, new = IMPOSSIBLE[kind]
    assert old in text
    (tmp_path / "方案.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert run("scheme", "check", tmp_path / "方案.toml").exit_code == 2
    assert find_scheme("village-2023").id == "village-2023"
