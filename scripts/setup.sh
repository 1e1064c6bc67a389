# Sourced by the scripts beside it, with $root set: makes .venv in the project, with the pinned packages of $1.
# Does nothing when that has been done already.

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for name in python3.13 python3.12 python3.11 python3 python; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$name"
            return 0
        fi
    done
    say "没有找到 Python 3.11 或更新的版本，请先安装 Python。"
    return 1
}

# Some systems forbid Python to keep compiled modules: each of the many processes would compile them anew, a fifth of a second every time.
# Where they cannot be written, that is all there is to it.
compile_modules() { "$root/.venv/bin/python" -m compileall -q "$root/wuhao_report" >/dev/null 2>&1 || :; }

set_up() {
    requirements=$1
    venv=$root/.venv
    want=$(cat "$root/requirements.txt" "$root/requirements-build.txt" "$root/$requirements" "$root/pyproject.toml" | cksum)
    if [ -f "$venv/.ready" ] && [ "$(cat "$venv/.ready")" = "$requirements $want" ] && [ -x "$venv/bin/wuhao" ]; then
        return 0
    fi
    python=$(find_python) || return 1
    say "第一次运行，正在准备运行环境（.venv），请稍候……"
    rm -f "$venv/.ready"
    if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
        say "这个 Python 缺少 venv 模块，请先安装（Debian、Ubuntu：apt-get install python3-venv）。"
        return 1
    fi
    # Nothing is installed whose hash does not stand in these files, what builds the program included.
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip install --quiet --require-hashes \
        -r "$root/$requirements" -r "$root/requirements-build.txt" >&2 || return 1
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable "$root" >&2 || return 1
    compile_modules
    printf '%s' "$requirements $want" >"$venv/.ready"
}
