"""A .docx → the PDF beside it, by what the machine has: Word or WPS on Windows, else LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wuhao_report.files.outputs import Output, never, write_output

SECONDS = 180
AS_PDF = 17
"""wdFormatPDF of Word's automation."""


def make_pdf(report: Path) -> tuple[Path | None, str]:
    """Write the PDF of a report beside it, over no existing file; return its path, or None, and a sentence for the user."""
    ways: list[tuple[str, Callable[[Path], bytes | None]]] = []
    if sys.platform == "win32":
        ways += [(name, _by_automation(program)) for name, program in (("Word", "Word.Application"), ("WPS", "KWPS.Application"))]
    ways.append(("LibreOffice", _by_libreoffice))
    for name, way in ways:
        try:
            pdf = way(report.resolve())
            if pdf is None:
                continue
            path, note = write_output(Output("PDF", report.with_suffix(".pdf").name, pdf, never), report.parent)
        except OSError:
            return None, "PDF 写不下来，请检查输出文件夹的权限和磁盘空间。"
        return path, f"PDF 已由 {name} 生成：{path}" + (f"（{note}）" if note else "")
    return None, "没有生成 PDF：这台电脑上没有可用的 Word、WPS 或 LibreOffice。请打开 Word 报告，用“另存为 PDF”。"


def _by_libreoffice(source: Path) -> bytes | None:
    """Return the PDF that LibreOffice makes of a copy, or None where it is not installed or fails."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "report.docx")
        shutil.copyfile(source, copy)
        command = [
            program,
            f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            str(copy),
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
        pdf = copy.with_suffix(".pdf")
        return pdf.read_bytes() if pdf.exists() else None


def _by_automation(program: str) -> Callable[[Path], bytes | None]:
    """Return what makes a PDF with Word or WPS over COM; it gives None where pywin32 or the program is not installed, or fails."""

    def _convert(source: Path) -> bytes | None:
        try:
            import win32com.client
        except ImportError:
            return None
        try:
            office: Any = win32com.client.DispatchEx(program)
        except Exception:
            return None
        try:
            document = office.Documents.Open(str(source), ReadOnly=True)
            with tempfile.TemporaryDirectory() as folder:
                target = Path(folder, "report.pdf")
                document.SaveAs(str(target), FileFormat=AS_PDF)
                document.Close(False)
                return target.read_bytes()
        except Exception:
            return None
        finally:
            office.Quit()

    return _convert
