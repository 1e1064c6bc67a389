#!/bin/sh
# Sets up and runs everything: ruff, mypy --strict, all tests but the long ones, the benchmark's smoke run.
#     sh scripts/test.sh [options of pytest]
#     sh scripts/test.sh --coverage [options of pytest]     measures what the tests reach, with the floor of pyproject.toml; takes twice as long
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. "$root/scripts/setup.sh"

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

install() {
    apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

has_wine() {
    command -v wine >/dev/null 2>&1 && command -v x86_64-w64-mingw32-gcc >/dev/null 2>&1 && locale -a 2>/dev/null | grep -qi '^zh_CN\.utf-*8$'
}

if ! command -v soffice >/dev/null 2>&1; then
    if can_install; then
        say "正在安装 LibreOffice 和中文字体（版式检查要用）……"
        install libreoffice-writer-nogui libreoffice-calc-nogui fonts-arphic-gbsn00lp fonts-arphic-gkai00mp fonts-wqy-zenhei fonts-noto-cjk
    else
        say "没有 LibreOffice：版式检查（GB/T 9704）、PDF 和往返保存的测试将跳过。以 root 运行本脚本会自动安装。"
    fi
fi
if ! command -v ssconvert >/dev/null 2>&1; then
    if can_install; then
        say "正在安装 Gnumeric（往返保存的测试要用）……"
        install gnumeric
    else
        say "没有 Gnumeric：经它往返保存的测试将跳过。以 root 运行本脚本会自动安装。"
    fi
fi
if ! command -v npm >/dev/null 2>&1; then
    if can_install; then
        say "正在安装 Node.js（往返保存的测试要用）……"
        install nodejs npm
    else
        say "没有 Node.js：经 SheetJS、exceljs 往返保存的测试将跳过。以 root 运行本脚本会自动安装。"
    fi
fi
if ! command -v chromium >/dev/null 2>&1; then
    if can_install; then
        say "正在安装 Chromium（看板页面的测试要用）……"
        install chromium
    else
        say "没有 Chromium：看板页面的测试将跳过。以 root 运行本脚本会自动安装。"
    fi
fi
if ! has_wine; then
    if can_install; then
        say "正在安装 wine、中文区域设置和交叉编译器（试运行 Windows 批处理文件要用，约 650 MB）……"
        # There is no such wine for every machine; that is no reason to do without all the other tests.
        install wine wine64 locales-all gcc-mingw-w64-x86-64 >&2 || true
        has_wine || say "wine 没有装好：试运行 Windows 批处理文件的测试将跳过。"
    else
        say "没有 wine、zh_CN.UTF-8 区域设置或 mingw：试运行 Windows 批处理文件的测试将跳过。以 root 运行本脚本会自动安装。"
    fi
fi
set_up requirements-dev.txt
compile_modules

if [ "${1:-}" = --coverage ]; then
    shift
    # Measured, this one takes longer than a command may.
    exec .venv/bin/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term \
        --deselect "tests/test_hostile.py::test_a_hostile_file_has_its_outcome[15 a number of a million Chinese digits]" "$@"
fi
.venv/bin/ruff check .
.venv/bin/ruff format --check --quiet .
.venv/bin/mypy
.venv/bin/python -m pytest -n 2 --dist loadgroup "$@"
.venv/bin/python benchmarks/bench.py --smoke
.venv/bin/python benchmarks/bench_aggregate.py --smoke
