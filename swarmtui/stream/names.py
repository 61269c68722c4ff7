"""A dictionary that both ends of a stream keep: a name travels once, then its number."""

from collections.abc import Sequence

MOST_NAMES = 1 << 16
"""Where the dictionary starts anew: errors that carry ids would let it grow without end."""


class Numbers:
    """The sender's side: numbers for names."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._new: list[str] = []

    def begin(self) -> bool:
        """Begin a record; tell whether the reader has to forget all names before it."""
        self._new = []
        if len(self._numbers) <= MOST_NAMES:
            return False
        self._numbers = {}
        return True

    @property
    def new(self) -> list[str]:
        """Return the names that this record is the first to use, in the order of their numbers."""
        return self._new

    def of(self, name: str) -> int:
        """Return the number of a name."""
        return self.of_all([name])[0]

    def of_all(self, names: Sequence[str]) -> list[int]:
        """Return the number of each name; most of a long list were used before."""
        number = self._numbers.__getitem__
        try:
            return list(map(number, names))
        except KeyError:
            self._take_in(names)
            return list(map(number, names))

    def _take_in(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self._numbers:
                self._numbers[name] = len(self._numbers)
                self._new.append(name)


class Names:
    """The reader's side: names by their numbers, each of them one object."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def take_in(self, names: list[str], *, forget: bool) -> list[str]:
        """Take in what is new with a record, and return all names by number."""
        if forget:
            self._names = []
        self._names += names
        return self._names
