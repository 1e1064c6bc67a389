"""One LibreOffice for many conversions: a cold start takes seconds, so one process stays up and every conversion is handed to it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from tests import gbt9704

LONGEST = 180
OPEN = "open.txt"
"""The document that is open all the time: LibreOffice ends after a conversion when nothing is open."""


@dataclass(frozen=True)
class LibreOffice:
    """LibreOffice with a profile in `folder`; official fonts that are missing are replaced as the layout checker does."""

    program: str
    folder: Path

    def _command(self, *arguments: str) -> list[str]:
        return [
            self.program,
            f"-env:UserInstallation={(self.folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            *arguments,
        ]

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Hold LibreOffice up until the end of the block."""
        (self.folder / OPEN).write_text("open\n", encoding="ascii")
        environment = {**os.environ, "FONTCONFIG_FILE": str(gbt9704.font_settings(self.folder))}
        with subprocess.Popen(
            self._command(str(self.folder / OPEN)),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                until = time.monotonic() + LONGEST
                while not (self.folder / f".~lock.{OPEN}#").exists():
                    assert process.poll() is None, "LibreOffice has ended"
                    assert time.monotonic() < until, "LibreOffice does not start"
                    time.sleep(0.1)
                yield
            finally:
                self._end(process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """End LibreOffice politely, then what is left of it: its script may be gone before the program."""
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def convert(self, source: Path, kind: str, folder: Path) -> Path:
        """Write the file of that kind into the folder and return its path."""
        return self.convert_all([source], kind, folder)[0]

    def convert_all(self, sources: Sequence[Path], kind: str, folder: Path) -> list[Path]:
        """Write the files of that kind into the folder at one call, and return their paths in the same order."""
        done = subprocess.run(
            self._command("--convert-to", kind, "--outdir", str(folder), *map(str, sources)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST,
            check=True,
        )
        made = [folder / f"{source.stem}.{kind}" for source in sources]
        assert all(path.exists() for path in made), done.stderr.decode(errors="replace")
        return made


def recalculated(libreoffice: LibreOffice, path: Any, place: Path) -> Any:
    """A workbook whose formulas LibreOffice has calculated anew: through its own format, which keeps no results of ours."""
    again = libreoffice.convert(libreoffice.convert(path, "ods", place), "xlsx", place / "再")
    return openpyxl.load_workbook(again, data_only=True)
