"""A ready folder for a secretary: the blank workbook, two scripts to double-click, a page that says how."""

from __future__ import annotations

from pathlib import Path

from wuhao_report import __version__
from wuhao_report.files.paths import safe_name
from wuhao_report.report.json_form import TOOL
from wuhao_report.report.report import template_path
from wuhao_report.report.template.document_kinds import STARTER_GUIDE
from wuhao_report.report.template.loading import load_template
from wuhao_report.report.template.rendering import render
from wuhao_report.scheme.model import Scheme
from wuhao_report.tools.blank_workbook import new_workbook

GUIDE = "使用说明"
REPORT, CHECK = "生成报告", "检查"
SCHEMES = "schemes"
"""The folder beside the scripts for a scheme that is not built in; its name is ASCII, for it stands in them."""
MOMENT = "2020-01-01T00:00:00Z"

_SCRIPT = """@echo off
setlocal DisableDelayedExpansion
set "PYTHONUTF8=1"
set "PYTHONSAFEPATH=1"
if exist "%~dp0{schemes}\\" set "WUHAO_SCHEMES=%~dp0{schemes}"
set "WUHAO_PYTHON=%~dp0runtime\\python.exe"
if not exist "%WUHAO_PYTHON%" set "WUHAO_PYTHON=python"
"%WUHAO_PYTHON%" -m wuhao_report desk {action} "%~dp0." "%~1"
if errorlevel 9009 goto missing
exit %ERRORLEVEL%
:missing
echo Python was not found. Please ask your administrator for the complete folder.
pause
exit 9009
"""
"""ASCII alone, for a batch file is read in whatever code page the machine has; every Chinese word is printed by Python.

A hard exit, not `exit /b`: what follows an `&` in the name of a dropped file would be run as a command otherwise.
"""


def script(action: str) -> bytes:
    """A batch file to double-click, or to drop a workbook on: `action` is report or check."""
    return _SCRIPT.format(action=action, schemes=SCHEMES).replace("\n", "\r\n").encode("ascii")


def ready_folder(scheme: Scheme, unit: str, start_year: int | None = None, source: Path | None = None) -> dict[str, bytes]:
    """The files of the folder by name; the same scheme and unit give the same bytes.

    `source` is the file of a scheme that is not built in: it comes along. Raises TemplateError when the template of the guide
    is missing or broken, OSError when `source` cannot be read.
    """
    own = {f"{SCHEMES}/{scheme.id}{source.suffix.lower()}": source.read_bytes()} if source else {}
    workbook = safe_name(unit, ".xlsx")
    names = {"单位名称": unit, "标题": GUIDE, "工作簿": workbook}
    guide = render(load_template(template_path(GUIDE), STARTER_GUIDE), names, {"wuhao.tool": f"{TOOL} {__version__}"}, GUIDE, unit, MOMENT)
    return {
        workbook: new_workbook(scheme, unit, start_year), f"{REPORT}.bat": script("report"), f"{CHECK}.bat": script("check"),
        f"{GUIDE}.docx": guide, **own,
    }
