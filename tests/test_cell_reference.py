"""Cell references: letters and numbers of columns say the same, an address is parsed as it is written."""

from typing import Any

import pytest
from openpyxl.utils import column_index_from_string, get_column_letter

from wuhao_report.core.cell_reference import LAST_COLUMN, cell_name, column_index, column_letters, parse_cell


def test_letters_of_columns_are_those_of_openpyxl_for_every_column_of_excel() -> None:
    for column in range(LAST_COLUMN):
        letters = column_letters(column)
        assert letters == get_column_letter(column + 1)
        assert column_index(letters) == column == column_index_from_string(letters) - 1


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("B7", (7, 1)),
        ("$aa$10", (10, 26)),
        (" XFD1048576 ", (1_048_576, 16_383)),
        ("B", None),
        ("7", None),
        ("ABCD7", None),
        ("B7:C8", None),
        ("", None),
    ],
)
def test_an_address_gives_its_row_and_column_or_none(address: Any, place: Any) -> None:
    assert parse_cell(address) == place
    if place and "$" not in address:
        assert cell_name(*place) == address.strip()
