"""The layout standard, measured on the pages LibreOffice makes of every sample's report."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests import gbt9704
from tests.helpers import SAMPLES
from tests.libreoffice import LibreOffice
from wuhao_report.aggregate.outputs.feedback import letters
from wuhao_report.aggregate.records.model import HeadRecord
from wuhao_report.aggregate.roster.model import Campaign, Member, Roster
from wuhao_report.core.options import Options
from wuhao_report.evaluation.check import check
from wuhao_report.report.documents import render_document
from wuhao_report.report.report import build_report

LIMITS = {"村": (5, 12), "学院": (8, 20)}
"""Pages of the body, and of all without 附件2 and 附件3, by a word of the unit's name."""


def page_counts(path: Path) -> tuple[int, int]:
    """Return how many pages of a report stand before 附件1, and how many before 附件2."""
    import pdfplumber

    with pdfplumber.open(path) as document:
        wide = [page.width > page.height for page in document.pages]
    return wide.index(True), len(wide) - wide[::-1].index(True)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_every_rule_passes(libreoffice: LibreOffice, tmp_path: Path, path: Path) -> None:
    report = tmp_path / "report.docx"
    report.write_bytes(build_report(check(path))[0])
    import docx

    pages = libreoffice.convert(report, "pdf", tmp_path)
    checks = gbt9704.run(report, pages)
    sections = len(docx.Document(str(report)).sections)
    assert sections >= 2
    assert len(checks) >= 30 + 10 * sections
    body, without_evidence = page_counts(pages)
    for word, (most, most_without) in LIMITS.items():
        assert word not in path.stem or (body <= most and without_evidence <= most_without), f"{body}, {without_evidence}"
    assert [f"{item.clause} {item.rule}: {item.expected} / {item.found}" for item in checks if item.ok is False] == []


def test_a_progress_check_passes_too(libreoffice: LibreOffice, tmp_path: Path) -> None:
    from datetime import date

    report = tmp_path / "report.docx"
    path = SAMPLES / "02_示例学院_全面自查_有差距.xlsx"
    report.write_bytes(build_report(check(path, Options(as_of=date(2019, 3, 20))))[0])
    assert [item.rule for item in gbt9704.run(report, libreoffice.convert(report, "pdf", tmp_path)) if item.ok is False] == []


@pytest.mark.parametrize("index", [0, 1], ids=["反馈意见书", "整改通知书"])
def test_what_goes_back_to_a_committee_passes_too(libreoffice: LibreOffice, tmp_path: Path, index: int) -> None:
    from datetime import date
    from fractions import Fraction

    from tests.rolled import overview_of, record

    days = Campaign(mend_by=date(2024, 9, 30), issued=date(2024, 9, 5), issuer="测试县关工委")
    lacking = record("测试东村关工委", status="未达标")
    items = [
        replace(
            lacking.indicators[0],
            id=f"1.{number}",
            title=f"第{number}项要求",
            reason="没有达到",
            mend=f"2024年少开{number}次，要求每年不少于9次",
        )
        for number in range(1, 13)
    ]
    own = replace(lacking, indicators=tuple(items), heads=(HeadRecord("1", "班子好", "未达标", Fraction(6), Fraction(10)),))
    made = list(letters(overview_of([own], Roster((Member("测试东村关工委"),), (), campaign=days)), notices=True))
    report = tmp_path / "report.docx"
    report.write_bytes(render_document(made[index].document))
    checks = gbt9704.run(report, libreoffice.convert(report, "pdf", tmp_path))
    assert [f"{item.clause} {item.rule}: {item.expected} / {item.found}" for item in checks if item.ok is False] == []
    assert len(checks) >= 40


def test_the_checker_notices_what_is_wrong(libreoffice: LibreOffice, tmp_path: Path) -> None:
    import docx
    from docx.shared import Pt

    report = tmp_path / "report.docx"
    report.write_bytes(build_report(check(SAMPLES / "04_测试嘎查村_2024年自查.xlsx"))[0])
    document = docx.Document(str(report))
    document.styles["公文正文"].font.size = Pt(14)
    document.save(str(report))
    assert [item for item in gbt9704.run(report, libreoffice.convert(report, "pdf", tmp_path)) if item.ok is False]
