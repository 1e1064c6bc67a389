"""Every Office file that the program writes keeps to the standard (ECMA-376), and opens."""

import re
import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from openxml_audit import OpenXmlValidator, ValidationSeverity

from tests.helpers import ROOT, SAMPLES, Run
from tests.libreoffice import LibreOffice
from tests.reference import committees
from tests.test_reference import _book as raw_book
from wuhao_report.evaluation.check import check_book
from wuhao_report.report.report import build_report
from wuhao_report.scheme.lookup import find_scheme, scheme_files

NAMED_EXCEPTIONS: frozenset[str] = frozenset()
"""Findings that are none of ours to mend, by the identity that the validator gives them: there are none."""


@lru_cache(maxsize=1)
def validator() -> OpenXmlValidator:
    return OpenXmlValidator()


def violations(path: Path) -> Iterator[str]:
    for finding in validator().validate(str(path)).errors:
        if finding.severity is ValidationSeverity.ERROR and finding.id not in NAMED_EXCEPTIONS:
            yield f"{path.name} {finding.part_uri} {finding.path}: {finding.description}"


def test_a_violation_is_found(tmp_path: Path) -> None:
    """The check can fail: a font whose parts are out of order is a violation."""
    import zipfile

    with (
        zipfile.ZipFile(SAMPLES / "04_测试嘎查村_2024年自查.xlsx") as package,
        zipfile.ZipFile(tmp_path / "甲.xlsx", "w") as made,
    ):
        for name in package.namelist():
            data = package.read(name)
            made.writestr(name, data.replace(b"<font><b", b'<font><name val="x"/><b') if name == "xl/styles.xml" else data)
    assert list(violations(tmp_path / "甲.xlsx"))


@pytest.mark.parametrize(
    "path", sorted([*SAMPLES.glob("*.xlsx"), *(ROOT / "templates").glob("*.docx")]), ids=lambda path: path.stem
)
def test_what_comes_along(path: Path) -> None:
    assert list(violations(path)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_reports_of_random_committees(seed: int, tmp_path: Path) -> None:
    """Every second one has tables and flags left blank: the report is then a draft."""
    data = committees.generate(seed)
    outcome = check_book(raw_book(committees.leave_blank(data, seed) if seed % 2 else data))
    if outcome.assessment is None:
        return
    path = tmp_path / f"{seed}.docx"
    path.write_bytes(build_report(outcome)[0])
    assert list(violations(path)) == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", sorted(scheme_files()))
def test_blank_workbooks_and_schemes(scheme: str, run: Run, tmp_path: Path) -> None:
    assert run("new", "-o", tmp_path / "新.xlsx", "--scheme", scheme, "--unit", "测试单位").exit_code == 0
    assert run("scheme", "export", scheme, tmp_path / "方案.xlsx").exit_code == 0
    assert [fault for name in ("新.xlsx", "方案.xlsx") for fault in violations(tmp_path / name)] == []
    assert find_scheme(scheme).id == scheme


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of each kind of file that the program writes."""
    from click.testing import CliRunner

    from wuhao_report.cli.main import cli

    folder = tmp_path_factory.mktemp("全部")
    for name in ("01_测试学院_中期评估", "04_测试嘎查村_2024年自查", "06_练习学院_有填写错误"):
        shutil.copy(SAMPLES / f"{name}.xlsx", folder)
    spoiled = folder / "06_练习学院_有填写错误.xlsx"
    for arguments in (
        ("batch", folder),
        ("aggregate", folder),
        ("init", folder / "新", "--scheme", "village-2023", "--unit", "测试村"),
        ("check", spoiled, "--annotate", folder / "批注.xlsx", "--mask", folder / "遮盖.xlsx"),
        ("upgrade", Path(__file__).parent / "data" / "version1_village.xlsx", "-o", folder / "搬.xlsx"),
    ):
        CliRunner().invoke(cli, [str(one) for one in arguments])
    return folder


def of_the_folder(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".docx", ".xlsx") and path.name[0] != "0")


@pytest.mark.slow
def test_every_output(made: Path) -> None:
    paths = of_the_folder(made)
    names = " ".join(path.name for path in paths)
    kinds = (
        "自查报告",
        "中期评估报告",
        "核对清单",
        "生成结果",
        "汇总报告",
        "汇总表",
        "使用说明",
        "测试村.xlsx",
        "批注",
        "遮盖",
        "搬",
    )
    assert [kind for kind in kinds if kind not in names] == []
    assert [fault for path in paths for fault in violations(path)] == []


def test_each_kind_opens(made: Path, libreoffice: LibreOffice, tmp_path: Path) -> None:
    first_of_each = {re.sub(r"^.*(?=自查报告|中期评估报告)|（.*）", "", path.name): path for path in of_the_folder(made)}
    pages = libreoffice.convert_all(list(first_of_each.values()), "pdf", tmp_path)
    assert len(set(pages)) == len(first_of_each)
    assert [path.name for path in pages if path.stat().st_size <= 1_000] == []
