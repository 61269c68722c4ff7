"""Cut a service's task list into questions small enough for a manager that is out of breath."""

from collections.abc import Sequence

OVERLOADED_S = 10.0
"""A list that took so long is halfway to the 20 s at which the daemon itself gives up on it."""

EASY_S = 2.0
"""A list in portions that takes less in all can be asked for in fewer."""

Portion = tuple[str, ...]
"""Beginnings of task ids; not any sequence of texts, for one text is such a sequence too."""

# Ids are random numbers of 128 bits written with 25 digits of base 36, so the first digit is 0 to
# f. The last portion holds all other digits: whatever ids will look like, none is left out.
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WHOLE: Sequence[Portion] = ((),)
_LEVELS: tuple[Sequence[Portion], ...] = (
    _WHOLE,
    (tuple("0123"), tuple("4567"), tuple("89ab"), tuple(_DIGITS[12:])),
    (*((digit,) for digit in _DIGITS[:15]), tuple(_DIGITS[15:])),
)


class Portions:
    """How finely each service's tasks are asked for."""

    def __init__(self) -> None:
        self._level: dict[str, int] = {}

    def of(self, service_id: str) -> Sequence[Portion]:
        """Return for each question the beginnings of the task ids it is about; all, if empty.

        The engine's `id` filter takes beginnings, and finds them by its index.
        """
        return _LEVELS[self._level.get(service_id, 0)]

    def refine(self, service_id: str) -> None:
        """Take note that the manager gave up on a question."""
        self._level[service_id] = min(self._level.get(service_id, 0) + 1, len(_LEVELS) - 1)

    def judge(self, service_id: str, took_s: float) -> None:
        """Take note of the seconds that the manager needed for the whole list."""
        level = self._level.get(service_id, 0)
        if took_s / len(self.of(service_id)) > OVERLOADED_S:
            self.refine(service_id)
        elif level and took_s < EASY_S:
            self._level[service_id] = level - 1
