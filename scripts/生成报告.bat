@echo off
setlocal DisableDelayedExpansion
set "PYTHONUTF8=1"
py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if errorlevel 1 goto plain
py -3 "%~dp0windows_setup.py" "%~1" "%~2"
exit %ERRORLEVEL%
:plain
python "%~dp0windows_setup.py" "%~1" "%~2"
if errorlevel 9009 goto missing
exit %ERRORLEVEL%
:missing
echo Python 3.11 or newer was not found. Please install it from https://www.python.org/downloads/windows/
pause
exit 9009
