@echo off
setlocal DisableDelayedExpansion
set "PYTHONUTF8=1"
set "PYTHONSAFEPATH=1"
set "WUHAO_PY="
set "WUHAO_PYTHON="
for %%P in (py.exe) do set "WUHAO_PY=%%~$PATH:P"
for %%P in (python.exe) do set "WUHAO_PYTHON=%%~$PATH:P"
if "%WUHAO_PY%"=="" goto plain
"%WUHAO_PY%" -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if errorlevel 1 goto plain
"%WUHAO_PY%" -3 "%~dp0windows_setup.py" "%~1" "%~2"
exit %ERRORLEVEL%
:plain
if "%WUHAO_PYTHON%"=="" goto missing
"%WUHAO_PYTHON%" "%~dp0windows_setup.py" "%~1" "%~2"
if errorlevel 9009 goto missing
exit %ERRORLEVEL%
:missing
echo Python 3.11 or newer was not found. Please install it from https://www.python.org/downloads/windows/
pause
exit 9009
