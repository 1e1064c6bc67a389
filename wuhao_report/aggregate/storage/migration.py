"""A store of an earlier version of the tables becomes one of this version: every result that can still be read is kept."""

from __future__ import annotations

from shutil import copyfileobj

from wuhao_report.aggregate.storage.database import EarlierStore, Place, make_tables, opened, verify
from wuhao_report.aggregate.storage.earlier import AT_ONCE, stored_results
from wuhao_report.aggregate.storage.results import keep_results
from wuhao_report.aggregate.tables import tables_of
from wuhao_report.files.paths import write_atomically
from wuhao_report.sandbox.pool import batches


def is_earlier(place: Place) -> bool:
    """Say whether a store is of an earlier version; raises ForeignStore, or what the engine raises, for what is no store."""
    try:
        verify(place)
    except EarlierStore:
        return True
    return False


def migrate(place: Place) -> None:
    """Put the results of an earlier store into a new file, and that in its place."""
    fresh = Place(place.room / "migrated.duckdb", place.room)
    fresh.file.unlink(missing_ok=True)
    with opened(place, True) as old, opened(fresh, False) as new:
        make_tables(new)
        for batch in batches(stored_results(old), AT_ONCE):
            for recipe, run in dict.fromkeys((recipe, run) for recipe, run, _ in batch):
                new.execute("UPDATE about SET runs = ?", (run,))
                keep_results(new, recipe, [tables_of(record) for one, at, record in batch if (one, at) == (recipe, run)])
        new.execute("CHECKPOINT")
    with fresh.file.open("rb") as made:
        write_atomically(place.file, lambda stream: copyfileobj(made, stream))
