"""What a run over a folder did not read it names, with what is to be done; an empty folder is a sentence and exit 2."""

import json
import shutil
from pathlib import Path

import docx
import pytest

from tests.helpers import SAMPLES, Run
from wuhao_report.evaluation.check import check
from wuhao_report.report.report import build_report
from wuhao_report.tools.find_workbooks import find_workbooks

GOOD = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"
EACH = {
    "一组.zip": "压缩包没有打开",
    "二组.RAR": "压缩包没有打开",
    "来信.eml": "邮件没有打开",
    "来信.msg": "邮件没有打开",
    "名册.csv": "文本表格没有读取",
    "台账.numbers": "Numbers 表格没有读取",
    "说明.docx": "文字文档没有读取",
    "说明.wps": "文字文档没有读取",
    ".测试村.xlsx.icloud": "还没有下载完",
    "测试村.xlsx.crdownload": "还没有下载完",
    "测试村.xlsx.bak": "文件名不是以 .xlsx 结尾",
    "测试村.xlsx(1)": "文件名不是以 .xlsx 结尾",
    "县里.wuhao": "汇总包只在汇总",
}
SILENT = ("生成报告.bat", "生成报告.sh", "Thumbs.db", "desktop.ini", ".DS_Store", "~$测试村.docx", "快捷.lnk")


def told(folder: Path) -> dict[str, str]:
    return {path.name: reason for path, reason in find_workbooks(folder, folder / "报告") if reason}


def test_each_kind_is_named_with_what_is_to_be_done(tmp_path: Path) -> None:
    for name in EACH:
        (tmp_path / name).touch()
    found = told(tmp_path)
    assert found.keys() == EACH.keys()
    assert all(found[name].startswith(text) for name, text in EACH.items())


def test_files_of_systems_and_programs_are_not(tmp_path: Path) -> None:
    for name in SILENT:
        (tmp_path / name).touch()
    assert told(tmp_path) == {}


def test_other_endings_are_one_line_each(tmp_path: Path) -> None:
    for name in ("甲.pdf", "乙.PDF", "丙.txt", "丁"):
        (tmp_path / name).touch()
    lines = ("1个文件不是工作簿，没有读取", "2个文件不是工作簿，没有读取")
    assert told(tmp_path) == {"*.pdf": lines[1], "*.txt": lines[0], "*": lines[0]}


def test_photographs_beside_a_workbook_are_its_own(tmp_path: Path) -> None:
    for folder in ("照片", "图"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "甲.jpg").touch()
    assert [str(path.relative_to(tmp_path)) for path, _ in find_workbooks(tmp_path, tmp_path / "报告")] == ["图/*.jpg"]


def test_our_own_reports_are_not_named_though_somebody_has_written_in_them(tmp_path: Path) -> None:
    (tmp_path / "甲.docx").write_bytes(build_report(check(GOOD))[0])
    document = docx.Document(str(tmp_path / "甲.docx"))
    document.add_paragraph("补一段")
    document.save(str(tmp_path / "乙.docx"))
    docx.Document().save(str(tmp_path / "丙.docx"))
    assert list(told(tmp_path)) == ["丙.docx"]


@pytest.mark.parametrize("command", ["batch", "aggregate"])
def test_a_run_lists_them(command: str, run: Run, tmp_path: Path) -> None:
    shutil.copy(GOOD, tmp_path)
    (tmp_path / "一组.rar").touch()
    done = run(command, tmp_path, "--json")
    assert done.exit_code == 0
    listed = json.loads(done.stdout)["skipped"]
    assert [item["reason"] for item in listed] == ["压缩包没有打开；里面有工作簿的，请解压到这个文件夹"]


@pytest.mark.parametrize("command", ["batch", "aggregate"])
def test_an_empty_folder_is_a_sentence(command: str, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "空"
    folder.mkdir()
    done = run(command, folder)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "文件夹“空”里没有可以读取的工作簿。请把填好的工作簿（.xlsx）放进这个文件夹再运行；压缩包请先解压。" in done.stderr
    assert list(folder.iterdir()) == []
    (folder / "一组.rar").touch()
    done = run(command, folder)
    assert done.exit_code == 2
    assert "已跳过　一组.rar：压缩包没有打开" in done.stderr
