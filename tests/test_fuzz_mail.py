"""Mutants of everything else that comes by mail: packs, schemes, templates, rosters, stores, reports; each ends in its sentence.

They are known by kind and number: `python -m tests.test_fuzz_mail pack 12 FOLDER` makes one again. New seeds, and many more of them:
`make fuzz`, which prints its seed; WUHAO_FUZZ_SEED=… makes that run again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.helpers import ROOT, SAMPLES
from tests.packs import changed as with_changed_tables
from tests.rolled import aggregate
from tests.test_fuzz import IN_PACKAGE, IN_XML
from tests.test_hostile import fatal
from tests.worker import Worker, alone
from wuhao_report.aggregate.storage.bundles.parts import PARTS, expected_columns
from wuhao_report.files.office import pack, unpack
from wuhao_report.report.documents import template_path
from wuhao_report.report.report import write_report
from wuhao_report.scheme.excel.writer import to_workbook
from wuhao_report.scheme.lookup import scheme_table

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="limits of memory are set as POSIX does")]

SEED = int(os.environ.get("WUHAO_FUZZ_SEED", "20261127"))
EACH, LONG = 5, 400
"""Mutants of a kind in every run, and in the long one."""
GOOD = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"
OLD_PACK = ROOT / "tests" / "data" / "earlier" / "汇总包_0.4.wuhao"
LEAVES: tuple[Any, ...] = (
    *(None, True, -1, 10**30, 1.5, "", "甲", "\x1b[31m", "\u202e", "9" * 5000, "1/0", "-1/3", f"{'9' * 79}/1", "2024-02-30"),
    *([], {}, [[]], [None] * 50, "../../x", "达标", "a" * 3000),
)
TOKENS = (
    *("1e-99999999", "9" * 5000, "0x" + "f" * 5000, "-1", "0", "1.5", "nan", "inf", "true", '""', '"甲"', "[]", "{}", "[[]]"),
    *(
        "9999-12-31",
        "0001-01-01",
        '"\\u0007"',
        '"{未知}"',
        '"[["',
        '"' + "甲" * 40_000 + '"',
        "[" * 3000,
        '["甲", "甲"]',
        '"../../x"',
    ),
)
TAGS = (
    *(
        "{{ 没有 }}",
        "{{ 单位名称",
        "}}",
        "{% for a in 各方面 %}",
        "{% endfor %}",
        "{{ 单位名称|upper|length }}",
        "{{ [1,2]|sum }}",
    ),
    *(
        "{{ 1/0 }}",
        "{{ '\\ud800' }}",
        "{% set x = 1 %}",
        "{{ ().__class__ }}",
        "{# #}",
        "{{ 单位名称|tojson }}",
        "{{ range(10)|list }}",
    ),
)


def in_tables(data: bytes, random: Random) -> bytes:
    """A pack with a few of its values changed, or rows doubled or taken out, sealed again."""
    statements = []
    for _ in range(random.choice((1, 1, 2, 5))):
        part = random.choice(PARTS)
        column, kind = random.choice(expected_columns(part))
        value = json.dumps(random.choice(LEAVES)).replace("'", "''").replace("\x00", "")
        some = f"WHERE hash(file_row_number + {random.randrange(1000)}) % 3 = 0"
        how = random.random()
        if how < 0.8:
            statements.append(f"UPDATE {part} SET {column} = coalesce(TRY_CAST('{value}' AS {kind}), NULL) {some}")
        elif how < 0.9:
            statements.append(f"INSERT INTO {part} FROM {part} {some}")
        elif how < 0.95:
            statements.append(f"DELETE FROM {part} {some}")
        else:
            other = f"BLOB USING encode({column})" if kind == "VARCHAR" else "VARCHAR"
            statements.append(f"ALTER TABLE {part} ALTER {column} TYPE {other}")
    return with_changed_tables("; ".join(statements))(data)


def in_json(data: bytes, random: Random) -> bytes:
    """A pack of version 0.4 with a few of its values changed, sealed again."""
    lines = [json.loads(line) for line in gzip.decompress(data).decode().splitlines()][:-1]
    for _ in range(random.choice((1, 1, 2, 5))):
        at = random.randrange(len(lines))
        lines[at] = changed(lines[at], random)
    if random.random() < 0.2:
        lines.insert(random.randrange(len(lines)), random.choice(lines))
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return gzip.compress(body + json.dumps({"end": hashlib.sha256(body).hexdigest()}).encode() + b"\n")


def changed(value: Any, random: Random) -> Any:
    """The same value with one leaf of it, or one branch, replaced, taken out or doubled."""
    if isinstance(value, dict) and value and random.random() < 0.95:
        key = random.choice(sorted(value))
        return {**value, key: changed(value[key], random)}
    if isinstance(value, list) and value and random.random() < 0.9:
        at = random.randrange(len(value))
        how = random.random()
        middle = [] if how < 0.05 else [value[at]] * 2 if how < 0.1 else [changed(value[at], random)]
        return [*value[:at], *middle, *value[at + 1 :]]
    return random.choice(LEAVES)


def in_toml(text: str, random: Random) -> str:
    """A scheme with a few of its values, keys or lines changed."""
    for _ in range(random.choice((1, 1, 2, 4))):
        lines = text.splitlines(keepends=True)
        at = random.randrange(len(lines))
        how = random.random()
        if how < 0.6:
            pairs = list(re.finditer(r"= ?([^,{}\n]+)", lines[at]))
            if pairs:
                start, end = random.choice(pairs).span(1)
                lines[at] = lines[at][:start] + random.choice(TOKENS) + lines[at][end:]
        elif how < 0.75:
            del lines[at]
        elif how < 0.9:
            lines.insert(at, random.choice(lines))
        else:
            lines[at] = re.sub(r"\w+", random.choice(("id", "title", "per", "甲", "measure")), lines[at], count=1)
        text = "".join(lines)
    return text


def in_package(data: bytes, random: Random, parts: str = r"\.(xml|rels)$") -> bytes:
    """A package with a few of its parts changed, or its bytes."""
    if random.random() < 0.15:
        return random.choice(IN_PACKAGE)(data, random)
    members = unpack(data)
    names = sorted(name for name in members if re.search(parts, name))
    for _ in range(random.choice((1, 1, 2, 4))):
        name = random.choice(names)
        if members[name]:
            members[name] = random.choice(IN_XML)(members[name], random)
    return pack(members.items())


def in_template(data: bytes, random: Random) -> bytes:
    """A template with tags that nobody should write, in any of its texts."""
    if random.random() < 0.4:
        return in_package(data, random)
    members = unpack(data)
    text = members["word/document.xml"].decode()
    for _ in range(random.choice((1, 1, 3))):
        places = [match.start(1) for match in re.finditer(r"<w:t[^>]*>([^<]*)</w:t>", text)]
        at = random.choice(places)
        text = text[:at] + random.choice(TAGS) + text[at:]
    return pack({**members, "word/document.xml": text.encode()}.items())


@cache
def sound_pack() -> bytes:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "来件").mkdir()
        for sample in (GOOD, SAMPLES / "09_演示单位_二十种规则.xlsx"):
            shutil.copy(sample, folder / "来件")
        shutil.copy(roster(folder / "名单.xlsx"), folder / "来件.xlsx")
        return (
            aggregate(folder / "来件", folder / "汇总", roster=folder / "名单.xlsx", written=True)[1]
            .written["汇总包.wuhao"]
            .read_bytes()
        )


def roster(path: Path) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    rows = (
        ("单位名称", "类别", "上级", "截止日期", "别名"),
        ("测试嘎查村关工委", "村", "测试乡", "2024-08-31", "测试村"),
        ("测试乡", "", "", "", ""),
    )
    for row in rows:
        page.append(row)
    page = book.create_sheet("排除")
    page.append(("单位名称", "原因", "经办人", "日期"))
    page.append(("别的村", "撤并", "李测试", "2024-08-01"))
    book.save(path)
    return path


def make_pack(random: Random, place: Path) -> list[object]:
    folder = place / "来件"
    folder.mkdir()
    shutil.copy(GOOD, folder / "好.xlsx")
    pack = in_json(OLD_PACK.read_bytes(), random) if random.random() < 0.3 else in_tables(sound_pack(), random)
    (folder / "县.wuhao").write_bytes(pack)
    return ["aggregate", folder, "--json"]


def make_toml(random: Random, place: Path) -> list[object]:
    name = random.choice(("village-2023", "demo-rules", "district-2026"))
    text = (ROOT / "wuhao_report" / "scheme" / "data" / f"{name}.toml").read_text(encoding="utf-8")
    (place / "方案.toml").write_text(in_toml(text, random), encoding="utf-8")
    return ["scheme", "check", place / "方案.toml", "--sentences"] if random.random() < 0.5 else _used(place / "方案.toml")


def _used(scheme: Path) -> list[object]:
    return ["check", GOOD, "--scheme", scheme, "--json"]


@cache
def sheets_of(name: str) -> bytes:
    return to_workbook(scheme_table(name), name)


def make_sheets(random: Random, place: Path) -> list[object]:
    (place / "方案.xlsx").write_bytes(in_package(sheets_of(random.choice(("village-2023", "demo-rules"))), random))
    return ["scheme", "check", place / "方案.xlsx"] if random.random() < 0.5 else _used(place / "方案.xlsx")


def make_template(random: Random, place: Path) -> list[object]:
    (place / "模板.docx").write_bytes(in_template(template_path("自查报告").read_bytes(), random))
    return ["report", GOOD, "--template", place / "模板.docx", "-o", place / "报告"]


def make_roster(random: Random, place: Path) -> list[object]:
    folder = place / "来件"
    folder.mkdir()
    shutil.copy(GOOD, folder / "好.xlsx")
    path = roster(place / "名单.xlsx")
    path.write_bytes(in_package(path.read_bytes(), random))
    return ["aggregate", folder, "--roster", path, "--json"]


@cache
def sound_report() -> bytes:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as place:
        report = write_report(GOOD, Path(place)).report
        assert report is not None
        return report.read_bytes()


def make_report(random: Random, place: Path) -> list[object]:
    (place / "报告.docx").write_bytes(in_package(sound_report(), random))
    return ["verify", place / "报告.docx", GOOD]


def make_annotated(random: Random, place: Path) -> list[object]:
    (place / "甲.xlsx").write_bytes(in_package(GOOD.read_bytes(), random, r"(workbook|styles|sheet1|Types\])\.xml|\.rels$"))
    return ["check", place / "甲.xlsx", "--annotate", place / "批注.xlsx", "--mask", place / "遮盖.xlsx", "--json"]


KINDS: dict[str, Callable[[Random, Path], list[object]]] = {
    "pack": make_pack,
    "toml": make_toml,
    "sheets": make_sheets,
    "template": make_template,
    "roster": make_roster,
    "report": make_report,
    "annotated": make_annotated,
}


@pytest.fixture
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """One process for what the program has several for, with the memory of those."""
    found = Worker(tmp_path_factory.mktemp("worker"), 3 * 2**30)
    yield found
    found.close()


def arguments_of(kind: str, number: int, place: Path) -> list[str]:
    """The mutant of that number in a folder, and the command line that it is for."""
    place.mkdir(parents=True)
    return [str(one) for one in KINDS[kind](Random(f"{SEED} {kind} {number}"), place)]


def logged(worker: Worker) -> str:
    """What the logs of the last command say: the kind of the failure, and where it was."""
    words = []
    for log in worker.folder.glob("wuhao-*.log"):
        lines = log.read_text(encoding="utf-8-sig").splitlines()
        words += [*lines[2:3], *lines[-2:]]
        log.unlink()
    return " ".join(words)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("many", [EACH, pytest.param(LONG, marks=pytest.mark.long)])
def test_every_mutant_ends_in_its_sentence(kind: str, many: int, worker: Worker, tmp_path: Path) -> None:
    faults = {}
    for number in range(many):
        answer = worker.run(*arguments_of(kind, number, tmp_path / str(number)))
        end = fatal(answer)
        if end and "words of the library" not in end:
            faults[number] = f"{end} {answer.err[-200:]} {logged(worker)}"
    assert faults == {}, f"seed {SEED}"


@pytest.mark.parametrize("many", [1, pytest.param(60, marks=pytest.mark.long)])
def test_every_store_is_history_or_set_aside(many: int, tmp_path: Path) -> None:
    """The engine of a damaged store may fall over: so each is opened by a whole command line, with its processes."""
    folder = tmp_path / "来件"
    folder.mkdir()
    shutil.copy(GOOD, folder / "好.xlsx")
    aggregate(folder)
    sound = (folder / "汇总" / "结果库.duckdb").read_bytes()
    faults = {}
    for number in range(many):
        random = Random(f"{SEED} store {number}")
        (folder / "汇总" / "结果库.duckdb").write_bytes(random.choice(IN_PACKAGE)(sound, random))
        answer = alone(["aggregate", str(folder), "--json"], tmp_path)
        if answer.code != 0 or json.loads(answer.out)["files"]["counted"] != 1:
            faults[number] = f"{answer.code} {answer.err[-300:]}"
    assert faults == {}, f"seed {SEED}"


if __name__ == "__main__":
    print(*arguments_of(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
