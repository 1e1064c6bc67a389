"""The project keeps its word: documents current, samples and templates as their scripts make them, arrows one way, the wheel works."""

import ast
import json
import os
import re
import subprocess
import sys
import tokenize
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import make_docs, make_pins, make_samples, make_templates
from scripts.template_parts import template
from tests.helpers import ROOT, SAMPLES
from wuhao_report.core.catalogue import CATALOGUE
from wuhao_report.files.office import unpack
from wuhao_report.measures.kinds import MEASURES

PACKAGE = ROOT / "wuhao_report"
ARCHITECTURE = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


PACKAGES = (
    "core",
    "sandbox",
    "files",
    "workbook",
    "tables",
    "measures",
    "scheme",
    "evaluation",
    "report",
    "tools",
    "aggregate",
    "cli",
)
"""In the order data flows: each imports only those before it."""


@cache
def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def rooms() -> list[Path]:
    """Every package below the top, in that order, with the packages inside them."""
    return [path.parent for name in PACKAGES for path in sorted((PACKAGE / name).rglob("__init__.py"))]


def listed(room: Path) -> list[str]:
    """The modules a package's docstring names, in its order."""
    text = ast.get_docstring(tree(room / "__init__.py")) or ""
    return re.findall(r"^    (\w+)\b", text, re.MULTILINE)


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """Every module of the package that a module imports, as its parts, also inside functions and for types."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "wuhao_report":
            parts = tuple(node.module.split(".")[1:])
            for name in node.names:
                inner = PACKAGE.joinpath(*parts, name.name)
                yield (*parts, name.name) if inner.is_dir() or inner.with_suffix(".py").exists() else parts


def test_a_package_lists_its_modules_in_its_docstring() -> None:
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == set(PACKAGES)
    for room in rooms():
        own = {path.stem for path in room.glob("*.py")} | {path.parent.name for path in room.glob("*/__init__.py")}
        assert set(listed(room)) == own - {"__init__"}, room.name


def test_a_package_imports_only_packages_before_it() -> None:
    order = [*PACKAGES, "pipeline"]
    wrong = [
        (path.relative_to(PACKAGE).as_posix(), ".".join(found))
        for name in PACKAGES
        for path in (PACKAGE / name).rglob("*.py")
        for found in imports(path)
        if found and found[0] in order and order.index(found[0]) > order.index(name)
    ]
    assert wrong == []


def test_a_module_imports_only_modules_before_it_in_its_package() -> None:
    wrong = []
    for room in rooms():
        order, own = listed(room), room.relative_to(PACKAGE).parts
        for path in room.rglob("*.py"):
            inside = path.relative_to(room).parts
            me = inside[0].removesuffix(".py")
            for found in imports(path):
                if me != "__init__" and found[: len(own)] == own and len(found) > len(own) and found[len(own)] != me:
                    wrong += [(path.name, ".".join(found))] if order.index(found[len(own)]) > order.index(me) else []
    assert wrong == []


def lines_of(node: ast.FunctionDef | ast.ClassDef) -> int:
    """How many lines a function or class has without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_functions_and_classes_stay_short() -> None:
    """Forty lines of a function, two hundred of a class; ruff keeps their branching."""
    nodes = [
        (path, node)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    assert len(nodes) > 1000
    limits = {ast.FunctionDef: 40, ast.ClassDef: 200}
    assert [(path.name, node.name, lines_of(node)) for path, node in nodes if lines_of(node) > limits[type(node)]] == []


def test_packages_stay_small() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= 3 + len({"__init__.py", "__main__.py"})
    assert {room.name: len(listed(room)) for room in rooms() if len(listed(room)) > 12} == {}


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        (
            "click",
            {
                f"cli/{name}"
                for name in (
                    "chinese_click",
                    "console",
                    "options",
                    "failures",
                    "one_workbook",
                    "many",
                    "aggregates",
                    "schemes",
                    "main",
                )
            },
        ),
        ("docxtpl", {"report/template/loading"}),
        ("python_calamine", {"workbook/reader"}),
        ("pptx", set()),
        ("pandas", {"tables/table", "tables/typed", "evaluation/submission", "evaluation/frames"}),
        ("cn2an", {"tables/cells"}),
        ("openpyxl", {"files/workbook_style", "files/listing", "tools/blank_workbook", "scheme/excel/writer"}),
        ("tomli_w", {"scheme/excel/writer"}),
    ],
)
def test_one_library_one_place(library: str, allowed: Any) -> None:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(tree(path)):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [item.name for item in node.names]
                if isinstance(node, ast.Import)
                else []
            )
            if any(name.split(".")[0] == library for name in names):
                found.add(path.relative_to(PACKAGE).with_suffix("").as_posix())
    assert found == allowed


def test_every_module_says_what_it_is() -> None:
    for path in PACKAGE.rglob("*.py"):
        assert ast.get_docstring(tree(path)), path.name


def test_only_the_edge_prints() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name != "cli" and path.stem != "__main__":
            assert not re.search(r"\bprint\(|sys\.exit|datetime\.now|date\.today", path.read_text(encoding="utf-8")), path.name


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.stem)
def test_tables_in_a_document_are_current(here: None, path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert make_docs.current(text) == text, "run scripts/refresh.sh"


def test_every_key_of_a_scheme_is_documented() -> None:
    text = (ROOT / "docs" / "方案文件.md").read_text(encoding="utf-8")
    source = "".join(
        (PACKAGE / name).read_text(encoding="utf-8")
        for name in ("scheme/read_scheme.py", "scheme/read_sheets.py", "scheme/read_indicators.py", "tables/conditions.py")
    )
    keys = set(re.findall(r"(?:keys|inner)\.(?:text|texts|truth|whole|number|day|word|take|tables|has)\(\"(\w+)\"", source))
    keys |= {key for measure in MEASURES.values() for key in measure.keys}
    assert len(keys) > 40
    assert {key for key in keys if not re.search(rf"[`\[ {{]{key}[`\] =]", text)} == set()


def test_every_document_is_linked_from_the_readme() -> None:
    for path in (ROOT / "docs").glob("*.md"):
        assert f"docs/{path.name}" in README, path.name
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target


@pytest.mark.slow
@pytest.mark.parametrize("name", make_samples.SAMPLES)
def test_samples_are_what_their_script_makes(name: Any) -> None:
    assert unpack(make_samples.SAMPLES[name]()) == unpack((SAMPLES / name).read_bytes()), "run scripts/refresh.sh"


@pytest.mark.parametrize("name", make_templates.TEMPLATES)
def test_templates_are_what_their_script_makes(name: Any) -> None:
    made = template(name, make_templates.TEMPLATES[name]())
    assert unpack(made) == unpack((ROOT / "templates" / f"{name}.docx").read_bytes()), "run scripts/refresh.sh"


def test_sample_people_are_invented() -> None:
    import openpyxl

    cells = [
        cell
        for path in SAMPLES.glob("*.xlsx")
        for page in openpyxl.load_workbook(path)
        for row in page.iter_rows(values_only=True)
        for cell in row
    ]
    telephones = [cell for cell in cells if isinstance(cell, str) and re.fullmatch(r"1\d\d-\d{4}-\d{4}", cell)]
    assert len(telephones) >= len(make_samples.SAMPLES)
    assert [cell for cell in telephones if not cell.startswith("138-0000-")] == []


def test_every_problem_code_is_given_somewhere_and_has_its_words() -> None:
    """That each is really produced is shown one by one in test_problems."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "catalogue.py")
    for code, kind in CATALOGUE.items():
        assert f'"{code}"' in source or code in ("broken-scheme", "broken-template"), f"{code} is never given"
        assert kind.message.endswith(("。", "}", "）")), code
        assert kind.hint


def tracked_texts() -> dict[str, str]:
    """Every text of the repository by its path."""
    tracked = subprocess.run(["git", "ls-files", "-z"], capture_output=True, cwd=ROOT, check=False).stdout.decode().split("\0")
    if not tracked[0]:
        pytest.skip("not a git checkout")
    return {
        name: (ROOT / name).read_text(encoding="utf-8")
        for name in tracked
        if name.endswith((".py", ".md", ".toml", ".sh", ".bat", ".txt", ".html")) and (ROOT / name).exists()
    }


def test_no_place_of_work_is_named() -> None:
    for name, text in tracked_texts().items():
        if name != "tests/test_project.py":
            assert not re.search(r"/(?:wor[k]|roo[t]|hom[e])/", text), name


def test_no_document_is_named_that_is_not_here() -> None:
    """A document by its path from the top, from docs/ or from where it is named; a kind of rule where 方案文件.md, which explains them, is named too."""
    for name, text in tracked_texts().items():
        for document in re.findall(r"[\w./-]*\w\.md\b", text):
            assert any((folder / document).exists() for folder in (ROOT, ROOT / "docs", (ROOT / name).parent)), (
                f"{name}: {document}"
            )
        if name.endswith(".py") and "方案文件.md" not in text:
            prose = [
                token.string
                for token in tokenize.generate_tokens(StringIO(text).readline)
                if token.type in (tokenize.COMMENT, tokenize.STRING)
            ]
            assert not any(re.search(r"\bK\d+\b[^\"']", words) for words in prose), name


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ON_DEMAND = {"win32com", "distributed"}
"""Imported where it is there: Word's automation on Windows, and the optional cluster."""


def names_of(requirements: list[str]) -> set[str]:
    """The names of the distributions that are declared."""
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def imported(*folders: Path) -> set[str]:
    """The top of every module from elsewhere that the code there imports, in functions too."""
    found = set[str]()
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                found |= {item.name.split(".")[0] for item in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"wuhao_report", "tests", "scripts", "benchmarks"}


def distributions(modules: set[str]) -> set[str]:
    """The distributions that these modules come from."""
    owners = metadata.packages_distributions()
    return {canonicalize_name(owners[name][0]) for name in modules}


def test_everything_imported_is_declared_and_everything_declared_is_imported() -> None:
    assert distributions(imported(PACKAGE) - ON_DEMAND) == names_of(PROJECT["dependencies"])
    assert names_of(PROJECT["optional-dependencies"]["cluster"]) == {"distributed"}


TOOLS = {"mypy", "ruff", "pytest-xdist", "pytest-cov", "pre-commit", "uv", "hatchling"}
"""Run, not imported."""


def test_everything_the_tests_import_is_declared_and_everything_declared_is_used() -> None:
    used = distributions(imported(ROOT / "tests", ROOT / "scripts", ROOT / "benchmarks"))
    dev = names_of(PROJECT["optional-dependencies"]["dev"])
    stubs = {name for name in dev if name.startswith("types-") or name.endswith("-stubs")}
    assert used - dev - names_of(PROJECT["dependencies"]) == set()
    assert dev - used - stubs == TOOLS


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "requirements-build.txt"])
def test_everything_pinned_is_needed_and_as_declared(file: str) -> None:
    """A pin that nothing needs any more is taken out; what is pinned is no older than its lower bound."""
    text = (ROOT / file).read_text(encoding="utf-8")
    pinned = {canonicalize_name(name): version for name, version in make_pins.pinned(text).items()}
    assert text.count("--hash=sha256:") >= len(pinned)
    assert all("--hash=" in match["rest"] for match in make_pins.BLOCK.finditer(text))
    on_windows = {"colorama", "tzdata"}
    needed = (
        declared("hatchling") | {"editables"} if "build" in file else declared("wuhao-report", ("dev",) if "dev" in file else ())
    )
    assert set(pinned) - needed - on_windows == set()
    for item in map(Requirement, [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]):
        if version := pinned.get(canonicalize_name(item.name)):
            assert item.specifier.contains(version), item


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_pins_are_whole_on_windows(version: str) -> None:
    """Whatever the pinned packages need there is pinned too: a portable folder gets exactly these and no more."""
    windows = {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "extra": "",
        "python_version": version,
        "python_full_version": f"{version}.9",
    }
    pinned = set(map(canonicalize_name, make_pins.pinned((ROOT / "requirements.txt").read_text(encoding="utf-8"))))
    for name in [*sorted(pinned), "wuhao-report"]:
        try:
            needed = [Requirement(text) for text in needs(name)]
        except metadata.PackageNotFoundError:
            assert name == "colorama"  # installed on Windows alone
            continue
        missing = [
            str(item)
            for item in needed
            if (not item.marker or item.marker.evaluate(windows)) and canonicalize_name(item.name) not in pinned
        ]
        assert missing == [], name


@pytest.mark.xdist_group("pair")
def test_tests_of_one_group_stay_in_one_process(request: pytest.FixtureRequest) -> None:
    """pytest-xdist groups by a suffix of the name; where a version of pytest loses it, every process would start every program."""
    if os.environ.get("PYTEST_XDIST_WORKER") and request.config.getoption("loadgroup"):
        assert request.node.nodeid.endswith("@pair")


def test_the_commands_of_the_readme_exist() -> None:
    from click.testing import CliRunner

    from wuhao_report.cli.main import cli

    commands = re.findall(r"^wuhao ((?:[a-z]+)(?: (?:list|show|check|export|try))?)", README, re.MULTILINE)
    assert {"new", "check", "report", "batch"} <= {command.split()[0] for command in commands}
    for command in commands:
        assert CliRunner().invoke(cli, [*command.split(), "--help"]).exit_code == 0, command
    options = set(re.findall(r"(?<![\w-])--[a-z-]+", "\n".join(re.findall(r"^wuhao .*$", README, re.MULTILINE))))
    known = "\n".join(CliRunner().invoke(cli, [*command.split(), "--help"]).output for command in {*cli.commands, *commands})
    assert all(option in known for option in options)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built with what is installed."""
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return next(place.glob("*.whl"))


def needs(name: str) -> list[str]:
    """What a distribution declares; ours as it stands in this tree."""
    if name != "wuhao-report":
        return metadata.requires(name) or []
    extras = PROJECT["optional-dependencies"]
    return [*PROJECT["dependencies"], *(f'{text}; extra == "{extra}"' for extra in extras for text in extras[extra])]


def declared(name: str, extras: tuple[str, ...] = ()) -> set[str]:
    """The distributions that one needs here by its own declaration, and all that those need."""
    wanted, seen = [(name, extras)], set[str]()
    while wanted:
        name, extras = wanted.pop()
        if canonicalize_name(name) in seen:
            continue
        seen.add(canonicalize_name(name))
        for item in map(Requirement, needs(name)):
            if not item.marker or any(item.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                assert item.specifier.contains(metadata.version(item.name), prereleases=True), f"{name} needs {item}"
                wanted.append((item.name, tuple(item.extras)))
    return seen


def works(python: Path, place: Path) -> None:
    """The installed command makes a report."""
    done = subprocess.run(
        [
            str(python),
            "-c",
            "from wuhao_report.cli.main import main; main()",
            "report",
            str(SAMPLES / "04_测试嘎查村_2024年自查.xlsx"),
            "-o",
            str(place / "报告"),
            "--json",
        ],
        capture_output=True,
        timeout=120,
        cwd=place,
        check=True,
    )
    assert Path(json.loads(done.stdout)["report"]).exists()


@pytest.mark.slow
def test_the_wheel_works_with_what_it_declares_and_nothing_else(wheel: Path, tmp_path: Path) -> None:
    """In an environment that holds the wheel's files and a link to every distribution it needs, directly or not."""
    home = tmp_path / "环 境"
    venv.create(home, with_pip=False)
    site = next(home.rglob("site-packages"))
    with zipfile.ZipFile(wheel) as package:
        package.extractall(site)
        info = next(name for name in package.namelist() if name.endswith("entry_points.txt"))
        assert "wuhao = wuhao_report.cli.main:main" in package.read(info).decode()
    for name in declared("wuhao-report") - {"wuhao-report"}:
        for top in {Path(file).parts[0] for file in metadata.files(name) or [] if not file.parts[0].startswith("..")} - {
            "__pycache__"
        }:
            if not (site / top).exists():
                (site / top).symlink_to(metadata.distribution(name).locate_file(top))
    assert (site / "wuhao_report" / "templates" / "自查报告.docx").exists()
    works(home / ("Scripts" if sys.platform == "win32" else "bin") / "python", tmp_path)


@pytest.mark.long
def test_the_wheel_is_installed_by_pip_into_a_clean_environment(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "环 境"
    venv.create(home, with_pip=False)
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    # With hashes among the versions, the wheel of this tree, which has none, would be refused.
    versions = tmp_path / "versions.txt"
    pinned = make_pins.pinned((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    versions.write_text("".join(f"{name}=={version}\n" for name, version in pinned.items()), encoding="utf-8")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--quiet",
            "--python",
            str(python),
            "install",
            "--constraint",
            str(versions),
            str(wheel),
        ],
        check=True,
        timeout=600,
    )
    works(python, tmp_path)
    assert python.with_name("wuhao").exists() or python.with_name("wuhao.exe").exists()
