"""Give every pinned version the hashes of its files, for all systems: `make pins`, after a version in requirements*.txt was changed.

A version is changed by hand, in its line; what it needs besides is pinned by hand too (tests say what is missing, and what nobody needs).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")
BLOCK = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?P<rest>(?:[^\n]*\\\n)*[^\n]*)\n?", re.MULTILINE)
OLDEST = "3.11"


def pinned(text: str) -> dict[str, str]:
    """Return the version of every package that a file of requirements pins, by its name as it is written there."""
    return {match["name"]: match["version"] for match in BLOCK.finditer(text)}


def plain(name: str) -> str:
    """Return a name as packages are compared by."""
    return re.sub(r"[-_.]+", "-", name).lower()


def hashes(pins: Mapping[str, str]) -> dict[str, str]:
    """Return the lines with the hashes of each package, as pip wants them, by its plain name."""
    with tempfile.TemporaryDirectory() as place:
        source, made = Path(place, "in.txt"), Path(place, "out.txt")
        source.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()), encoding="utf-8")
        options = ("--quiet", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--python-version", OLDEST)
        subprocess.run(["uv", "pip", "compile", *options, str(source), "-o", str(made)], check=True)
        text = made.read_text(encoding="utf-8")
    return {plain(match["name"]): match["rest"][match["rest"].index("\\") :] for match in BLOCK.finditer(text)}


def main() -> int:
    """Write the hashes anew into every file; what stands at its head stays."""
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in FILES}
    found = hashes({name: version for text in texts.values() for name, version in pinned(text).items()})
    for file, text in texts.items():
        head = "".join(line + "\n" for line in text.splitlines() if line.startswith(("#", "-r ")))
        lines = [f"{name}=={version} {found[plain(name)]}\n" for name, version in pinned(text).items()]
        (ROOT / file).write_text(head + "".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
