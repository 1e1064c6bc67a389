"""The user's own cache: what only speeds a run up, and travels with no folder. Deleted or damaged, it costs time and nothing else."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

OWN = 0o600
"""Who may read what is in the cache: this user alone."""


def cached(kind: str, name: str) -> Path:
    """Return the path of a file in the user's cache; `kind` tells what it is for."""
    import platformdirs

    return platformdirs.user_cache_path("wuhao-report", appauthor=False) / kind / name


def cached_for(kind: str, folder: Path) -> Path:
    """Return the path of what the user's cache holds on a folder."""
    name = hashlib.sha256(os.path.realpath(folder).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return cached(kind, f"{name}.json")
