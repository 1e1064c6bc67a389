"""Turn the standardised workbook of a 关工委 into its official Word reports."""

__version__ = "0.1.0"
