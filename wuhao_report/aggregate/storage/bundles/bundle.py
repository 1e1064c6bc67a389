"""A bundle as a file: a zip with the parts and a manifest of their hashes; inspected to its end before anything in it counts."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from wuhao_report import __version__
from wuhao_report.aggregate.roster.model import Roster
from wuhao_report.aggregate.rows import Failed, Skipped
from wuhao_report.aggregate.storage import earlier
from wuhao_report.aggregate.storage.bundles.items import (
    MOST_NAMED,
    BundledRecord,
    Manifest,
    NotABundle,
    campaign_data,
    campaign_of,
    text_of,
)
from wuhao_report.aggregate.storage.bundles.old_form import inspect_earlier, read_earlier
from wuhao_report.aggregate.storage.bundles.parts import (
    PARTS,
    Lacking,
    check_parts,
    listed_rows,
    part_query,
    read_records,
    read_roster,
)
from wuhao_report.aggregate.storage.bundles.signature import SIGNATURE, check_signature, signature_of
from wuhao_report.aggregate.storage.database import MEMORY, lock
from wuhao_report.report.json_form import TOOL

NAME, MANIFEST = "汇总包.wuhao", "manifest.json"
LAYOUT = 4
LACKING: dict[int, Lacking] = {LAYOUT: (), 3: (("losses", "mend"),)}
"""The layouts that are read, and the columns that an earlier one does not have."""
MOST_MANIFEST = 2**20
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def write_bundle(stream: IO[bytes], folder: Path, recipe: str, roster: Roster | None, key: Path | None = None) -> None:
    """Write the parts in a folder as a bundle, signed with a private key where one is given; equal parts give equal bytes.

    Raises NotAKey, OSError.
    """
    hashes = {f"{name}.parquet": _digest(folder / f"{name}.parquet") for name in PARTS}
    about = {
        "wuhao": "汇总包",
        "layout": LAYOUT,
        "tool": f"{TOOL} {__version__}",
        "recipe": recipe,
        "roster": roster is not None,
        "campaign": campaign_data(roster.campaign) if roster else None,
        "sha256": hashes,
    }
    manifest = json.dumps(about, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    signature = signature_of(key, manifest) if key else None
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        package.writestr(zipfile.ZipInfo(MANIFEST, _ZIP_TIME), manifest)
        if signature:
            package.writestr(zipfile.ZipInfo(SIGNATURE, _ZIP_TIME), json.dumps(signature))
        for name in hashes:
            with (
                package.open(zipfile.ZipInfo(name, _ZIP_TIME), "w", force_zip64=True) as part,
                (folder / name).open("rb") as source,
            ):
                shutil.copyfileobj(source, part)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_earlier(path: Path) -> bool:
    """Say whether a bundle is of a version up to 0.4."""
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def inspect_bundle(path: Path, room: Path, trusted: Sequence[bytes] = ()) -> Manifest:
    """Read a bundle to its end, compare its hashes, and return what it is; its parts are laid into `room`.

    With `trusted` public keys it has to be signed by one of them. Raises NotABundle, OSError.
    """
    try:
        if is_earlier(path):
            if trusted:
                raise NotABundle("没有签名")
            return inspect_earlier(path)
        about, signed = unpack(path, room, trusted)
        import duckdb

        with duckdb.connect(config={"threads": "2", "memory_limit": MEMORY}) as database:
            lock(database, room / "none", room)
            check_parts(database, room, LACKING[about["layout"]])
            members = None
            if about["roster"] is True:
                members = replace(read_roster(database, room), campaign=campaign_of(about.get("campaign")))
            files = database.execute(
                f"SELECT file FROM {part_query(room, 'received')} ORDER BY number LIMIT {MOST_NAMED}"
            ).fetchall()
            return Manifest(text_of(about["recipe"]), members, tuple(text_of(file) for (file,) in files), signed)
    except (NotABundle, OSError):
        raise
    except earlier.Damaged as error:
        raise NotABundle(str(error)) from error
    # Whatever the engine says of a part that is none.
    except Exception as error:
        raise NotABundle("内容不合格式") from error


def unpack(path: Path, room: Path, trusted: Sequence[bytes] = ()) -> tuple[dict[str, Any], bool]:
    """Lay the parts of a bundle into a folder, and return its manifest, and whether it is signed (signature.check_signature).

    Raises NotABundle, OSError.
    """
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
            own = [MANIFEST, *(f"{name}.parquet" for name in PARTS), *([SIGNATURE] if SIGNATURE in names else [])]
            if sorted(names) != sorted(own):
                raise NotABundle("由另一版软件生成" if MANIFEST in package.namelist() else "不是汇总包")
            # Parts are stored as they are, so that none is larger than the bundle.
            if any(item.compress_type != zipfile.ZIP_STORED or item.flag_bits & 1 for item in package.infolist()):
                raise NotABundle("打不开")
            manifest = _small(package, MANIFEST)
            about = json.loads(manifest)
            if type(about) is not dict or about.get("wuhao") != "汇总包":
                raise NotABundle("不是汇总包")
            if type(about.get("layout")) is not int or about["layout"] not in LACKING:
                raise NotABundle("由另一版软件生成")
            signature = json.loads(_small(package, SIGNATURE)) if SIGNATURE in names else None
            signed = check_signature(signature, manifest, trusted)
            for name in PARTS:
                target = room / f"{name}.parquet"
                with package.open(f"{name}.parquet") as part, target.open("wb") as made:
                    shutil.copyfileobj(part, made)
                if about["sha256"].get(f"{name}.parquet") != _digest(target):
                    raise NotABundle("内容被改动过")
            return about, signed
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise NotABundle("打不开") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotABundle("内容不合格式") from error


def _small(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        return part.read(MOST_MANIFEST)


def read_bundle(
    path: Path, within: str, database: Any, room: Path, trusted: Sequence[bytes] = ()
) -> Iterator[BundledRecord | Failed | Skipped]:
    """Yield what a bundle holds, each file named below `within`; only to be called after inspect_bundle has found it whole.

    Raises NotABundle, OSError.
    """
    try:
        if is_earlier(path):
            yield from read_earlier(path, within)
            return
        about, _ = unpack(path, room, trusted)
        lacking = LACKING[about["layout"]]
        check_parts(database, room, lacking)
        yield from read_records(database, room, within, lacking)
        for file, code, message in listed_rows(database, room, "failed", "file, code, message"):
            yield Failed(f"{within}/{text_of(file)}", text_of(code), text_of(message))
        for file, reason in listed_rows(database, room, "skipped", "file, reason"):
            yield Skipped(f"{within}/{text_of(file)}", text_of(reason))
    except (NotABundle, OSError):
        raise
    except earlier.Damaged as error:
        raise NotABundle(str(error)) from error
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise NotABundle("内容不合格式") from error
