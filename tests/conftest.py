"""Fixtures shared by the tests; --refresh rewrites the golden files."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from tests.wine import Wine, lacking, prepared
from wuhao_report.cli.main import cli
from wuhao_report.core.errors import WuhaoError
from wuhao_report.sandbox import call as sandbox
from wuhao_report.sandbox.worker import frames_of

settings.register_profile("suite", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("suite")


def pytest_addoption(parser):
    parser.addoption("--refresh", action="store_true", help="rewrite the golden files")


@pytest.fixture
def golden(request):
    """Compare a text with a golden file, or rewrite the file."""
    folder = Path(__file__).parent / "golden"

    def compare(name: str, text: str) -> None:
        path = folder / name
        if request.config.getoption("--refresh"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{name} is missing: run scripts/refresh.sh"
        assert path.read_text(encoding="utf-8") == text, f"{name} differs: run scripts/refresh.sh and read the diff"

    return compare


@pytest.fixture
def here(monkeypatch):
    """Work that is meant for a process of its own is done in this one: no time to start, and what is staged is seen."""

    def run(self, function, *args):
        try:
            return function(*args)
        except (WuhaoError, OSError, AssertionError):
            raise
        except Exception as error:
            raise sandbox.Unforeseen(type(error).__qualname__, frames_of(error)) from error

    monkeypatch.setattr(sandbox.Worker, "start", lambda self: None)
    monkeypatch.setattr(sandbox.Worker, "run", run)


@pytest.fixture
def run(here):
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


@pytest.fixture
def soffice() -> str:
    """LibreOffice."""
    return shutil.which("soffice") or absent("LibreOffice", "soffice")


@pytest.fixture(scope="session")
def wine(request, tmp_path_factory) -> Iterator[Wine]:
    """wine with everything that batch files need, kept from one session to the next."""
    if lacks := lacking():
        absent("wine", "、".join(lacks))
    cache = getattr(request.config, "cache", None)
    place = Path(cache.mkdir("wine")) if cache else tmp_path_factory.mktemp("prepared")
    found = Wine(prepared(place), tmp_path_factory.mktemp("wine"))
    with found.awake():
        yield found
