"""How far tests go whose input is made up: a little way at every run, much further on request."""

import os

from hypothesis import settings

DEPTH = max(1, int(os.environ.get("SWARMTUI_TEST_DEPTH", "1")))
"""So many times the examples of an ordinary run; `make test-deep` asks for twenty times as many."""


def examples(count: int) -> settings:
    """Return settings for a test that finds what it is for within `count` examples."""
    return settings(max_examples=count * DEPTH, deadline=None)


def every(stride: int) -> int:
    """Return the stride through places that are too many for an ordinary run."""
    return max(1, stride // DEPTH)


settings.register_profile("swarmtui", examples(50))
settings.load_profile("swarmtui")
