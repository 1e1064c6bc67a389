"""Every hostile file by the real command line: never a crash, a hang or a traceback, and the outcome that hostile.txt tells.

A line of the table that begins with “!” is a promise not yet kept: the test is expected to fail, and fails when it is kept.
`python -m tests.test_hostile` writes the outcomes of today into the table; read the diff.
"""

from __future__ import annotations

import json
import re
import signal
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.hostile import HOSTILE, SAMPLE, TABLE, outcomes
from tests.worker import SECONDS, Answer, Worker, alone
from wuhao_report.core.cell_reference import column_letters

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="limits of memory are set as POSIX does")]

SHOWN = 40


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    found = Worker(tmp_path_factory.mktemp("worker"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def sample(worker: Worker) -> tuple[dict[str, Any], dict[str, str]]:
    """What the sample itself gives: its JSON and its cells."""
    return seen(worker)


def seen(worker: Worker) -> tuple[dict[str, Any], dict[str, str]]:
    return told(worker.run("check", str(SAMPLE), "--json")), cells(worker.run("dump", str(SAMPLE)).out)


def told(answer: Answer) -> dict[str, Any]:
    """The one JSON document of an answer, after what no answer may be has been ruled out."""
    assert fatal(answer) == ""
    found = json.loads(answer.out)
    assert isinstance(found, dict)
    return found


def fatal(answer: Answer) -> str:
    """What no file may bring about: “!” and how it ended; or nothing."""
    if answer.code is None:
        return f"! not done in {SECONDS:.0f} seconds"
    if answer.code < 0:
        return f"! killed by {signal.Signals(-answer.code).name}"
    if answer.code not in (0, 1, 2):
        return f"! exit code {answer.code}"
    if "Traceback" in answer.err:
        return "! traceback"
    return "! words of the library on the screen" if answer.err and answer.out else ""


def cells(text: str) -> dict[str, str]:
    """Place → text of every cell of a dump that is not empty."""
    found: dict[str, str] = {}
    sheet, again = "", Counter[str]()
    for line in text.split("\n"):
        number, bar, rest = line.partition(" | ")
        if not bar and line.startswith("["):
            again[line] += 1
            sheet = json.loads(f'"{line[1:-1]}"', strict=False) + (f"({again[line]})" if again[line] > 1 else "")
        elif bar:
            found |= {f"{sheet}!{column_letters(column)}{number}": cell for column, cell in enumerate(split(rest)) if cell}
    return found


def split(row: str) -> list[str]:
    """The cells of a row of a dump."""
    found, at, reader = [], 0, json.JSONDecoder(strict=False)
    while at <= len(row):
        if row.startswith('"', at):
            value, end = reader.raw_decode(row, at)
        else:
            end = row.find(" | ", at)
            end = len(row) if end < 0 else end
            value = row[at:end]
        found.append(value)
        at = end + 3
    return found


def short(text: str) -> str:
    """A text in a line: cut, and with every character that cannot be seen written out."""
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return text if len(text) <= SHOWN else f"{text[: SHOWN // 2]}…({len(text)})"


def listed(found: list[str], most: int = 4) -> str:
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")


def summary(data: dict[str, Any], seen: dict[str, str], sample: tuple[dict[str, Any], dict[str, str]]) -> str:
    """What a file gives, as a line: “reads” when all is as in the sample, else every difference; or why it is refused."""
    same, same_cells = sample
    if data["scheme"] is None or data["stage"] is None:
        return "not judged: " + listed([name(item) for item in data["problems"]])
    parts = ["reads"]
    for key in ("unit", "as_of", "status", "score"):
        if data[key] != same[key]:
            parts.append(f"{key}={short(str(data[key]))}")
    if data["problems"]:
        parts.append(listed([name(item) for item in data["problems"]]))
    wrong = [
        item["id"]
        for one, other in zip(data["goods"], same["goods"], strict=True)
        for item, was in zip(one["indicators"], other["indicators"], strict=True)
        if item != was
    ]
    if wrong:
        parts.append("judged differently: " + listed(wrong))
    places = list(dict.fromkeys([*same_cells, *seen]))
    changes = [
        f"{short(place)}={short(seen.get(place, ''))}" for place in places if seen.get(place, "") != same_cells.get(place, "")
    ]
    if changes:
        parts.append(listed(changes))
    return "; ".join(parts)


def name(item: dict[str, Any]) -> str:
    place = "!".join(short(part) for part in (item["sheet"], item["cell"]) if part)
    return f"{item['code']} {place}".strip()


def outcome(
    kind: str, worker: Worker, sample: tuple[dict[str, Any], dict[str, str]], folder: Path, by_itself: bool = False
) -> str:
    """The line of the table for a file, as it is today; `by_itself`: by the real command and the processes that it begins."""
    case = HOSTILE[kind]
    path = folder / case.file
    path.write_bytes(case.build())
    arguments = ("check", "--json", "--", str(path))
    answer = alone(arguments, folder) if by_itself else worker.run(*arguments)
    if end := fatal(answer):
        return end
    data = told(answer)
    if data["workbook"]["sha256"] is None:
        assert answer.code == 2
        assert len(data["problems"]) == 1
        return refusal(data["problems"][0])
    assert answer.code == int(any(item["level"] == "error" for item in data["problems"]))
    return summary(data, cells(worker.run("dump", "--", str(path)).out), sample)


def refusal(item: dict[str, Any]) -> str:
    """The code of a refusal, and what its sentence says besides the name of the file."""
    found = re.search(r"（(?:看上去是)?(.*)）|是(.+)，无法", item["message"])
    what = (
        next((text for text in found.groups() if text), "")
        if found and item["code"] in ("not-a-workbook", "old-format", "stray-cell")
        else ""
    )
    return f"{item['code']}: {what}" if what else item["code"]


HEAVY = [kind for kind, case in HOSTILE.items() if case.heavy]
FIRST_OF_EACH = {kind[:2]: kind for kind in reversed(HEAVY)}
"""Of the files that take much memory or time, the first of each class; the others go through the real processes in the long run."""


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_has_its_outcome(
    kind: Any, worker: Worker, sample: tuple[dict[str, Any], dict[str, str]], tmp_path: Path
) -> None:
    by_itself = kind in FIRST_OF_EACH.values()
    found, expected = outcome(kind, worker, sample, tmp_path, by_itself), HOSTILE[kind].expected
    if found == expected and found.startswith("!"):
        pytest.xfail(found)
    assert found == expected


@pytest.mark.long
@pytest.mark.parametrize("kind", HEAVY)
def test_a_heavy_file_has_its_outcome_in_processes_of_its_own(
    kind: Any, worker: Worker, sample: tuple[dict[str, Any], dict[str, str]], tmp_path: Path
) -> None:
    assert outcome(kind, worker, sample, tmp_path, by_itself=True) == HOSTILE[kind].expected


def test_the_table_has_a_line_for_every_file_and_no_other() -> None:
    assert list(outcomes()) == list(HOSTILE)


def test_every_hostile_file_is_built_the_same_to_the_byte() -> None:
    kinds = [kind for kind, case in HOSTILE.items() if not case.heavy]
    assert [kind for kind in kinds if HOSTILE[kind].build() != HOSTILE[kind].build()] == []


WRITTEN = [
    kind
    for kind in HOSTILE
    if kind[:2] in ("11", "12", "13", "14", "16") and "the file has" not in kind and HOSTILE[kind].expected.startswith("reads")
]


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_hostile_name_goes_into_the_report_letter_for_letter_and_nowhere_else(
    kind: Any, worker: Worker, tmp_path: Path
) -> None:
    path = tmp_path / HOSTILE[kind].file
    path.write_bytes(HOSTILE[kind].build())
    out = tmp_path / "out"
    unit = str(told(worker.run("check", "--json", "--", str(path)))["unit"])
    data = told(worker.run("report", "--json", "-o", str(out), "--", str(path)))
    report = Path(data["report"])
    assert report.parent == out
    assert {item.parent for item in tmp_path.rglob("*") if item.is_file()} == {tmp_path, out}
    assert all(len(item.name.encode()) <= 255 for item in out.iterdir())
    with zipfile.ZipFile(report) as package:
        parts = [ElementTree.fromstring(package.read(name)) for name in package.namelist() if name.endswith((".xml", ".rels"))]
    text = "".join(part.text or "" for root in parts for part in root.iter() if part.tag.endswith("}t"))
    assert "".join(unit.split()) in "".join(text.split())


def refresh() -> None:
    """Write every outcome of today into the table; what is said of a line stays above it."""
    notes: dict[str, list[str]] = {}
    waiting: list[str] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line:
            waiting.append(line)
        else:
            notes[line.partition(" → ")[0]] = waiting
            waiting = []
    with tempfile.TemporaryDirectory() as name:
        worker = Worker(Path(name))
        same = seen(worker)
        lines = [
            text
            for kind in HOSTILE
            for text in (*notes.get(kind, ()), f"{kind} → {outcome(kind, worker, same, Path(name), kind in HEAVY)}")
        ]
        worker.close()
    TABLE.write_text("\n".join([*lines, *waiting]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refresh()
