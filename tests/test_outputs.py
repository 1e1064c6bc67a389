"""Files to be written, as records: they cross to another process, and never replace what they may not."""

import os
import pickle
import shutil
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scripts.document_text import document_text
from tests.helpers import SAMPLES, Run
from wuhao_report.files.lock import HOLDER, LOCK
from wuhao_report.files.outputs import Output, always, never, output_path, write_named, write_output
from wuhao_report.files.provenance import is_own_output
from wuhao_report.report.documents import Document, document_output
from wuhao_report.report.rendered import write_rendered
from wuhao_report.report.report import make_report, write_report
from wuhao_report.report.template.document_kinds import STARTER_GUIDE

GOOD = "04_测试嘎查村_2024年自查.xlsx"


def test_a_rendered_report_and_its_outputs_cross_to_another_process(tmp_path: Any) -> None:
    rendered = pickle.loads(pickle.dumps(make_report(SAMPLES / "06_练习学院_有填写错误.xlsx")))
    assert [output.kind for output in rendered.outputs] == ["report", "checklist"]
    written = write_rendered(rendered, tmp_path)
    assert {kind: path.name for kind, path in written.paths.items()} == {output.kind: output.name for output in rendered.outputs}
    assert all(is_own_output(path) for path in written.paths.values())


def test_an_output_goes_beside_what_it_may_not_replace(tmp_path: Any) -> None:
    first, note = write_output(Output("list", "甲.txt", b"1", never), tmp_path)
    assert (first.name, note) == ("甲.txt", None)
    second, note = write_output(Output("list", "甲.txt", b"2", never), tmp_path)
    assert (second.name, note) == ("甲 (2).txt", "“甲.txt”已被人修改过，没有覆盖，新文件另存为“甲 (2).txt”。")
    assert write_output(Output("list", "甲.txt", b"3", always), tmp_path)[0] == first
    assert first.read_bytes() == b"3"
    assert write_output(Output("list", "甲.txt", b"4", always), tmp_path, {first})[0] == second


def test_a_file_that_the_user_has_named_gets_that_name_or_none(tmp_path: Any) -> None:
    path = write_named(Output("scheme", "夹/甲.txt", b"1", never), tmp_path)
    assert path == tmp_path / "夹" / "甲.txt"
    with pytest.raises(FileExistsError):
        write_named(Output("scheme", "夹/甲.txt", b"2", never), tmp_path)
    assert path.read_bytes() == b"1"
    write_named(Output("scheme", "夹/甲.txt", b"2", always), tmp_path)
    assert path.read_bytes() == b"2"
    assert [item.name for item in path.parent.iterdir()] == ["甲.txt"]


def test_the_bytes_of_an_output_may_be_made_when_it_is_written(tmp_path: Any) -> None:
    output = Output("table", "表.txt", lambda stream: [stream.write(line) for line in (b"1\n", b"2\n")] and None, never)
    assert output.data() == b"1\n2\n"
    assert write_output(output, tmp_path)[0].read_bytes() == b"1\n2\n"


def test_a_short_name_is_never_shortened(tmp_path: Any) -> None:
    assert output_path(tmp_path, "生成结果.xlsx") == tmp_path / "生成结果.xlsx"


def test_a_document_is_a_template_its_names_and_one_record(tmp_path: Any) -> None:
    page = Document(
        "guide",
        "说明.docx",
        STARTER_GUIDE,
        {"单位名称": "测试关工委", "标题": "使用说明", "工作簿": "甲.xlsx"},
        "使用说明",
        "测试关工委",
        date(2024, 1, 2),
    )
    output = document_output(page)
    assert (output.kind, output.name) == ("guide", "说明.docx")
    assert "打开“甲.xlsx”" in document_text(output.data())
    assert output.data() == document_output(page).data()
    assert is_own_output(output.data())


@pytest.mark.skipif(os.name != "posix", reason="who may read a file is told otherwise there")
@pytest.mark.parametrize(
    ("of_workbook", "mask", "of_report"), [(0o600, 0o022, 0o600), (0o664, 0o027, 0o640), (0o644, 0o077, 0o600)]
)
def test_nobody_may_read_a_report_who_may_not_read_its_workbook(
    of_workbook: int, mask: int, of_report: int, tmp_path: Path
) -> None:
    workbook = tmp_path / "甲.xlsx"
    shutil.copy(SAMPLES / GOOD, workbook)
    workbook.chmod(of_workbook)
    before = os.umask(mask)
    try:
        written = write_report(workbook)
    finally:
        os.umask(before)
    assert written.report is not None
    assert stat.S_IMODE(written.report.stat().st_mode) == of_report


@pytest.mark.skipif(os.name != "posix", reason="links need a right of their own there")
@pytest.mark.parametrize("name", [LOCK, HOLDER, "结果库.duckdb", "汇总表.xlsx", "汇总报告.docx"])
def test_no_link_in_a_folder_of_outputs_is_written_through(name: str, run: Run, tmp_path: Path) -> None:
    """A folder that came by mail, with a link in the place of a file of ours: what it leads to stays as it is."""
    shutil.copy(SAMPLES / GOOD, tmp_path / "甲.xlsx")
    secret = tmp_path / "别人的文件.txt"
    secret.write_text("原来的内容", encoding="utf-8")
    outputs = tmp_path / "汇总"
    outputs.mkdir()
    (outputs / name).symlink_to(secret)
    assert run("aggregate", tmp_path).exit_code == 0
    assert secret.read_text(encoding="utf-8") == "原来的内容"
    assert not (outputs / name).is_symlink() or name.startswith("汇总")


@pytest.mark.skipif(os.name != "posix", reason="links need a right of their own there")
@pytest.mark.parametrize(("command", "name"), [("batch", "报告"), ("aggregate", "汇总")])
def test_a_folder_of_outputs_that_leads_elsewhere_is_refused(command: str, name: str, run: Run, tmp_path: Path) -> None:
    place = tmp_path / "来件"
    place.mkdir()
    shutil.copy(SAMPLES / GOOD, place / "甲.xlsx")
    elsewhere = tmp_path / "别处"
    elsewhere.mkdir()
    (place / name).symlink_to(elsewhere)
    done = run(command, place)
    assert done.exit_code == 2
    assert "指向别处的链接" in done.stderr
    assert not list(elsewhere.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="links need a right of their own there")
def test_what_the_engine_puts_beside_a_store_follows_no_link(run: Run, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / GOOD, tmp_path / "甲.xlsx")
    assert run("aggregate", tmp_path).exit_code == 0
    (tmp_path / "汇总" / "结果库.duckdb.wal").symlink_to(tmp_path / "别处")
    shutil.copy(SAMPLES / "05_示例嘎查村_验收自查.xlsx", tmp_path / "乙.xlsx")
    assert run("aggregate", tmp_path).exit_code == 0
    assert not (tmp_path / "别处").exists()


@pytest.mark.skipif(os.name != "posix", reason="pipes are made on POSIX")
@pytest.mark.parametrize("name", ["report", HOLDER, LOCK])
def test_a_pipe_among_the_outputs_holds_up_nobody(name: str, run: Run, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / GOOD, tmp_path / "甲.xlsx")
    assert run("batch", tmp_path).exit_code == 0
    path = next((tmp_path / "报告").glob("*.docx")) if name == "report" else tmp_path / "报告" / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    assert run("batch", tmp_path).exit_code == 0
