"""The layout standard, measured on the pages LibreOffice makes of every sample's report."""

from pathlib import Path

import pytest

from tests import gbt9704
from tests.helpers import SAMPLES
from tests.libreoffice import LibreOffice
from wuhao_report.core.options import Options
from wuhao_report.evaluation.check import check
from wuhao_report.report.report import build_report


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_every_rule_passes(libreoffice: LibreOffice, tmp_path: Path, path: Path) -> None:
    report = tmp_path / "report.docx"
    report.write_bytes(build_report(check(path))[0])
    checks = gbt9704.run(report, libreoffice.convert(report, "pdf", tmp_path))
    assert len(checks) >= 60
    assert [f"{item.clause} {item.rule}: {item.expected} / {item.found}" for item in checks if item.ok is False] == []


def test_a_progress_check_passes_too(libreoffice: LibreOffice, tmp_path: Path) -> None:
    from datetime import date

    report = tmp_path / "report.docx"
    path = SAMPLES / "02_示例学院_全面自查_有差距.xlsx"
    report.write_bytes(build_report(check(path, Options(as_of=date(2019, 3, 20))))[0])
    assert [item.rule for item in gbt9704.run(report, libreoffice.convert(report, "pdf", tmp_path)) if item.ok is False] == []


def test_the_checker_notices_what_is_wrong(libreoffice: LibreOffice, tmp_path: Path) -> None:
    import docx
    from docx.shared import Pt

    report = tmp_path / "report.docx"
    report.write_bytes(build_report(check(SAMPLES / "04_测试嘎查村_2024年自查.xlsx"))[0])
    document = docx.Document(str(report))
    document.styles["公文正文"].font.size = Pt(14)
    document.save(str(report))
    assert [item for item in gbt9704.run(report, libreoffice.convert(report, "pdf", tmp_path)) if item.ok is False]
