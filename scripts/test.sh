#!/bin/sh
# Sets up and runs everything: ruff, mypy --strict, all tests, the benchmark's smoke run.
#     sh scripts/test.sh [options of pytest]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. "$root/scripts/setup.sh"

packages="libreoffice-writer-nogui libreoffice-calc-nogui fonts-arphic-gbsn00lp fonts-arphic-gkai00mp fonts-wqy-zenhei fonts-noto-cjk"
if ! command -v soffice >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "正在安装 LibreOffice 和中文字体（版式检查要用）……"
        apt-get update -qq >&2
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    else
        say "没有 LibreOffice：版式检查（GB/T 9704）、PDF 和往返保存的测试将跳过。以 root 运行本脚本会自动安装。"
    fi
fi
set_up requirements-dev.txt

.venv/bin/ruff check .
.venv/bin/mypy
.venv/bin/python -m pytest -n 2 "$@"
.venv/bin/python benchmarks/bench.py --smoke
