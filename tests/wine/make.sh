#!/bin/sh
# make.sh FOLDER: what running a batch file under wine needs, made once: FOLDER/bin/python.exe, py.exe and drop.exe, and
# FOLDER/prefix, a wine prefix with the code page 936. Needs wine, the locale zh_CN.UTF-8 and mingw (scripts/test.sh).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/bin"
x86_64-w64-mingw32-gcc -O -s -municode "$here/python.c" -o "$1/bin/python.exe"
x86_64-w64-mingw32-gcc -O -s "$here/drop.c" -o "$1/bin/drop.exe"
cp "$1/bin/python.exe" "$1/bin/py.exe"
cp "$here/host.sh" "$1/bin/host.sh"
# Neither .NET nor a browser: wine would ask for them.
export WINEPREFIX="$1/prefix" WINEDLLOVERRIDES="mscoree,mshtml=" WINEDEBUG=-all LC_ALL=zh_CN.UTF-8
unset DISPLAY || true
wine wineboot -i
wineserver -w
# A new prefix is a copy of all of wine: links to it do as well, and 20 MB instead of 700.
for own in /usr/lib/*/wine/x86_64-windows /usr/lib/wine/x86_64-windows /opt/wine-*/lib*/wine/x86_64-windows; do
    [ -d "$own" ] || continue
    find "$1/prefix/drive_c/windows" -type f | while IFS= read -r copy; do
        if cmp -s "$copy" "$own/${copy##*/}"; then ln -sf "$own/${copy##*/}" "$copy"; fi
    done
done
