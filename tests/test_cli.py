"""The command line as other programs rely on it: exit codes, JSON, one sentence and never a traceback."""

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.helpers import ROOT, SAMPLES, Run
from wuhao_report.cli.main import main
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tools.blank_workbook import new_workbook

GOOD = SAMPLES / "01_测试学院_中期评估.xlsx"
FAULTY = SAMPLES / "06_练习学院_有填写错误.xlsx"
KEYS = {
    "tool",
    "workbook",
    "scheme",
    "unit",
    "stage",
    "as_of",
    "judged_to",
    "in_time",
    "status",
    "score",
    "scored",
    "applicable",
    "goods",
    "gaps",
    "unfilled",
    "problems",
}


def filled(tmp_path: Path, name: str = "甲.xlsx", **profile: Any) -> Path:
    book = openpyxl.load_workbook(
        io.BytesIO(new_workbook(find_scheme("college-2017"), profile.pop("单位名称", "甲学院关工分委")))
    )
    page = book["基本信息"]
    values = {
        "报告阶段": "中期评估",
        "填报日期": date(2018, 12, 20),
        "所属学校": "甲大学",
        "主送机关": "乙",
        "填报人": "李测试",
        **profile,
    }
    for row in range(4, page.max_row + 1):
        key = str(page.cell(row, 1).value).rstrip("*")
        if key in values:
            page.cell(row, 2).value = values[key]
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def test_check_prints_one_json_with_the_keys_of_the_contract(run: Run) -> None:
    result = run("check", GOOD, "--json")
    data = json.loads(result.stdout)
    assert result.exit_code == 0
    assert set(data) == KEYS
    assert data["scheme"] == {
        "id": "college-2017",
        "version": "2",
        "title": "高校二级学院关工分委创建“五好”指标体系",
        "start_year": 2017,
    }
    assert data["stage"] == {
        "title": "中期评估",
        "report": "中期评估报告",
        "phase": {"title": "创建", "start": "2017-01-01", "end": "2019-12-31"},
        "opens": "2018-10-01",
        "through": "2018-12-31",
    }
    assert (data["as_of"], data["judged_to"], data["in_time"]) == ("2018-12-20", "2018-12-31", True)
    indicator = data["goods"][0]["indicators"][3]
    assert set(indicator) == {"id", "title", "status", "score", "full", "periods", "evidence"}
    assert indicator["periods"][0] == {
        "label": "2017年",
        "start": "2017-01-01",
        "end": "2017-12-31",
        "finished": True,
        "value": 2,
        "target": {"op": ">=", "value": 1},
        "met": True,
    }


def test_check_names_the_cell_of_a_problem_for_people(run: Run) -> None:
    result = run("check", FAULTY)
    assert result.exit_code == 1
    assert "[错误] 会议!B7　“会议类型”没有这个选项，这一行未计入。（填的是“全委会”）" in result.stdout
    assert "总评：" in result.stdout
    assert "问题：错误" in result.stdout


def test_options_override_the_workbook(run: Run) -> None:
    result = run("check", GOOD, "--stage", "全面自查", "--as-of", "2019-11-01", "--json")
    data = json.loads(result.stdout)
    assert (data["stage"]["title"], data["as_of"]) == ("全面自查", "2019-11-01")


def test_a_file_that_may_not_be_read(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # as root every file may be read, so the refusal is staged
    path = filled(tmp_path)

    def refuse(self: Any) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    result = run("check", path, "--json")
    assert result.exit_code == 2
    assert [item["code"] for item in json.loads(result.stdout)["problems"]] == ["no-permission"]


def test_an_output_folder_that_cannot_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "占用").write_text("是个文件")
    result = run("report", GOOD, "-o", tmp_path / "占用", "--json")
    assert result.exit_code == 2
    assert [item["code"] for item in json.loads(result.stdout)["problems"]] == ["cannot-write"]


def not_workbooks(tmp_path: Path) -> dict[Any, Any]:
    csv, empty, word, broken, archive = (tmp_path / name for name in ("a.xlsx", "b.xlsx", "c.xlsx", "d.xlsx", "e.xlsx"))
    csv.write_text("姓名,职务\n", encoding="utf-8")
    empty.write_bytes(b"")
    with zipfile.ZipFile(word, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    broken.write_bytes(GOOD.read_bytes()[:5000])
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("甲.txt", "甲")
    bomb = tmp_path / "f.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"0" * (3 * 2**20))
    doctype = tmp_path / "g.xlsx"
    with zipfile.ZipFile(GOOD) as source, zipfile.ZipFile(doctype, "w") as package:
        for name in source.namelist():
            data = source.read(name)
            package.writestr(name, b'<!DOCTYPE x [<!ENTITY a "b">]>' + data if name == "xl/workbook.xml" else data)
    deep = tmp_path / "j.xlsx"
    book = openpyxl.load_workbook(GOOD)
    book["会议"]["IV99999"] = 1
    book.save(deep)
    old = tmp_path / "k.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    return {
        csv: "not-a-workbook",
        empty: "empty-file",
        word: "not-a-workbook",
        broken: "damaged",
        archive: "not-a-workbook",
        bomb: "too-large",
        doctype: "damaged",
        deep: "stray-cell",
        old: "damaged",
        tmp_path: "not-a-file",
        tmp_path / "没有.xlsx": "file-not-found",
    }


def test_what_is_no_workbook_is_named_in_one_sentence(run: Run, tmp_path: Path) -> None:
    for path, code in not_workbooks(tmp_path).items():
        for command in ("check", "report"):
            result = run(command, path, "--json")
            data = json.loads(result.stdout)
            assert result.exit_code == 2, path
            assert [item["code"] for item in data["problems"]] == [code], path
            plain = run(command, path)
            assert plain.exit_code == 2
            assert data["problems"][0]["message"] in plain.output
        assert set(json.loads(run("check", path, "--json").stdout)) == KEYS
    assert not list(tmp_path.glob("报告"))


@pytest.mark.parametrize(
    ("args", "code", "exit_code", "told"),
    [
        (["--scheme", "colege-2017"], "unknown-scheme", 2, "college-2017"),
        (["--stage", "中期评"], "unknown-stage", 2, "中期评估"),
        (["--as-of", "2016-01-01"], "report-date-before-phase", 1, "2017-01-01"),
    ],
)
def test_an_option_that_names_nothing_is_named_and_nothing_is_written(
    run: Run, tmp_path: Path, args: Any, code: str, exit_code: int, told: str
) -> None:
    for command in ("check", "report"):
        result = run(command, GOOD, *args, "--json", *(["-o", tmp_path / "out"] if command == "report" else []))
        assert result.exit_code == exit_code
        problems = json.loads(result.stdout)["problems"]
        assert code in [item["code"] for item in problems]
        assert told in json.dumps(problems, ensure_ascii=False)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("chek x", "没有命令 chek（"),
        ("check", "缺少参数“工作簿”（"),
        ("check --stage", "选项 --stage 后面缺少内容。"),
        ("check a b", "命令写得不对（"),
        ("new --scheme village-2023", "缺少选项 --unit（"),
        ("batch . --jobs 0", "选项 --jobs：不是可用的值。（"),
        ("check --nosuch x", "没有选项 --nosuch"),
        ("check a --as-of 昨天", "选项 --as-of：“昨天”不是日期，"),
    ],
)
def test_a_command_written_wrongly_is_one_chinese_sentence(
    arguments: str, sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["wuhao", *arguments.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr()
    assert (ended.value.code, shown.out) == (2, "")
    assert shown.err.startswith(sentence)
    assert shown.err.count("\n") == 1


def test_a_day_that_is_none(run: Run) -> None:
    result = run("check", GOOD, "--as-of", "昨天")
    assert result.exit_code == 2
    assert "不是日期" in result.stderr


@pytest.mark.parametrize("profile", [{"报告阶段": None}, {"报告阶段": "别的"}, {"填报日期": None}, {"填报日期": "2016-05-01"}])
def test_a_workbook_that_cannot_be_assessed_gives_no_report(run: Run, tmp_path: Path, profile: Any) -> None:
    path = filled(tmp_path, **profile)
    result = run("report", path)
    assert result.exit_code == 1
    assert "没有生成报告" in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "报告").exists()


def test_report_prints_its_path_and_nothing_else_on_stdout(run: Run, tmp_path: Path) -> None:
    result = run("report", GOOD, "-o", tmp_path / "空 格")
    path = Path(result.stdout.strip())
    assert result.exit_code == 0
    assert path == tmp_path / "空 格" / "测试学院关工分委中期评估报告（中期评估，2018-12-20）.docx"
    assert path.exists()
    data = json.loads(run("report", GOOD, "-o", tmp_path, "--json").stdout)
    assert set(data) == {"report", "stage", "status", "problems"}
    assert (data["stage"], data["status"]) == ("中期评估", "达标")


def test_report_folder_is_beside_the_workbook(run: Run, tmp_path: Path) -> None:
    path = filled(tmp_path, "一 二（三）/甲 & 乙.xlsx")
    result = run("report", path)
    assert Path(result.stdout.strip()).parent == path.parent / "报告"


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("A&B <x> {{7*7}}", "A&B _x_ {{7_7}}中期评估报告"),
        ("CON", "CON中期评估报告"),
        ("..\\..\\甲/乙:丙", "_.._甲_乙_丙中期评估报告"),
        ("甲" * 300, "甲"),
        ("\u202e甲\n乙", "甲 乙中期评估报告"),
    ],
)
def test_any_unit_makes_a_safe_file_name(run: Run, tmp_path: Path, unit: Any, name: str) -> None:
    result = run("report", filled(tmp_path, 单位名称=unit), "-o", tmp_path / "out")
    path = Path(result.stdout.strip())
    assert path.parent == tmp_path / "out"
    assert path.name.startswith(name)
    assert len(path.name.encode()) <= 205


def test_batch_reports_on_each_workbook_and_accounts_for_every_file(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "全部"
    filled(folder, "一/甲.xlsx", 单位名称="甲")
    filled(folder, "二/甲 (副本).xlsx", 单位名称="甲")
    filled(folder, "三/没有阶段.xlsx", 报告阶段=None)
    (folder / "坏.xlsx").write_bytes(b"junk")
    (folder / "~$甲.xlsx").write_bytes(b"owner")
    (folder / "说明.txt").write_text("不是工作簿")
    (folder / "链接.xlsx").symlink_to("/etc/passwd")
    result = run("batch", folder, "--json")
    data = json.loads(result.stdout)
    assert result.exit_code == 1
    assert set(data) == {"reports", "failed", "skipped"}
    assert set(data["reports"][0]) == {"workbook", "report", "status", "score", "errors", "notes", "unchanged"}
    assert sorted(Path(item["report"]).name for item in data["reports"]) == [
        "甲中期评估报告（中期评估，2018-12-20）（草稿） (2).docx",
        "甲中期评估报告（中期评估，2018-12-20）（草稿）.docx",
    ]
    assert {(Path(item["workbook"]).name, item["code"]) for item in data["failed"]} == {
        ("坏.xlsx", "not-a-workbook"),
        ("没有阶段.xlsx", "no-stage"),
    }
    assert {Path(item["file"]).name for item in data["skipped"]} == {"*.txt", "~$甲.xlsx", "链接.xlsx"}
    again = run("batch", folder, "--jobs", 2)
    assert "共 7 个文件：生成报告 0 份，没有改动 2 个，失败 2 个，跳过 3 个。" in again.stdout
    assert len(list((folder / "报告").glob("*.docx"))) == 2


def test_batch_knows_its_own_lists_wherever_they_lie(run: Run, tmp_path: Path) -> None:
    filled(tmp_path, "甲.xlsx", 办公电话="是的")
    run("report", tmp_path / "甲.xlsx")
    listed = next((tmp_path / "报告").glob("*核对清单.xlsx"))
    (tmp_path / "旧的").mkdir()
    (tmp_path / "旧的" / "核对清单 (2).xlsx").write_bytes(listed.read_bytes())
    filled(tmp_path, "2018年核对清单.xlsx", 单位名称="乙")
    data = json.loads(run("batch", tmp_path, "-o", tmp_path / "另外", "--json").stdout)
    assert sorted(Path(item["workbook"]).name for item in data["reports"]) == ["2018年核对清单.xlsx", "甲.xlsx"]
    assert sorted(Path(item["file"]).name for item in data["skipped"]) == sorted(["核对清单 (2).xlsx", listed.name])
    assert data["failed"] == []


def test_batch_of_good_workbooks_and_of_no_folder(run: Run, tmp_path: Path) -> None:
    filled(tmp_path, "甲.xlsx")
    assert run("batch", tmp_path).exit_code == 0
    assert run("batch", tmp_path / "没有").exit_code == 2


def test_new_refuses_an_existing_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "新.xlsx"
    args = ("new", "--scheme", "village-2023", "--unit", "测试嘎查村关工委", "--start-year", 2024, "-o", path)
    assert run(*args).exit_code == 0
    before = path.read_bytes()
    refused = run(*args)
    assert refused.exit_code == 2
    assert "已经存在" in refused.stderr
    assert run(*args, "--force").exit_code == 0
    assert path.read_bytes() == before
    assert run("new", "--scheme", "无", "--unit", "甲", "-o", tmp_path / "a.xlsx").exit_code == 2
    assert run("new", "--scheme", "village-2023", "--unit", "甲", "-o", tmp_path / "a.xls").exit_code == 2


def test_scheme_lists_shows_and_checks(run: Run, tmp_path: Path) -> None:
    listed = run("scheme", "list").stdout
    assert "college-2017" in listed
    assert "village-2023" in listed
    assert "3.2.1　全委会议" in run("scheme", "show", "college-2017").stdout
    assert "39 项指标" in run("scheme", "check", "college-2017").stdout
    source = (ROOT / "wuhao_report" / "scheme" / "data" / "college-2017.toml").read_text(encoding="utf-8")
    wrong = tmp_path / "错.toml"
    wrong.write_text(source.replace('clause = "三2"', 'claus = "三2"', 1), encoding="utf-8")
    result = run("scheme", "check", wrong)
    assert result.exit_code == 2
    assert "indicator[3.2.1] → claus：不认识这个键，最接近的是“clause”" in result.stderr


def test_a_third_scheme_is_one_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (ROOT / "wuhao_report" / "scheme" / "data" / "village-2023.toml").read_text(encoding="utf-8")
    folder = tmp_path / "方案"
    folder.mkdir()
    third = folder / "third.toml"
    third.write_text(
        source.replace('id = "village-2023"', 'id = "third"').replace("我嘎查村关工委", "我社区关工委"), encoding="utf-8"
    )
    workbook = tmp_path / "社区.xlsx"
    assert run("new", "--scheme", third, "--unit", "测试社区关工委", "-o", workbook).exit_code == 0
    # its stamp alone does not bring it in; the folder of known schemes does, and so does the option
    alone = json.loads(run("check", workbook, "--json").stdout)
    assert alone["scheme"]["id"] == "village-2023"
    assert "other-scheme" in [item["code"] for item in alone["problems"]]
    monkeypatch.setenv("WUHAO_SCHEMES", str(folder))
    assert json.loads(run("check", workbook, "--json").stdout)["scheme"]["id"] == "third"
    monkeypatch.delenv("WUHAO_SCHEMES")
    assert json.loads(run("check", workbook, "--scheme", third, "--json").stdout)["scheme"]["id"] == "third"


def test_dump_is_the_text_form(run: Run) -> None:
    result = run("dump", GOOD)
    assert "[基本信息]" in result.stdout
    assert "4 | 单位名称* | 测试学院关工分委" in result.stdout


def test_a_template_that_is_wrong_writes_nothing(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "坏.docx"
    bad.write_bytes(b"x")
    result = run("report", GOOD, "-o", tmp_path / "out", "--template", bad, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["problems"][0]["code"] == "broken-template"
    assert not (tmp_path / "out").exists()


def wuhao(*args: Any, **env: Any) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "wuhao_report", *map(str, args)],
        capture_output=True,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, **env},
    )


def test_printing_never_fails_in_a_chinese_console() -> None:
    result = wuhao("check", FAULTY, PYTHONIOENCODING="gbk")
    assert result.returncode == 1
    assert "总评" in result.stdout.decode("gbk")
    assert b"Traceback" not in result.stderr


def test_an_unforeseen_failure_is_one_sentence_and_a_log(tmp_path: Path) -> None:
    code = (
        "import wuhao_report.sandbox.call as b, wuhao_report.cli.main as c, sys\n"
        "def boom(*a, **k): raise RuntimeError('13800000001')\n"
        "b.Worker.run = boom\nsys.argv = ['wuhao', 'check', 'x.xlsx']\nc.main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert result.returncode == 70
    assert "没有预料到的问题" in result.stderr
    assert "Traceback" not in result.stderr
    log = next(tmp_path.glob("wuhao-*.log")).read_text(encoding="utf-8-sig")
    assert "RuntimeError" in log
    assert "13800000001" not in log


def test_help_imports_neither_pandas_nor_docx() -> None:
    code = (
        "import sys\nfrom wuhao_report.cli.main import cli\n"
        "try: cli(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'pandas', 'docx', 'docxtpl', 'openpyxl', 'numpy', 'lxml', 'pptx', 'jinja2'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_pdf_beside_the_report(soffice: str, tmp_path: Path) -> None:
    result = wuhao("report", GOOD, "-o", tmp_path, "--pdf")
    assert result.returncode == 0
    assert [path.suffix for path in sorted(tmp_path.iterdir())] == [".docx", ".pdf"]
    first = next(tmp_path.glob("*.pdf"))
    assert first.read_bytes().startswith(b"%PDF")
    first.write_bytes(b"%PDF signed and scanned")
    assert wuhao("report", GOOD, "-o", tmp_path, "--pdf").returncode == 0
    assert first.read_bytes() == b"%PDF signed and scanned"
    assert len(list(tmp_path.glob("*.pdf"))) == 2


def test_no_pdf_without_a_converter(tmp_path: Path) -> None:
    result = wuhao("report", GOOD, "-o", tmp_path, "--pdf", PATH=str(tmp_path))
    assert result.returncode == 1
    assert "没有生成 PDF" in result.stderr.decode()
    assert len(list(tmp_path.glob("*.docx"))) == 1


def test_a_password_is_named_as_such(run: Run) -> None:
    # made once with the password 测试; it holds the one word 测试
    result = run("check", ROOT / "tests" / "data" / "有密码.xlsx", "--json")
    assert result.exit_code == 2
    assert [item["code"] for item in json.loads(result.stdout)["problems"]] == ["encrypted"]


def test_what_is_still_to_be_done_is_told_with_its_last_day(run: Run) -> None:
    shown = run("check", SAMPLES / "02_示例学院_全面自查_有差距.xlsx", "--stage", "中期评估", "--as-of", "2018-11-20").stdout
    todo = shown[shown.index("还差什么：") :]
    assert "2018年撰写调研文章1篇（2018年12月31日前）" in todo
    assert "已不可补：2.1.2 老同志参与率" in todo
    assert "还差什么" not in run("check", SAMPLES / "01_测试学院_中期评估.xlsx").stdout
