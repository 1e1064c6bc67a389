"""Whether a run would come to what the last one came to: then nothing is read, worked out or written again.

What identifies a run is kept among the user's own files, not beside the outputs, which travel by mail: the hash of everything that
goes in, and the hashes of what came out. Both are looked at anew, so that an edited file on either side makes a whole run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wuhao_report import __version__
from wuhao_report.core.options import Line, Options
from wuhao_report.files.cache import OWN, cached_for
from wuhao_report.files.folders import digest_of, name_below, own_name, same_place
from wuhao_report.files.parcels import PARCELS
from wuhao_report.files.paths import write_atomically
from wuhao_report.tools.find_workbooks import NotReceived, find_workbooks

OUTPUT_FOLDER, SUFFIX = "汇总", ".wuhao"
"""The folder of outputs where none is given, and the ending of bundles."""
PACKAGE = Path(__file__).parents[2]
TEMPLATES = PACKAGE.parent / "templates"
READ = frozenset((".py", ".toml", ".html", ".xlsx", ".docx", ".js", ".css"))


class InputsDigest:
    """The hash of everything that a run is made of, file by file in the order in which they are found."""

    def __init__(self, folder: Path, roster: Path | None, options: Options) -> None:
        """Begin with what is no workbook: the options, the roster, the program with its schemes and templates, schemes of one's own."""
        # Imported here: where nothing is known of a last run nobody needs it, and the processes begin a tenth of a second earlier.
        from wuhao_report.scheme.lookup import own_files

        self._digest = hashlib.sha256()
        self._add(__version__, options.scheme, options.stage, options.as_of, own_name(folder))
        given = [Path(one) for one in (roster, options.scheme) if one]
        for path in (*given, *_files_below(PACKAGE), *_files_below(TEMPLATES), *own_files()):
            self.add(path.name, None, digest_of(path))

    def add(self, name: str, reason: str | None, sha256: str | None) -> None:
        """Add a file: its name below the folder, why it is passed over, the hash of its bytes."""
        self._add(name, reason, sha256)

    def _add(self, *values: object) -> None:
        self._digest.update(json.dumps([str(value) for value in values]).encode())

    def key(self) -> str:
        """Return the hash."""
        return self._digest.hexdigest()


def _files_below(folder: Path) -> list[Path]:
    """Return the files below a folder of the program that are read and not written by it."""
    return sorted(path for path in folder.rglob("*") if path.suffix in READ and path.is_file())


def input_files(folder: Path, outputs: Path, roster: Path | None) -> Iterator[tuple[Path, str | None]]:
    """Yield every workbook, bundle, zip and mail below a folder, with the reason when it is passed over."""
    for path, reason in find_workbooks(folder, outputs, also=PARCELS | {SUFFIX}):
        if path.suffix.lower() == SUFFIX and same_place(path.parent, outputs):
            reason = NotReceived("本工具生成的汇总包")
        yield path, "是单位名单" if roster is not None and same_place(path, roster) else reason


def inputs_key(folder: Path, outputs: Path, roster: Path | None, options: Options) -> str:
    """Return the key of everything that a run over a folder would be made of now."""
    digest = InputsDigest(folder, roster, options)
    for path, reason in input_files(folder, outputs, roster):
        digest.add(name_below(folder, path), reason, None if reason else digest_of(path))
    return digest.key()


@dataclass(frozen=True)
class Run:
    """What a run came to: the key of its inputs, the hash of each output by its name, the lines it told, its exit code."""

    key: str
    outputs: Mapping[str, str | None]
    lines: tuple[Line, ...]
    exit_code: int

    def holds(self, key: str, outputs: Path) -> bool:
        """Return whether its inputs are these, and its outputs lie in a folder as it wrote them."""
        return self.key == key and all(
            sha256 is not None and digest_of(outputs / name) == sha256 for name, sha256 in self.outputs.items()
        )


def last_run(outputs: Path) -> Run | None:
    """Return what is known of the last run into a folder; None where nothing is, or what is kept of it cannot be read."""
    try:
        data = json.loads(_place(outputs).read_bytes())
        lines = tuple(Line(str(text), str(style)) for text, style in data["lines"])
        return Run(str(data["key"]), {str(name): sha256 for name, sha256 in data["outputs"].items()}, lines, int(data["code"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def keep_run(outputs: Path, key: str, written: Iterable[Path], lines: Iterable[Line], exit_code: int) -> None:
    """Keep what a run came to; where that is not possible, the next one is a whole run."""
    data = {
        "key": key,
        "outputs": {path.relative_to(outputs).as_posix(): digest_of(path) for path in written},
        "lines": [(str(line), line.style) for line in lines],
        "code": exit_code,
    }
    with suppress(OSError):
        write_atomically(_place(outputs), json.dumps(data, ensure_ascii=False).encode(), OWN)


def forget_run(outputs: Path) -> None:
    """Forget the last run into a folder."""
    with suppress(OSError):
        _place(outputs).unlink(missing_ok=True)


def _place(outputs: Path) -> Path:
    """Return where the last run into a folder is kept."""
    return cached_for("汇总", outputs)
