"""A scheme and a unit → the starter folder for a secretary: the blank workbook, two scripts to double-click, a page that says how."""

from __future__ import annotations

from pathlib import Path

from wuhao_report.files.outputs import Output, never
from wuhao_report.files.paths import safe_name
from wuhao_report.report.documents import Document, render_document
from wuhao_report.report.template.document_kinds import STARTER_GUIDE
from wuhao_report.scheme.model import Scheme
from wuhao_report.tools.blank_workbook import new_workbook

GUIDE = "使用说明"
REPORT, CHECK = "生成报告", "检查"
SCHEMES = "schemes"
"""The folder beside the scripts for a scheme that is not built in; its name is ASCII, for it stands in them."""

_SCRIPT = """@echo off
setlocal DisableDelayedExpansion
set "PYTHONUTF8=1"
set "PYTHONSAFEPATH=1"
if exist "%~dp0{schemes}\\" set "WUHAO_SCHEMES=%~dp0{schemes}"
set "WUHAO_PYTHON=%~dp0runtime\\python.exe"
if not exist "%WUHAO_PYTHON%" for %%P in (python.exe) do set "WUHAO_PYTHON=%%~$PATH:P"
if "%WUHAO_PYTHON%"=="" goto missing
"%WUHAO_PYTHON%" -m wuhao_report desk {action} "%~dp0." "%~1"
if errorlevel 9009 goto missing
exit %ERRORLEVEL%
:missing
echo Python was not found. Please ask your administrator for the complete folder.
pause
exit 9009
"""
"""ASCII alone, for a batch file is read in whatever code page the machine has; every Chinese word is printed by Python.

python.exe is looked for on the PATH alone: a bare `python` would start a python.bat that lies in the folder, which came by mail.

A hard exit, not `exit /b`: what follows an `&` in the name of a dropped file would be run as a command otherwise.
"""


def script(action: str) -> bytes:
    """Return a batch file to double-click, or to drop a workbook on: `action` is report or check."""
    return _SCRIPT.format(action=action, schemes=SCHEMES).replace("\n", "\r\n").encode("ascii")


def guide(unit: str, workbook: str) -> Document:
    """Return 使用说明 for a unit whose workbook has that name."""
    return Document("guide", f"{GUIDE}.docx", STARTER_GUIDE, {"单位名称": unit, "标题": GUIDE, "工作簿": workbook}, GUIDE, unit)


def starter_folder(
    scheme: Scheme, unit: str, start_year: int | None = None, scheme_file: Path | None = None
) -> tuple[Output, ...]:
    """Return the files of the folder, none of which replaces another; the same scheme and unit give the same bytes.

    `scheme_file` is the file of a scheme that is not built in: it comes along. Raises TemplateError when the template of the guide
    is missing or broken, OSError when `scheme_file` cannot be read.
    """
    own = (
        [Output("scheme", f"{SCHEMES}/{scheme.id}{scheme_file.suffix.lower()}", scheme_file.read_bytes(), never)]
        if scheme_file
        else []
    )
    workbook = safe_name(unit, ".xlsx")
    page = guide(unit, workbook)
    return (
        Output("blank workbook", workbook, new_workbook(scheme, unit, start_year), never),
        Output("script", f"{REPORT}.bat", script("report"), never),
        Output("script", f"{CHECK}.bat", script("check"), never),
        Output(page.kind, page.file_name, render_document(page), never),
        *own,
    )
