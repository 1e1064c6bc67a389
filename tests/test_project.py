"""The project keeps its word: documents current, samples and templates as their scripts make them, arrows one way, the wheel works."""

import ast
import json
import re
import subprocess
import sys
import tokenize
import venv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from scripts import make_docs, make_samples, make_templates
from tests.helpers import ROOT, SAMPLES
from wuhao_report.core.catalogue import CATALOGUE
from wuhao_report.files.office import unpack
from wuhao_report.measures.kinds import MEASURES

PACKAGE = ROOT / "wuhao_report"
ARCHITECTURE = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


PACKAGES = ("core", "files", "sandbox", "workbook", "tables", "measures", "scheme", "evaluation", "report", "tools", "aggregate", "cli")
"""In the order data flows: each imports only those before it."""


def rooms() -> list[Path]:
    """Every package below the top, in that order, with the packages inside them."""
    return [path.parent for name in PACKAGES for path in sorted((PACKAGE / name).rglob("__init__.py"))]


def listed(room: Path) -> list[str]:
    """The modules a package's docstring names, in its order."""
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    return re.findall(r"^    (\w+)\b", text, re.MULTILINE)


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """Every module of the package that a module imports, as its parts, also inside functions and for types."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "wuhao_report":
            parts = tuple(node.module.split(".")[1:])
            for name in node.names:
                inner = PACKAGE.joinpath(*parts, name.name)
                yield (*parts, name.name) if inner.is_dir() or inner.with_suffix(".py").exists() else parts


def test_a_package_lists_its_modules_in_its_docstring():
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == set(PACKAGES)
    for room in rooms():
        own = {path.stem for path in room.glob("*.py")} | {path.parent.name for path in room.glob("*/__init__.py")}
        assert set(listed(room)) == own - {"__init__"}, room.name


def test_a_package_imports_only_packages_before_it():
    order = [*PACKAGES, "pipeline"]
    wrong = [(path.relative_to(PACKAGE).as_posix(), ".".join(found)) for name in PACKAGES for path in (PACKAGE / name).rglob("*.py")
             for found in imports(path) if found and found[0] in order and order.index(found[0]) > order.index(name)]
    assert wrong == []


def test_a_module_imports_only_modules_before_it_in_its_package():
    wrong = []
    for room in rooms():
        order, own = listed(room), room.relative_to(PACKAGE).parts
        for path in room.rglob("*.py"):
            inside = path.relative_to(room).parts
            me = inside[0].removesuffix(".py")
            for found in imports(path):
                if me != "__init__" and found[:len(own)] == own and len(found) > len(own) and found[len(own)] != me:
                    wrong += [(path.name, ".".join(found))] if order.index(found[len(own)]) > order.index(me) else []
    assert wrong == []


def test_packages_stay_small():
    assert len(list(PACKAGE.glob("*.py"))) <= 3 + len({"__init__.py", "__main__.py"})
    assert {room.name: len(listed(room)) for room in rooms() if len(listed(room)) > 12} == {}


@pytest.mark.parametrize(("library", "allowed"), [
    ("click", {f"cli/{name}" for name in ("chinese_click", "console", "options", "failures", "one_workbook", "many", "schemes", "main")}),
    ("docxtpl", {"report/template/loading"}), ("python_calamine", {"workbook/reader"}),
    ("pptx", {"report/charts"}), ("pandas", {"tables/table"}), ("cn2an", {"tables/cells"}),
    ("openpyxl", {"files/workbook_style", "files/listing", "tools/blank_workbook", "scheme/excel_writer"}), ("tomli_w", {"scheme/excel_writer"}),
])
def test_one_library_one_place(library, allowed):
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [item.name for item in node.names] if isinstance(
                node, ast.Import) else []
            if any(name.split(".")[0] == library for name in names):
                found.add(path.relative_to(PACKAGE).with_suffix("").as_posix())
    assert found == allowed


def test_every_module_says_what_it_is():
    for path in PACKAGE.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path.name


def test_only_the_edge_prints():
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name != "cli" and path.stem != "__main__":
            assert not re.search(r"\bprint\(|sys\.exit|datetime\.now|date\.today", path.read_text(encoding="utf-8")), path.name


def test_tables_in_the_documents_are_current():
    for path in (ROOT / "docs").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert make_docs.current(text) == text, f"{path.name}: run scripts/refresh.sh"


def test_every_key_of_a_scheme_is_documented():
    text = (ROOT / "docs" / "方案文件.md").read_text(encoding="utf-8")
    source = "".join((PACKAGE / name).read_text(encoding="utf-8") for name in ("scheme/library.py", "scheme/read_indicators.py"))
    keys = set(re.findall(r"(?:keys|inner)\.(?:text|texts|truth|whole|number|day|word|take|tables|has)\(\"(\w+)\"", source))
    keys |= {key for measure in MEASURES.values() for key in measure.keys}
    assert len(keys) > 40
    assert {key for key in keys if not re.search(rf"[`\[ {{]{key}[`\] =]", text)} == set()


def test_every_document_is_linked_from_the_readme():
    for path in (ROOT / "docs").glob("*.md"):
        assert f"docs/{path.name}" in README, path.name
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target


@pytest.mark.parametrize("name", make_samples.SAMPLES)
def test_samples_are_what_their_script_makes(name):
    assert unpack(make_samples.SAMPLES[name]()) == unpack((SAMPLES / name).read_bytes()), "run scripts/refresh.sh"


@pytest.mark.parametrize("name", make_templates.TEMPLATES)
def test_templates_are_what_their_script_makes(name):
    made = make_templates.template(name, make_templates.TEMPLATES[name]())
    assert unpack(made) == unpack((ROOT / "templates" / f"{name}.docx").read_bytes()), "run scripts/refresh.sh"


def test_sample_people_are_invented():
    import openpyxl

    for path in SAMPLES.glob("*.xlsx"):
        for page in openpyxl.load_workbook(path, read_only=True):
            for row in page.iter_rows(values_only=True):
                for cell in row:
                    if isinstance(cell, str) and re.fullmatch(r"1\d\d-\d{4}-\d{4}", cell):
                        assert cell.startswith("138-0000-")


def test_every_problem_code_is_used_and_has_its_words():
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.stem != "problems")
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    for code, kind in CATALOGUE.items():
        assert f'"{code}"' in source or code in ("broken-scheme", "broken-template"), f"{code} is never given"
        assert code in tests, f"no test knows {code}"
        assert kind.message.endswith(("。", "}", "）")), code
        assert kind.hint


def tracked_texts() -> dict[str, str]:
    """Every text of the repository by its path."""
    tracked = subprocess.run(["git", "ls-files", "-z"], capture_output=True, cwd=ROOT, check=False).stdout.decode().split("\0")
    if not tracked[0]:
        pytest.skip("not a git checkout")
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in tracked
            if name.endswith((".py", ".md", ".toml", ".sh", ".bat", ".txt", ".html")) and (ROOT / name).exists()}


def test_no_place_of_work_is_named():
    for name, text in tracked_texts().items():
        if name != "tests/test_project.py":
            assert not re.search(r"/(?:wor[k]|roo[t]|hom[e])/", text), name


def test_no_document_is_named_that_is_not_here():
    """A document by its path from the top, from docs/ or from where it is named; a kind of rule where 方案文件.md, which explains them, is named too."""
    for name, text in tracked_texts().items():
        for document in re.findall(r"[\w./-]*\w\.md\b", text):
            assert any((folder / document).exists() for folder in (ROOT, ROOT / "docs", (ROOT / name).parent)), f"{name}: {document}"
        if name.endswith(".py") and "方案文件.md" not in text:
            prose = [token.string for token in tokenize.generate_tokens(StringIO(text).readline) if token.type in (tokenize.COMMENT, tokenize.STRING)]
            assert not any(re.search(r"\bK\d+\b[^\"']", words) for words in prose), name


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_pins_are_whole_on_windows(version):
    """Whatever the pinned packages need there is pinned too: a portable folder gets exactly these and no more."""
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    windows = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64", "extra": "",
               "python_version": version, "python_full_version": f"{version}.9"}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = {canonicalize_name(line.split("==")[0]) for line in lines if not line.startswith("#")}
    for name in [*sorted(pinned), "wuhao-report"]:
        try:
            needed = [Requirement(text) for text in requires(name) or []]
        except PackageNotFoundError:
            assert name == "colorama"  # installed on Windows alone
            continue
        missing = [str(item) for item in needed if (not item.marker or item.marker.evaluate(windows)) and canonicalize_name(item.name) not in pinned]
        assert missing == [], name


def test_the_commands_of_the_readme_exist():
    from click.testing import CliRunner

    from wuhao_report.cli.main import cli

    commands = re.findall(r"^wuhao ((?:[a-z]+)(?: (?:list|show|check|export|try))?)", README, re.MULTILINE)
    assert {"new", "check", "report", "batch"} <= {command.split()[0] for command in commands}
    for command in commands:
        assert CliRunner().invoke(cli, [*command.split(), "--help"]).exit_code == 0, command
    options = set(re.findall(r"(?<![\w-])--[a-z-]+", "\n".join(re.findall(r"^wuhao .*$", README, re.MULTILINE))))
    known = "\n".join(CliRunner().invoke(cli, [name, "--help"]).output for name in cli.commands)
    assert all(option in known for option in options)


def test_the_installed_command_works_from_the_wheel(tmp_path):
    """Built from this tree and installed, with all it needs, into a clean environment."""
    wheels, home = tmp_path / "wheels", tmp_path / "环 境"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT)], check=True, timeout=300)
    venv.create(home, with_pip=False)
    bin_ = home / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([*pip, "--python", str(bin_ / "python"), "install", "--constraint", str(ROOT / "requirements.txt"),
                    str(next(wheels.glob("*.whl")))], check=True, timeout=600)
    done = subprocess.run([str(bin_ / "wuhao"), "report", str(SAMPLES / "04_测试嘎查村_2024年自查.xlsx"), "-o", str(tmp_path / "报告"), "--json"],
                          capture_output=True, timeout=120, cwd=tmp_path, check=True)
    assert Path(json.loads(done.stdout)["report"]).exists()
    assert (next(home.rglob("site-packages")) / "wuhao_report" / "templates" / "自查报告.docx").exists()
