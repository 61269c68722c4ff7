"""Make identifiers that look like SwarmKit's, from a seed."""

import hashlib
import string
from random import Random

_ALPHABET = string.ascii_lowercase + string.digits


class Identities:
    """A source of 25-letter ids, the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self._chance = Random(seed)
        # An id is five of these: 60 bits of chance at a fifth of the cost of 25 letters.
        self._syllables = ["".join(self._chance.choices(_ALPHABET, k=5)) for _ in range(4096)]

    def new(self) -> str:
        """Return an id not given before."""
        return "".join(self._chance.choices(self._syllables, k=5))


def container_id(task_id: str) -> str:
    """Return the 64 hex digits of the container that runs a task."""
    return hashlib.sha256(task_id.encode()).hexdigest()
