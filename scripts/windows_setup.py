"""What scripts/生成报告.bat does: makes .venv in the project, as scripts/setup.sh does elsewhere, and reports on what was dropped.

    python scripts/windows_setup.py WORKBOOK_OR_FOLDER

The standard library alone, and nothing newer than Python 3.7 outside `prepare` and `report`: an old Python has to get as far
as the sentence that says it is too old.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
READY, LOG = ".ready-windows", "安装记录.txt"
ROOT = Path(__file__).absolute().parents[1]


def say(text: str) -> None:
    """Print a sentence at once."""
    print(text, flush=True)


def wait() -> None:
    """Keep the window open until it has been read."""
    if sys.stdin is not None and sys.stdin.isatty():
        say("按回车键关闭这个窗口。")
        sys.stdin.readline()


def python_of(root: Path) -> Path:
    """Return the Python of the project's environment, whether it is there or not."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp(root: Path) -> str:
    """Return a hash of what the environment is made from: these requirements, this Python."""
    made_from = (root / "requirements.txt").read_bytes() + sys.base_prefix.encode("utf-8", "replace") + sys.version.encode()
    return hashlib.sha256(made_from).hexdigest()


def prepare(root: Path) -> Path | None:
    """Return the Python of the project's environment, made first when need be; None when it cannot be made, after saying why."""
    home, python = root / ".venv", python_of(root)
    ready, log = home / READY, home / LOG
    if python.exists() and ready.is_file() and ready.read_text(encoding="utf-8") == stamp(root):
        return python
    say("第一次运行，正在准备运行环境（要联网下载，约需几分钟），请不要关闭这个窗口……")
    try:
        home.mkdir(exist_ok=True)
        ready.unlink(missing_ok=True)
        if not run([sys.executable, "-m", "venv", str(home)], log, "wb"):
            say(f"没有准备好运行环境：这个 Python 建不了虚拟环境，请从 python.org 重新安装 Python。详细记录：{log}")
            return None
        if not run(
            [
                str(python),
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--require-hashes",
                "-r",
                str(root / "requirements.txt"),
            ],
            log,
            "ab",
        ):
            say(f"没有装好需要的组件：请检查网络后再试一次；上不了网的电脑，请向管理员要便携文件夹。详细记录：{log}")
            return None
        ready.write_text(stamp(root), encoding="utf-8")
    except OSError as error:
        say(f"没有准备好运行环境：不能写入“{root}”（系统代码 {error.errno}）。请把整个文件夹复制到自己的电脑上再试。")
        return None
    return python


def run(command: list[str], log: Path, mode: str) -> bool:
    """Run a command and tell whether it succeeds; its words, which are not Chinese, go into the log."""
    with log.open(mode) as stream:
        return (
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT, check=False).returncode
            == 0
        )


def report(root: Path, python: Path, target: Path) -> int:
    """Run the program on what was dropped; return its exit code.

    It is found by PYTHONPATH and not installed: a .pth file is read in the machine's code page, where a folder's name may not fit.
    """
    command = [str(python), "-P", "-m", "wuhao_report", "desk", "report", str(root), str(target)]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": str(root), "PYTHONUTF8": "1"}, check=False).returncode


def main(arguments: list[str]) -> int:
    """Do what the batch file asks for; return the exit code for its window."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    dropped = [argument for argument in arguments if argument]
    if sys.version_info < OLDEST:
        say("这台电脑上的 Python 是 {}.{}，需要 {}.{} 或更新的版本，请先安装。".format(*sys.version_info[:2], *OLDEST))
    elif not dropped:
        say("请把工作簿，或者放有工作簿的文件夹，拖到“生成报告”的图标上。")
    else:
        if len(dropped) > 1:
            say("一次只能拖一个，其余的没有处理。工作簿有好几个时，请放进一个文件夹，把文件夹拖过来。")
        python = prepare(ROOT)
        if python is not None:
            return report(ROOT, python, Path(dropped[0]).absolute())
    wait()
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
