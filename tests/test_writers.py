"""The samples written anew by other programs are judged as before: goods, statuses and score stay (problems may differ).

Formulas are left out where a program calculates what Excel never did: those cells are given their values before.
"""

import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyexcelerate
import pytest
import xlsxwriter

from tests.budget import PROFILE
from tests.conftest import absent
from tests.helpers import SAMPLES
from tests.libreoffice import LibreOffice
from wuhao_report.evaluation.check import check
from wuhao_report.files.office import pack
from wuhao_report.files.workbook_style import notes_where_expected
from wuhao_report.report.json_form import outcome_data

PATHS = sorted(SAMPLES.glob("*.xlsx"))[:: 1 if PROFILE == "long" else 3]
"""The samples: in the long run all of them, else every third."""
PACKAGES = ("xlsx@0.18.5", "exceljs@4.4.0")
LONGEST = 120
KEPT = ("stage", "as_of", "status", "score", "scored", "applicable", "goods", "unfilled")
Writer = Callable[[Path, Path], None]


@lru_cache(maxsize=16)
def values(path: Path) -> dict[str, list[list[Any]]]:
    """The sheets of a workbook as rows of values."""
    book = openpyxl.load_workbook(path)
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in book.worksheets}


def by_pyexcelerate(source: Path, target: Path) -> None:
    book = pyexcelerate.Workbook()
    for title, rows in values(source).items():
        book.new_sheet(title, data=rows or [[""]])
    book.save(str(target))


def by_xlsxwriter(source: Path, target: Path) -> None:
    book = xlsxwriter.Workbook(str(target), {"default_date_format": "yyyy-mm-dd"})
    for title, rows in values(source).items():
        page = book.add_worksheet(title)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    book.close()


def by_openpyxl(source: Path, target: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    for title, rows in values(source).items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(target)


def by_pandas(source: Path, target: Path) -> None:
    with pd.ExcelWriter(target) as writer:
        for title, rows in values(source).items():
            pd.DataFrame(rows, dtype=object).to_excel(writer, sheet_name=title, header=False, index=False)


LIBRARIES: dict[str, Writer] = {
    "PyExcelerate": by_pyexcelerate,
    "XlsxWriter": by_xlsxwriter,
    "openpyxl write-only": by_openpyxl,
    "pandas": by_pandas,
}


def plain(path: Path, folder: Path) -> Path:
    """The sample without the formula that Excel never calculated."""
    book = openpyxl.load_workbook(path)
    found = False
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value, found = 2, True
    if not found:
        return path
    place = folder / path.name
    book.save(place)
    with zipfile.ZipFile(place) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    place.write_bytes(pack(notes_where_expected(members).items()))
    return place


@lru_cache(maxsize=32)
def judged(path: Path) -> dict[str, Any]:
    data = outcome_data(check(path))
    assert data["status"] is not None, [item["message"] for item in data["problems"]][:3]
    return {key: data[key] for key in KEPT}


def holds(writer: Writer, tmp_path: Path, suffix: str = ".xlsx") -> None:
    changed = []
    for number, sample in enumerate(PATHS):
        source = plain(sample, tmp_path)
        target = tmp_path / f"写{number}{suffix}"
        writer(source, target)
        if judged(source) != judged(target):
            changed.append(sample.name)
    assert changed == []


@pytest.mark.slow
@pytest.mark.parametrize("name", LIBRARIES)
def test_libraries_of_python(name: str, tmp_path: Path) -> None:
    holds(LIBRARIES[name], tmp_path)


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_libreoffice(kind: str, libreoffice: LibreOffice, tmp_path: Path) -> None:
    """What this program does not read itself (.ods) comes back through LibreOffice as .xlsx, which is its third form."""

    sources = []
    (tmp_path / "原").mkdir()
    for path in PATHS:
        sources.append(Path(shutil.copy(plain(path, tmp_path), tmp_path / "原")))
    made = libreoffice.convert_all(sources, kind, tmp_path)
    if kind == "ods":
        (tmp_path / "回").mkdir()
        made = libreoffice.convert_all(made, "xlsx", tmp_path / "回")
    changed = [source.name for source, target in zip(sources, made, strict=True) if judged(source) != judged(target)]
    assert changed == []


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of npm that write workbooks."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if not program or not npm:
        absent("node", "round trips through SheetJS and exceljs")
    folder = tmp_path_factory.mktemp("npm")
    done = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), *PACKAGES],
        capture_output=True,
        timeout=LONGEST,
        check=False,
    )
    if done.returncode:
        absent("a registry of npm", "round trips through SheetJS and exceljs")
    return folder / "node_modules"


@pytest.mark.slow
@pytest.mark.xdist_group("npm")
@pytest.mark.parametrize("name", ["sheetjs", "sheetjs-dates", "exceljs"])
def test_libraries_of_javascript(name: str, node: Path, tmp_path: Path) -> None:
    script = Path(__file__).parent / "writers.js"

    def write(source: Path, target: Path) -> None:
        # Days are written as the clock of the machine has them.
        subprocess.run(
            ["node", str(script), name, str(source), str(target)],
            env={**os.environ, "NODE_PATH": str(node), "TZ": "Asia/Shanghai"},
            timeout=LONGEST,
            check=True,
        )

    holds(write, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["Gnumeric_Excel:xlsx2", "Gnumeric_Excel:excel_biff8"])
def test_gnumeric(kind: str, tmp_path: Path) -> None:
    program = shutil.which("ssconvert") or absent("Gnumeric", "ssconvert")

    def write(source: Path, target: Path) -> None:
        subprocess.run(
            [program, "-T", kind, str(source), str(target)],
            capture_output=True,
            timeout=LONGEST,
            check=True,
            stdin=subprocess.DEVNULL,
        )

    holds(write, tmp_path, ".xlsx" if kind.endswith("xlsx2") else ".xls")
