"""How many examples a property is tried with: few in the fast run, the usual number in the whole run, many before a release.

The examples are the same every time (derandomised); HYPOTHESIS_PROFILE chooses: fast, ci or long.
"""

from __future__ import annotations

import os

from hypothesis import settings

PROFILES = {"fast": 0.25, "ci": 1.0, "long": 10.0}
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
SHARE = PROFILES[PROFILE]


def examples(usual: int) -> settings:
    """Return the settings of a property that is tried `usual` times in the whole run."""
    return settings(max_examples=max(3, round(usual * SHARE)))
