"""Take the libraries of 汇总看板.html out of the Python package that carries them: run it after changing a line of PACKAGE.

    .venv/bin/python scripts/make_page_libraries.py

The package is 110 MB with all that it brings, of which the page needs three files; so these lie in ours, as they are in the package,
whose own hash stands here. Their licences lie beside them.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "wuhao_report" / "aggregate" / "outputs" / "page" / "libraries"
PACKAGE = "panel==1.9.4 --hash=sha256:c89c4c1e728297daf0628ea5070fb0da8ad77781e2a3142d302479537c1de6a4"
FILES = (
    "panel/dist/bundled/echarts/echarts@6.0.0/dist/echarts.min.js",
    "panel/dist/bundled/datatabulator/tabulator-tables@6.4.0/dist/js/tabulator.min.js",
    "panel/dist/bundled/datatabulator/tabulator-tables@6.4.0/dist/css/tabulator.min.css",
)
MAP = b"sourceMappingURL="
"""What stands on a last line that names a file which is not there."""


def library(data: bytes) -> bytes:
    """Return a file of the package as it goes into the page: without the line that names its map."""
    return b"".join(line for line in data.splitlines(keepends=True) if MAP not in line or len(line) > len(MAP) + 100)


def main() -> int:
    """Write the files anew and print the hash of each."""
    with tempfile.TemporaryDirectory() as place:
        wanted = Path(place, "requirements.txt")
        wanted.write_text(PACKAGE + "\n", encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "-r",
            str(wanted),
            "-d",
            place,
        ]
        subprocess.run(command, check=True)
        with zipfile.ZipFile(next(Path(place).glob("*.whl"))) as wheel:
            for name in FILES:
                data = library(wheel.read(name))
                (FOLDER / Path(name).name).write_bytes(data)
                print(hashlib.sha256(data).hexdigest(), Path(name).name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
