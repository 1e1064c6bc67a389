"""Which sheets and columns indicators need: what must not be missing for them to have data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from wuhao_report.measures.base import where_used
from wuhao_report.scheme.model import Scheme
from wuhao_report.tables.columns import Used


@lru_cache(maxsize=64)
def indicator_columns(scheme: Scheme) -> Mapping[str, frozenset[Used]]:
    """Return by id of an indicator, part, penalty or coefficient every (sheet, column) it needs, its condition included."""
    profile = scheme.layout.profile.name
    needed = {
        item.id: frozenset(
            (*item.measure.columns(scheme.layout), *where_used(profile, item.unless), *where_used(profile, item.when))
        )
        for item in scheme.items
    }
    return needed | {item.id: frozenset(item.measure.columns(scheme.layout)) for item in scheme.scoring.coefficients}


@lru_cache(maxsize=64)
def used_columns(scheme: Scheme) -> frozenset[Used]:
    """Return every (sheet, column) that some indicator of the scheme needs."""
    return frozenset().union(*indicator_columns(scheme).values())
