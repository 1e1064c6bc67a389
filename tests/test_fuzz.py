"""Mutants of our own filled workbook, always the same ones: each is answered, whatever has been done to it.

Every mutant is known by its number alone. To have one back as a file: `python -m tests.test_fuzz 123 mutant.xlsx`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.hostile import BOOK, LINKS, SAMPLE, STRINGS, STYLES, Members, in_shared_strings, members
from tests.test_hostile import fatal, told
from tests.worker import Worker
from wuhao_report.files.office import pack

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="limits of memory are set as POSIX does")]

SEED = 20240820
EACH = 45
GROUPS, LONG = 8, 100
"""Groups of the whole run, and of the long one: three hundred and sixty mutants, and four and a half thousand."""
ELEMENT = re.compile(rb"<(\w+)\b[^<>]*?(?:/>|>[^<>]*</\1>)")
ATTRIBUTE = re.compile(rb'(\w+)="([^"<>]*)"')
VALUES = (
    b"",
    b"0",
    b"-1",
    b"1",
    b"A1",
    b"XFD1048576",
    b"1048576",
    b"4294967295",
    b"18446744073709551616",
    b"9" * 30,
    b"1e999",
    b"NaN",
    b"true",
    b"s",
    b"b",
    b"e",
    b"d",
    b"str",
    b"inlineStr",
    b"rId1",
    b"../../x",
    "会议".encode(),
    b"&#1;",
    b"&lt;",
    b"\xff",
    b" ",
)
KNOWN = frozenset[int]()
"""Mutants that the reader does not survive today; the test of their group says so when it does."""


def flip_bytes(data: bytes, random: Random) -> bytes:
    found = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        found[random.randrange(len(found))] ^= 1 << random.randrange(8)
    return bytes(found)


def random_bytes(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + random.randbytes(random.choice((1, 4, 32))) + data[at + random.choice((0, 1, 32)) :]


def cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data))]


def cut_out(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.choice((1, 10, 100, 1_000)) :]


def _element(data: bytes, random: Random) -> tuple[int, int]:
    found = [match.span() for match in ELEMENT.finditer(data)]
    return random.choice(found) if found else (0, 0)


def delete_element(data: bytes, random: Random) -> bytes:
    start, end = _element(data, random)
    return data[:start] + data[end:]


def repeat_element(data: bytes, random: Random) -> bytes:
    start, end = _element(data, random)
    return data[:end] + data[start:end] * random.choice((1, 1, 2, 1_000)) + data[end:]


def move_element(data: bytes, random: Random) -> bytes:
    (start, end), (other, _) = sorted((_element(data, random), _element(data, random)), reverse=True)
    return data[:other] + data[start:end] + data[other:start] + data[end:]


def swap_values(data: bytes, random: Random) -> bytes:
    """An attribute takes the value of another, or something it should never hold; rare attributes as often as common ones."""
    found: dict[bytes, list[tuple[int, int]]] = {}
    for match in ATTRIBUTE.finditer(data):
        found.setdefault(match[1], []).append(match.span(2))
    if not found:
        return data
    start, end = random.choice(found[random.choice(sorted(found))])
    other = random.choice(found[random.choice(sorted(found))])
    value = data[slice(*other)] if random.random() < 0.5 else random.choice(VALUES)
    return data[:start] + value + data[end:]


def other_spelling(data: bytes, random: Random) -> bytes:
    """The same XML, or nearly, written in another way: blanks, quotes, small and capital letters, comments."""
    found = [match.span() for match in re.finditer(rb"<[^<>]+>", data)]
    if not found:
        return data
    start, end = random.choice(found)
    tag = data[start:end]
    old, new = random.choice(
        (
            (b" ", b"\t"),
            (b" ", b"\n"),
            (b"=", b" = "),
            (b'"', b"'"),
            (b">", b" >"),
            (b">", b"><!-- -->"),
            (b">", b"><![CDATA[]]>"),
        )
    )
    return data[:start] + random.choice((tag.replace(old, new), tag.swapcase(), tag.lower(), tag.upper())) + data[end:]


def swap_texts(data: bytes, random: Random) -> bytes:
    """The text between two tags becomes something it should never be."""
    found = [match.span(1) for match in re.finditer(rb">([^<>]+)<", data)]
    if not found:
        return data
    start, end = random.choice(found)
    return data[:start] + random.choice(VALUES) + data[end:]


IN_XML = (
    flip_bytes,
    flip_bytes,
    random_bytes,
    cut,
    cut_out,
    delete_element,
    delete_element,
    repeat_element,
    repeat_element,
    move_element,
    swap_values,
    swap_values,
    swap_values,
    swap_values,
    swap_texts,
    swap_texts,
    other_spelling,
    other_spelling,
)
IN_PACKAGE: tuple[Callable[[bytes, Random], bytes], ...] = (flip_bytes, flip_bytes, random_bytes, cut, cut_out)


@cache
def _inline() -> Members:
    return members()


@cache
def _shared() -> Members:
    """The same workbook as Excel and WPS keep it."""
    return in_shared_strings()


def mutant(number: int) -> bytes:
    """The workbook with the changes of that number: mostly in the XML of its parts, packed again so that all check sums are right."""
    random = Random(SEED * 1_000_000 + number)
    kind = random.random()
    if kind < 0.15:
        return random.choice(IN_PACKAGE)(SAMPLE.read_bytes(), random)
    found = dict(random.choice((_inline(), _shared())))
    if kind < 0.2:
        one, other = random.sample(sorted(found), 2)
        if random.random() < 0.5:
            del found[one]
        else:
            found[one], found[other] = found[other], found[one]
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        name = random.choice((BOOK, LINKS, STYLES, STRINGS, *sorted(found)))
        if found.get(name):
            found[name] = random.choice(IN_XML)(found[name], random)
    return pack(found.items())


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    found = Worker(tmp_path_factory.mktemp("worker"))
    yield found
    found.close()


def fault(number: int, worker: Worker, path: Path) -> str:
    """What is wrong with the answer to a mutant, or nothing."""
    path.write_bytes(mutant(number))
    answer = worker.run("check", "--json", "--", str(path))
    if end := fatal(answer):
        logs = " ".join(log.read_text(encoding="utf-8-sig").replace("\n", " ") for log in worker.folder.glob("wuhao-*.log"))
        for log in worker.folder.glob("wuhao-*.log"):
            log.unlink()
        return f"{end} {answer.err[-300:]} {logs}"
    try:
        data = told(answer)
    except ValueError as error:
        return f"no JSON: {error}"
    levels = [item["level"] for item in data["problems"]]
    if data["workbook"]["sha256"] is None:
        return "" if answer.code == 2 and levels == ["error"] else f"exit code {answer.code}, refused with {levels}"
    return "" if answer.code == int("error" in levels) else f"exit code {answer.code} with {levels}"


@pytest.mark.parametrize(
    "group", [*range(GROUPS), *(pytest.param(group, marks=pytest.mark.long) for group in range(GROUPS, LONG))]
)
def test_every_mutant_is_answered(group: Any, worker: Worker, tmp_path: Path) -> None:
    faults = {}
    for number in range(group * EACH, (group + 1) * EACH):
        found = fault(number, worker, tmp_path / "测试.xlsx")
        if bool(found) != (number in KNOWN):
            faults[number] = found or "is answered now: take it from KNOWN"
    assert faults == {}, f"seed {SEED}"


def test_a_mutant_is_the_same_to_the_byte_every_time() -> None:
    assert all(mutant(number) == mutant(number) for number in range(0, GROUPS * EACH, 60))
    assert mutant(0) != mutant(1)


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(mutant(int(sys.argv[1])))
