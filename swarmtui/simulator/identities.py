"""Make identifiers that look like SwarmKit's, from a seed."""

import hashlib
import string
from random import Random

_ALPHABET = string.ascii_lowercase + string.digits


class Identities:
    """A source of 25-letter ids, the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self._chance = Random(seed)
        # An id is five syllables: 60 bits of chance at a fifth of the cost of 25 letters.
        letters = "".join(self._chance.choices(_ALPHABET, k=5 * 4096))
        self._syllables = [letters[begins : begins + 5] for begins in range(0, len(letters), 5)]

    def new(self) -> str:
        """Return an id not given before."""
        return "".join(self._chance.choices(self._syllables, k=5))


def container_id(task_id: str) -> str:
    """Return the 64 hex digits of the container that runs a task."""
    return hashlib.sha256(task_id.encode()).hexdigest()
