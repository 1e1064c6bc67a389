#!/bin/sh
# host.sh STATUS EXE ARGUMENT...: runs the Python of the host ($WUHAO_WINE_PYTHON), leaves its exit status in the file STATUS,
# and in STATUS.call, a line each, which python.exe was asked and for what.
status=$1
shift
printf '%s\n' "$@" >"$status.call"
shift
"$WUHAO_WINE_PYTHON" "$@"
code=$?
printf '%d\n' "$code" >"$status.part"
mv "$status.part" "$status"
