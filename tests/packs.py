"""Packs that somebody has changed: their tables by SQL, their members, their manifest."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb


def changed(statements: str, honest: bool = True) -> Callable[[bytes], bytes]:
    """Change the tables of a pack by SQL; `honest`: its manifest then has the hashes of what it holds."""

    def damage(data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = {name: package.read(name) for name in package.namelist()}
        with tempfile.TemporaryDirectory() as place, duckdb.connect() as database:
            parts = [name.removesuffix(".parquet") for name in members if name != "manifest.json"]
            for name in parts:
                path = Path(place, f"{name}.parquet")
                path.write_bytes(members[path.name])
                database.execute(f"CREATE TABLE {name} AS FROM read_parquet('{path}', file_row_number = true)")
            database.execute(statements)
            for name in parts:
                path = Path(place, f"{name}.parquet")
                ordered = f"SELECT * EXCLUDE (file_row_number) FROM {name} ORDER BY file_row_number"
                database.execute(f"COPY ({ordered}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
                members[path.name] = path.read_bytes()
        return packed(members, honest)

    return damage


def packed(members: dict[str, bytes], honest: bool = True, method: int = zipfile.ZIP_STORED) -> bytes:
    about = json.loads(members["manifest.json"])
    if honest:
        about["sha256"] = {name: hashlib.sha256(part).hexdigest() for name, part in members.items() if name != "manifest.json"}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as package:
        for name, part in {**members, "manifest.json": json.dumps(about).encode()}.items():
            package.writestr(name, part)
    return stream.getvalue()


def with_members(
    change: Callable[[dict[str, bytes]], Any], method: int = zipfile.ZIP_STORED, honest: bool = True
) -> Callable[[bytes], bytes]:
    def damage(data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = {name: package.read(name) for name in package.namelist()}
        change(members)
        return packed(members, honest, method)

    return damage


def with_manifest(**values: Any) -> Callable[[bytes], bytes]:
    return with_members(
        lambda members: members.update({"manifest.json": json.dumps(json.loads(members["manifest.json"]) | values).encode()}),
        honest="sha256" not in values,
    )


def texts_of(data: bytes) -> str:
    """Everything that stands in the tables of a pack, as one text."""
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(io.BytesIO(data)) as package, duckdb.connect() as database:
        package.extractall(place)
        rows = [
            database.execute("FROM read_parquet(?)", (str(path),)).fetchall() for path in sorted(Path(place).glob("*.parquet"))
        ]
    return str(rows)
