"""Every command of the README and the handbooks does what it says, run in its order on the files it names."""

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.helpers import ROOT, SAMPLES, Run
from tests.rolled import aggregate

pytestmark = pytest.mark.slow

VILLAGE, COLLEGE, DISTRICT = "04_测试嘎查村_2024年自查.xlsx", "01_测试学院_中期评估.xlsx", "08_测试街道_年终自查_按分值.xlsx"
SENT = {"README.md": DISTRICT, "docs/方案文件.md": DISTRICT, "docs/管理员手册.md": VILLAGE}


def commands(document: Any) -> Any:
    return re.findall(r"^ *wuhao (.+)$", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture
def desk(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A folder with everything the documents speak of."""

    def prepared(sent: Any) -> Any:
        for folder in ("收到的工作簿", "去年的工作簿", "各县的汇总包"):
            (tmp_path / folder).mkdir()
        for name in ("收到的工作簿/甲.xlsx", "去年的工作簿/甲.xlsx"):
            shutil.copy(SAMPLES / sent, tmp_path / name)
        for name in ("工作簿.xlsx", "旧工作簿.xlsx", "旧.xlsx", "新.xlsx"):
            shutil.copy(SAMPLES / VILLAGE, tmp_path / name)
        book = openpyxl.Workbook()
        for row in (["单位名称", "上级", "截止日期"], ["测试嘎查村关工委", "甲苏木关工委", "2024-08-31"]):
            book.active.append(row)
        book.save(tmp_path / "名单.xlsx")
        _, made = aggregate(tmp_path / "收到的工作簿", tmp_path / "县", written=True)
        shutil.copy(made.written["汇总包.wuhao"], tmp_path / "各县的汇总包" / "甲县.wuhao")
        aggregate(tmp_path / "去年的工作簿", tmp_path / "去年" / "汇总", written=True)
        monkeypatch.chdir(tmp_path)
        done = run("report", "工作簿.xlsx", "-o", "报")
        shutil.copy(next(path for path in (tmp_path / "报").glob("*.docx")), tmp_path / "报告.docx")
        assert done.exit_code == 0
        assert run("batch", "收到的工作簿", "-o", "交来的报告").exit_code == 0
        return tmp_path

    return prepared


def test_the_example_for_programmers_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    shutil.copy(SAMPLES / VILLAGE, tmp_path / "测试嘎查村.xlsx")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(example.group(1), names)
    assert names["outcome"].assessment.status in ("达标", "未达标", "进行中")
    assert names["meetings"].index[0] == 4


@pytest.mark.parametrize("document", SENT)
def test_every_command_of_a_document_has_been_run(desk: Any, run: Run, document: Any) -> None:
    place = desk(SENT[document])
    found = commands(document)
    assert len(found) >= 4
    for command in found:
        args = shlex.split(command)
        done = run(*args)
        if "--sign" in args:  # the pack is sent to the level above
            shutil.copy(place / "收到的工作簿" / "汇总" / "汇总包.wuhao", place / "各县的汇总包" / "甲县.wuhao")
        assert done.exit_code == 0, (command, done.stdout[-500:], done.stderr[-500:])
        if args[0] == "new" and "-o" in args:
            # She fills it in.
            shutil.copy(SAMPLES / COLLEGE, place / args[args.index("-o") + 1])
