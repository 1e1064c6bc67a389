"""Fixtures shared by the tests, the marks of the programs a test needs, and how many examples a property is tried with."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from tests.budget import PROFILE, PROFILES
from tests.helpers import GOLDEN, Golden, Run
from tests.libreoffice import LibreOffice
from tests.wine import Wine, lacking, prepared
from wuhao_report.cli.main import cli
from wuhao_report.core.errors import WuhaoError
from wuhao_report.sandbox import call as sandbox
from wuhao_report.sandbox.worker import frames_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
for name, share in PROFILES.items():
    settings.register_profile(name, max_examples=max(5, round(40 * share)), deadline=None, derandomize=True, database=None)
settings.load_profile(PROFILE)

PROGRAMS = {"soffice": "libreoffice", "libreoffice": "libreoffice", "wine": "wine", "browser": "browser", "machines": "cluster"}
"""Fixture → the mark of a test that asks for it."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test by what it asks for, and keep together in one process those that share a program."""
    names = getattr(item, "fixturenames", ())
    for mark in {mark for fixture, mark in PROGRAMS.items() if fixture in names}:
        item.add_marker(mark)
        item.add_marker(pytest.mark.xdist_group(mark))
    if hasattr(getattr(item, "obj", None), "hypothesis"):
        item.add_marker("property")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make docs` rewrite the golden files."""
    parser.addoption("--refresh", action="store_true", help="rewrite the golden files")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with the golden file of that name, or rewrite the file.

    syrupy names a file after its test and warns of others; ours are named after the sample and are read beside it, so these lines stay.
    """

    def compare(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if request.config.getoption("--refresh"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{name} is missing: run scripts/refresh.sh"
        assert path.read_text(encoding="utf-8") == text, f"{name} differs: run scripts/refresh.sh and read the diff"

    return compare


@pytest.fixture(scope="session")
def own_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The folders for what the program keeps, one a test: pytest itself looks through all there are for each one more."""
    caches = tmp_path_factory.mktemp("caches")
    return (str(caches / str(number)) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, own_caches: Iterator[str]) -> None:
    """What the program keeps among the user's own files is each test's own."""
    place = next(own_caches)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, place)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that is meant for a process of its own is done in this one: no time to start, and what is staged is seen."""

    def work(self: sandbox.Worker, function: Callable[..., Any], *args: Any) -> Any:
        try:
            return function(*args)
        except (WuhaoError, OSError, AssertionError):
            raise
        except Exception as error:
            raise sandbox.Unforeseen(type(error).__qualname__, frames_of(error)) from error

    monkeypatch.setattr(sandbox.Worker, "start", lambda self, *modules: None)
    monkeypatch.setattr(sandbox.Worker, "run", work)


@pytest.fixture
def run(here: None) -> Run:
    """Run the command line in this process."""

    def invoke(*args: object) -> Result:
        result = CliRunner().invoke(cli, [str(arg) for arg in args])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def absent(program: str, needs: str) -> NoReturn:
    """A program that some tests need is not there: they say so, and CI counts that as a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{program} is missing in CI: {needs}")
    pytest.skip(f"{program} is not installed ({needs}): scripts/test.sh installs it when run as root")


@pytest.fixture(scope="session")
def soffice() -> str:
    """The program of LibreOffice."""
    return shutil.which("soffice") or absent("LibreOffice", "soffice")


@pytest.fixture(scope="session")
def libreoffice(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibreOffice]:
    """LibreOffice, started once for all tests of this process."""
    office = LibreOffice(soffice, tmp_path_factory.mktemp("libreoffice"))
    with office.awake():
        yield office


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once for all tests of this process."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or absent("Chromium", "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=program, args=CHROMIUM)
        yield found
        found.close()


@pytest.fixture(scope="session")
def wine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wine]:
    """wine with everything that batch files need, kept from one session to the next."""
    if lacks := lacking():
        absent("wine", "、".join(lacks))
    cache = getattr(request.config, "cache", None)
    place = Path(cache.mkdir("wine")) if cache else tmp_path_factory.mktemp("prepared")
    found = Wine(prepared(place), tmp_path_factory.mktemp("wine"))
    with found.awake():
        yield found
