"""Turn the standardised workbook of a 关工委 into its official Word reports.

The public names are those of `wuhao_report.pipeline`: `from wuhao_report import check`. They are loaded when they are asked for, so that
importing the package costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wuhao_report.pipeline import Options as Options
    from wuhao_report.pipeline import check as check
    from wuhao_report.pipeline import check_all as check_all
    from wuhao_report.pipeline import evaluate as evaluate
    from wuhao_report.pipeline import outcome_data as outcome_data
    from wuhao_report.pipeline import write_report as write_report

__version__ = "0.4.0"
__all__ = ["Options", "__version__", "check", "check_all", "evaluate", "outcome_data", "write_report"]


def __getattr__(name: str) -> Any:
    """Return a public name of the pipeline."""
    if name in __all__:
        from wuhao_report import pipeline

        return getattr(pipeline, name)
    raise AttributeError(name)
