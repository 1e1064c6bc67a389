"""Fixtures shared by the tests; --refresh rewrites the golden files."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from wuhao_report.cli import cli

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
def run():
    """Run the command line in this process."""

    def invoke(*args: object) -> Result:
        result = CliRunner().invoke(cli, [str(arg) for arg in args])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def soffice() -> str:
    """LibreOffice; without it the test says so, and CI counts that as a failure."""
    program = shutil.which("soffice")
    if program is None:
        import os

        if os.environ.get("CI"):
            pytest.fail("LibreOffice is missing in CI")
        pytest.skip("LibreOffice is not installed: scripts/test.sh installs it when run as root")
    return program
