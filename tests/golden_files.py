"""Golden texts as plain files in tests/golden, one for each, compared and rewritten by syrupy."""

from __future__ import annotations

from collections.abc import Callable

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from tests.helpers import GOLDEN

Golden = Callable[[str, str], None]
"""Compare a text with the golden file of that name (the fixture `golden`)."""


class GoldenText(SingleFileSnapshotExtension):
    """A text in tests/golden/NAME.txt, whichever test compares it."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Return the folder of all golden texts."""
        return str(GOLDEN)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """Return the name the test gives."""
        return str(index)
