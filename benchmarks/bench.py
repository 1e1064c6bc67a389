"""Workbook → report: by us, by the straightforward script, and by the floor; all warm, on the same files, in one run.

    python benchmarks/bench.py            the table, a folder of workbooks, and cold starts
    python benchmarks/bench.py --smoke    one round, to see that it runs

The workbooks are the samples, good ones and one full of mistakes; ours writes the list of what to mend for those that have any.

The script is what a user would write: pandas.read_excel (its default engine), a count a year for each sheet, docxtpl.
It is given the report's words ready made, so that it is compared on reading and rendering alone.
The floor is reading every cell with calamine and deflating the finished parts: nobody can do less.
"""

from __future__ import annotations

import io
import os
import pickle
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
WORKBOOKS = sorted((ROOT / "sample_workbooks").glob("*.xlsx"))
Step = tuple[str, float]


def timed(name: str, call: Callable[[], Any]) -> tuple[Step, Any]:
    start = time.perf_counter()
    result = call()
    return (name, (time.perf_counter() - start) * 1000), result


def ours(path: Path, folder: Path) -> list[Step]:
    from wuhao_report.evaluation.check import check_book
    from wuhao_report.files.paths import write_atomically
    from wuhao_report.report.checklist import checklist
    from wuhao_report.report.documents import UNDATED, midnight
    from wuhao_report.report.report import build_report
    from wuhao_report.workbook.reader import read_book

    read, book = timed("读取", lambda: read_book(path))
    assess, outcome = timed("评估", lambda: check_book(book))
    render, (report, problems) = timed("生成", lambda: build_report(outcome))
    lines, listed = timed("清单", lambda: checklist(problems, "核对清单", "wuhao-report", midnight(UNDATED)) if problems else b"")

    def both() -> None:
        write_atomically(folder / "ours.docx", report)
        if listed:
            write_atomically(folder / "ours.xlsx", listed)

    write, _ = timed("写出", both)
    return [read, assess, render, lines, write]


def straightforward(path: Path, folder: Path, words: dict[str, Any], template: Path) -> list[Step]:
    import pandas as pd
    from docxtpl import DocxTemplate

    def counts(sheets: dict[str, pd.DataFrame]) -> dict[str, Any]:
        found = {}
        for name, frame in sheets.items():
            column = next((column for column in frame.columns if "日期" in str(column)), None)
            if column is not None:
                found[name] = pd.to_datetime(frame[column], errors="coerce").dt.year.value_counts().to_dict()
        return found

    def render() -> Any:
        document = DocxTemplate(template)
        document.render(words, autoescape=True)
        return document

    read, sheets = timed("读取", lambda: pd.read_excel(path, sheet_name=None, header=2))
    assess, _ = timed("评估", lambda: counts(sheets))
    made, document = timed("生成", render)
    write, _ = timed("写出", lambda: document.save(folder / "script.docx"))
    return [read, assess, made, write]


def floor(path: Path, parts: list[bytes]) -> list[Step]:
    from python_calamine import CalamineWorkbook

    def cells() -> Any:
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        return [book.get_sheet_by_index(number).to_python() for number in range(len(book.sheet_names))]

    read, _ = timed("读取", cells)
    deflate, _ = timed("写出", lambda: [zlib.compress(part, 6) for part in parts])
    return [read, deflate]


def prepared(path: Path) -> tuple[dict[str, Any], Path, list[bytes]]:
    """The words, the template and the finished parts of a workbook's report."""
    from wuhao_report.evaluation.check import check
    from wuhao_report.files.office import unpack
    from wuhao_report.report.documents import template_path
    from wuhao_report.report.report import build_report
    from wuhao_report.report.words.context import report_context

    outcome = check(path)
    assert outcome.submission is not None
    assert outcome.assessment is not None
    words, _ = report_context(outcome.submission, outcome.assessment)
    parts = list(unpack(build_report(outcome)[0]).values())
    return words, template_path(outcome.assessment.stage.report), parts


def total(steps: list[Step]) -> float:
    return sum(milliseconds for _, milliseconds in steps)


def warm(rounds: int) -> None:
    rows: dict[str, list[list[Step]]] = {"本程序": [], "直写脚本": [], "下限": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in WORKBOOKS:
            words, template, parts = prepared(path)
            runs: dict[str, list[list[Step]]] = {key: [] for key in rows}
            for turn in range(rounds + 1):
                measured = {
                    "本程序": ours(path, folder),
                    "直写脚本": straightforward(path, folder, words, template),
                    "下限": floor(path, parts),
                }
                for key, steps in measured.items():
                    if turn:
                        runs[key].append(steps)
            for key, found in runs.items():
                rows[key].append(
                    [(found[0][at][0], statistics.median(run[at][1] for run in found)) for at in range(len(found[0]))]
                )
    print(f"热态，{len(WORKBOOKS)} 个样例工作簿，每个 {rounds} 次取中位数，毫秒（平均每个工作簿）：")
    means = {}
    for key, found in rows.items():
        names = [step for step, _ in found[0]]
        parts_of = [statistics.mean(run[at][1] for run in found) for at in range(len(names))]
        means[key] = sum(parts_of)
        split = "，".join(f"{step} {value:.1f}" for step, value in zip(names, parts_of, strict=True))
        print(f"  {key}\t{means[key]:7.1f}（{split}）")
    print(
        f"  直写脚本 ÷ 本程序 = {means['直写脚本'] / means['本程序']:.1f}；本程序 ÷ 下限 = {means['本程序'] / means['下限']:.1f}"
    )


def folder_of_workbooks(copies: int) -> None:
    """A folder by `wuhao batch` in one process, and by a script that does one after another: whole processes."""
    with tempfile.TemporaryDirectory() as name:
        place, outputs = Path(name, "来件"), Path(name, "报告")
        place.mkdir()
        words = {}
        for path in WORKBOOKS:
            ready, template, _ = prepared(path)
            words[path.name] = ready, template
            for number in range(copies):
                shutil.copy(path, place / f"{number:03d}{path.name}")
        Path(name, "words").write_bytes(pickle.dumps(words))
        commands = {
            "本程序": ["-m", "wuhao_report", "batch", str(place), "-o", str(outputs), "--jobs", "1"],
            "直写脚本": [__file__, "--script", name],
        }
        times: dict[str, float] = dict.fromkeys(commands, 0.0)
        # Ours before and after the script, which takes long: a machine is not equally fast for a minute.
        for key, share in (("本程序", 0.5), ("直写脚本", 1.0), ("本程序", 0.5)):
            shutil.rmtree(outputs, ignore_errors=True)
            start = time.perf_counter()
            subprocess.run([sys.executable, *commands[key]], capture_output=True, check=True, cwd=ROOT)
            times[key] += share * (time.perf_counter() - start) * 1000 / (copies * len(WORKBOOKS))
    print(f"一个文件夹 {copies * len(WORKBOOKS)} 个工作簿，整个进程，毫秒（平均每个）：")
    print("".join(f"  {key}\t{value:7.1f}\n" for key, value in times.items()), end="")
    print(f"  直写脚本 ÷ 本程序 = {times['直写脚本'] / times['本程序']:.1f}")


def script(name: str) -> None:
    """What a user's own script does with a folder; the words are ready."""
    words = pickle.loads(Path(name, "words").read_bytes())
    for path in sorted(Path(name, "来件").iterdir()):
        ready, template = words[path.name[3:]]
        straightforward(path, Path(name), ready, template)


def cold(rounds: int) -> None:
    workbook = str(WORKBOOKS[0])
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            'python -c "import pandas"': ["-c", "import pandas"],
            "wuhao --help": ["-m", "wuhao_report", "--help"],
            "wuhao check": ["-m", "wuhao_report", "check", workbook],
            "wuhao report": ["-m", "wuhao_report", "report", workbook, "-o", folder],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, args in commands.items():
                start = time.perf_counter()
                subprocess.run([sys.executable, *args], capture_output=True, check=True, cwd=ROOT, env={**os.environ})
                times[name].append(time.perf_counter() - start)
    base = statistics.median(times['python -c "import pandas"'])
    print("冷启动（整个进程，中位数）：")
    for name, found in times.items():
        print(
            f"  {name}\t{statistics.median(found) * 1000:6.0f} 毫秒（import pandas 的 {statistics.median(found) / base:.2f} 倍）"
        )


def main() -> None:
    warnings.simplefilter("ignore")
    if "--script" in sys.argv:
        script(sys.argv[2])
        return
    smoke = "--smoke" in sys.argv
    print(f"Python {platform.python_version()}，{platform.system()} {platform.machine()}，{os.cpu_count()} 核")
    warm(1 if smoke else 15)
    folder_of_workbooks(1 if smoke else 20)
    cold(1 if smoke else 7)


if __name__ == "__main__":
    main()
