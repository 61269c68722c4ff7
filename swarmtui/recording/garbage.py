"""Keep the interpreter's cyclic collector away from what a keyframe makes."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_LEAST_MADE = 3_000
"""Fewer objects are searched in 2 ms."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the collector out: it would search 100,000 new things again and again."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def made_to_last() -> Iterator[None]:
    """Keep the collector out, and away from all that was made meanwhile for good.

    Searched as soon as the collector is let in again it takes 20 to 100 ms after each seek, and 50
    now and then while a recording is played at a hundred times its speed; keys wait meanwhile. All
    of it goes when nobody holds it any more: it has no circles, and it is circles alone that the
    collector is for. What others left in circles is collected before; what they have open is set
    aside with it, so nothing is where little was made.
    """
    if not gc.isenabled():
        yield
        return
    gc.collect(0)
    with collector_paused():
        yield
        if gc.get_count()[0] > _LEAST_MADE:
            gc.freeze()
