#!/bin/sh
# 为一个工作簿，或一个文件夹里的全部工作簿，生成 Word 报告。
#     sh scripts/生成报告.sh 文件夹或工作簿 [wuhao 的其他选项]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/scripts/setup.sh"

if [ $# -lt 1 ]; then
    say "用法：sh scripts/生成报告.sh 文件夹或工作簿.xlsx"
    exit 2
fi
# Whoever has the tests' environment has this one too.
if ! grep -q '^requirements-dev' "$root/.venv/.ready" 2>/dev/null || ! set_up requirements-dev.txt; then
    set_up requirements.txt
fi
target=$1
shift
status=0
if [ -d "$target" ]; then
    "$root/.venv/bin/wuhao" batch "$target" "$@" || status=$?
else
    "$root/.venv/bin/wuhao" report "$target" "$@" || status=$?
fi
exit "$status"
