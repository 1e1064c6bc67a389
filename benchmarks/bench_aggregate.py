"""Many workbooks → one overview: by us, by the straightforward script, and by reading alone; whole processes, on the same files, in one run.

    python benchmarks/bench_aggregate.py            1,000 workbooks, and what 100, 1,000 and 10,000 cost each
    python benchmarks/bench_aggregate.py --smoke    20 workbooks, to see that it runs

The script is what an administrator who programs would write: pandas.read_excel of every sheet, counts by year, one table. It
judges nothing. Reading alone is every cell of every workbook with calamine in one process: nobody can do less in one.
"""

from __future__ import annotations

import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
SAMPLE = ROOT / "sample_workbooks" / "04_测试嘎查村_2024年自查.xlsx"
UNIT = "测试嘎查村关工委"

SCRIPT = """
import sys, warnings
from pathlib import Path
import pandas as pd
warnings.simplefilter("ignore")
rows = []
for path in sorted(Path(sys.argv[1]).rglob("*.xlsx")):
    sheets = pd.read_excel(path, sheet_name=None, header=2)
    row = {"文件": path.name}
    for name, frame in sheets.items():
        column = next((column for column in frame.columns if "日期" in str(column)), None)
        if column is not None:
            for year, many in pd.to_datetime(frame[column], errors="coerce").dt.year.value_counts().items():
                row[f"{name}{year:.0f}"] = many
    rows.append(row)
pd.DataFrame(rows).to_excel(sys.argv[2], index=False)
"""

READING = """
import sys
from pathlib import Path
from python_calamine import CalamineWorkbook
for path in sorted(Path(sys.argv[1]).rglob("*.xlsx")):
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()
"""


def generate(folder: Path, many: int) -> None:
    """So many workbooks of as many committees, alike but for the name."""
    from wuhao_report.files.office import pack, unpack

    parts = unpack(SAMPLE.read_bytes())
    # The writer of the samples puts Chinese as references.
    unit = next(
        form
        for form in (UNIT.encode(), UNIT.encode("ascii", "xmlcharrefreplace"))
        if any(form in data for data in parts.values())
    )
    for number in range(many):
        name = f"测试{number:05d}号村关工委".encode()
        place = folder / f"{number // 500:03d}乡"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:05d}.xlsx").write_bytes(
            pack((part, data.replace(unit, name) if part.endswith(".xml") else data) for part, data in parts.items())
        )


def peak(process: psutil.Process) -> float:
    """Return the most memory that a process has held, in MiB; what it holds now where the system does not keep the most."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace"))
    except OSError:
        found = None
    return int(found[1]) / 2**10 if found else process.memory_info().rss / 2**20


class Watch:
    """The most memory that a process and its children have held, each by itself, in MiB.

    To look costs what is measured: where every look tells the most so far, few are enough.
    """

    SECONDS = 0.3

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.front = self.other = 0.0
        self._process = psutil.Process(process.pid)
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while self._process.is_running():
            try:
                self.front = max(self.front, peak(self._process))
                self.other = max([self.other, *map(peak, self._process.children(recursive=True))])
            except psutil.Error:
                # It has just ended, or one of its children has.
                time.sleep(0.01)
            time.sleep(self.SECONDS)


def run(*command: str, cache: Path | None = None) -> tuple[float, Watch]:
    """Seconds, and the memory; `cache` is what stands for the user's own, so that no run knows what another has judged."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), **dict.fromkeys(("XDG_CACHE_HOME", "LOCALAPPDATA"), str(cache or ROOT))},
    )
    watch = Watch(process)
    if process.wait():
        raise RuntimeError(f"{command[:3]} ended with {process.returncode}")
    return time.perf_counter() - start, watch


def ours(folder: Path, outputs: Path, jobs: int) -> tuple[float, Watch]:
    cache = outputs.with_name(f"{outputs.name}缓存")
    return run("-m", "wuhao_report", "aggregate", str(folder), "-o", str(outputs), "--jobs", str(jobs), cache=cache)


def committees_in_bundle(path: Path) -> set[str]:
    """Return the committees in a bundle: each workbook must be one of its own."""
    import duckdb

    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(path) as package, duckdb.connect() as database:
        part = package.extract("committees.parquet", place)
        return {unit for (unit,) in database.execute("SELECT unit FROM read_parquet(?)", (part,)).fetchall()}


def show(name: str, seconds: float, many: int, watch: Watch, more: str = "") -> None:
    print(
        f"  {name}\t{seconds:8.1f} 秒，每个工作簿 {1000 * seconds / many:6.1f} 毫秒；内存 主进程 {watch.front:.0f} MB，其余各不超过 {watch.other:.0f} MB{more}",
        flush=True,
    )


def in_turn(folder: Path, place: Path, jobs: int, turns: int) -> list[tuple[float, float]]:
    """Seconds of ours and of reading alone, by turns: a machine is not equally fast for ten minutes."""
    pairs = []
    for turn in range(turns):
        seconds, _ = ours(folder, place / f"汇总轮{turn}", jobs)
        reading, _ = run("-c", READING, str(folder))
        pairs.append((seconds, reading))
    return pairs


def compare(place: Path, many: int, jobs: int, turns: int) -> None:
    """Ours, ours again, the script; ours and reading alone by turns."""
    folder = place / "来件"
    generate(folder, many)
    print(f"{many} 个工作簿")
    first, watch = ours(folder, place / "汇总", jobs)
    show(f"本程序，{jobs} 个进程", first, many, watch)
    counted = len(committees_in_bundle(place / "汇总" / "汇总包.wuhao"))
    if counted != many:
        raise RuntimeError(f"{counted} committees of {many}")
    again, watch = ours(folder, place / "汇总", jobs)
    show("本程序再做一次，没有变化", again, many, watch)
    single, watch = ours(folder, place / "汇总1", 1)
    show("本程序，1 个进程", single, many, watch)
    script, watch = run("-c", SCRIPT, str(folder), str(place / "script.xlsx"))
    show("直写脚本", script, many, watch)
    pairs = in_turn(folder, place, jobs, turns)
    for seconds, reading in pairs:
        print(f"  本程序、只读单元格交替\t{seconds:8.1f}、{reading:.1f} 秒，{seconds / reading:.2f} 倍", flush=True)
    print(
        f"  直写脚本 ÷ 本程序 = {script / first:.1f}（1 个进程 {script / single:.1f}）；"
        f"本程序 ÷ 只读单元格，{turns} 次的中位数 = {statistics.median(seconds / reading for seconds, reading in pairs):.2f}；"
        f"没有变化 ÷ 第一次 = {again / first:.2f}",
        flush=True,
    )


def scale(place: Path, sizes: list[int], jobs: int) -> None:
    """What a workbook costs among few and among many."""
    print("规模")
    few = place / "几个"
    generate(few, jobs)
    start = min(ours(few, place / f"汇总几个{number}", jobs)[0] for number in range(3))
    print(f"  每个进程一个\t{start:8.1f} 秒（启动各进程、写出各文件）")
    for many in sizes:
        folder = place / f"来件{many}"
        generate(folder, many)
        seconds, watch = ours(folder, place / f"汇总{many}", jobs)
        show(f"{many:6d} 个", seconds, many, watch, f"；除去启动每个 {1000 * (seconds - start) / (many - jobs):.1f} 毫秒")


def main() -> None:
    smoke = "--smoke" in sys.argv
    jobs = os.cpu_count() or 1
    print(f"Python {platform.python_version()}，{platform.system()} {platform.machine()}，{jobs} 核")
    with tempfile.TemporaryDirectory() as name:
        compare(Path(name), 20 if smoke else 1000, jobs, 1 if smoke else 5)
        scale(Path(name), [10, 20] if smoke else [100, 1000, 10_000], jobs)


if __name__ == "__main__":
    main()
