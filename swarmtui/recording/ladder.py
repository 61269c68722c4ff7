"""Which keyframe the next one is told by: few bytes to write, and few steps to read."""

from collections.abc import Collection
from typing import NamedTuple

from swarmtui.recording.keyframes import Moment

_MOST_BESIDE = 130_000
"""So many things may have to be read besides a whole keyframe: they take 0.06 s, and in a launch
whole keyframes are what makes the file large."""
_MOST_DIFFERING = 0.8
"""Share of all things up to which one that tells what differs is the smaller one."""
_MOST_TIMES = 5
"""So many times what there is may be read: where a swarm shrinks, a whole one is soon cheaper."""
_LITTLE = 10_000
"""Things that are read in 5 ms: fewer are no reason."""
_LEAST_SKIPPED = 3
_WORTH_IT = 0.6
"""Share of what those that are skipped told, up to which it is worth telling it once more."""
_MOST_LINKS = 8
"""So many in a row that each build on the one before: each takes milliseconds to read."""
_MOST_READ = 15
"""So many besides the whole one."""


class Rung(NamedTuple):
    """A keyframe that the next one may build on."""

    moment: Moment
    changed: set[str]
    """Ids of the nodes, services and tasks that changed since."""
    depth: int = 0
    """How many are read for it besides the whole one, itself among them."""
    links: int = 0
    """How many of these, up to itself, each build on the one before."""
    beside: int = 0
    """Things that all of these tell."""
    whole: int = 0
    """Things that the whole one tells."""


class Ladder:
    """The keyframes that the next one may build on.

    Each builds on the one before it, until most of what those in a row told has changed again: the
    next one skips them, and tells what became of it all.
    """

    def __init__(self) -> None:
        self._rungs: list[Rung] = []
        """The one that is built on when others are skipped, and the newest, where it is another."""

    def see(self, changed: Collection[str]) -> None:
        """Take note of the ids of things that changed."""
        for rung in self._rungs:
            rung.changed.update(changed)

    def find_base(self, total: int) -> Rung | None:
        """Return what a keyframe of so many things is told by; `None` when by itself."""
        if not self._rungs:
            return None
        first, last = self._rungs[0], self._rungs[-1]
        bases = (first, last) if self._skips else (last,)
        return next((base for base in bases if _is_fit(base, total)), None)

    def add(self, moment: Moment, base: Rung | None, *, total: int) -> None:
        """Take a keyframe of so many things that was told by `base`."""
        if base is None:
            self._rungs = [Rung(moment, set(), whole=total)]
            return
        first, last = self._rungs[0], self._rungs[-1]
        skips = base is not last
        rung = Rung(
            moment,
            set(),
            depth=base.depth + 1,
            links=0 if skips else base.links + 1,
            beside=base.beside + len(base.changed),
            whole=base.whole,
        )
        self._rungs = [rung] if skips else [first, rung]

    @property
    def _skips(self) -> bool:
        """Tell whether the next one skips those that were linked."""
        first, last = self._rungs[0], self._rungs[-1]
        told = last.beside - first.beside + len(last.changed)
        is_worth_it = len(first.changed) <= _WORTH_IT * told
        return last.links >= (_LEAST_SKIPPED if is_worth_it else _MOST_LINKS)


def _is_fit(base: Rung, total: int) -> bool:
    """Tell whether a keyframe of so many things may build on this one."""
    told = len(base.changed)
    beside = base.beside + told
    is_less = told <= _MOST_DIFFERING * total and beside <= _MOST_BESIDE
    is_short = base.depth < _MOST_READ and base.whole + beside <= _MOST_TIMES * total + _LITTLE
    return is_less and is_short
