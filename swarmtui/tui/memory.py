"""Keep the interpreter's cyclic collector out of the way of keys, and memory flat."""

import gc
from collections.abc import Callable

from textual._styles_cache import StylesCache

SWEEPS = 200
"""Of young objects for each one of older ones: those are 50,000, and take 20 ms once a minute."""


def relax() -> None:
    """Collect, and rarely: by default it runs hundreds of times while the first tasks come in.

    50,000 young objects would take 18 ms at a time, 10,000 take 3.
    """
    gc.enable()
    gc.set_threshold(10_000, 50, 100)


def settle() -> None:
    """Set what was loaded aside.

    At 200,000 rows a full collection stops everything for 41 ms: this took the 99th percentile of
    key latency from 81 to 20 ms.
    """
    gc.collect()
    gc.freeze()


class Upkeep:
    """Sets aside what was loaded, once it is there, and from then on sweeps with each picture.

    What a few pictures and keys leave behind takes half a millisecond at a time. Left to itself
    the interpreter waits until there are 40,000 objects, as every death among those set aside
    counts against a birth; they are cold by then, and keys wait for 10 to 30 ms.
    """

    def __init__(
        self,
        *,
        settle: Callable[[], None] = settle,
        collect: Callable[[int], object] = gc.collect,
    ) -> None:
        self._settle = settle
        self._collect = collect
        self._is_settled = False
        self._sweeps = 0

    def take_turn(self, *, is_loaded: bool, later: Callable[[Callable[[], None]], object]) -> None:
        """Sweep, or settle `later` if all is loaded now; with each picture."""
        if self._is_settled:
            self._sweeps = (self._sweeps + 1) % SWEEPS
            self._collect(0 if self._sweeps else 1)
        elif is_loaded:
            self._is_settled = True
            later(self._settle)


def forget_closed(*, is_replay: bool = False) -> None:
    """Let go of what was drawn of widgets that are gone.

    Textual keeps 1,024 of them alive, with all their lines, in an `lru_cache` on a method: a help
    screen opened and closed costs 1.4 MB each time otherwise. What was open for long is among the
    old by now, where no sweep comes; in a replay, which sets aside what is there with each jump,
    it may even have been set aside.
    """
    StylesCache.get_inner_outer.cache_clear()
    if is_replay:
        gc.unfreeze()
    gc.collect()
    if is_replay:
        gc.freeze()
