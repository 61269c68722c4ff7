"""What of specs, addresses and errors a recording leaves out: labels, and whatever opens doors."""

import re
from collections.abc import Iterable, Mapping

# The user, and the password where there is one: `tcp://me:secret@10.0.0.7:2375`.
_CREDENTIALS = re.compile(r"(?<=://)[^\s/]*@")
_SSH_PATH = re.compile(r"(?<=ssh://)([^\s/]*)/\S*")
# What lets a machine join a swarm, and what unlocks a manager.
_KEYS_OF_SWARM = re.compile(r"\b(SWMTKN|SWMKEY)-[\w-]*")


def without_secrets(text: str) -> str:
    """Return a text without users and passwords in addresses, tokens and keys of a swarm.

    The same object when there are none.
    """
    if "://" in text:
        text = _SSH_PATH.sub(r"\1", _CREDENTIALS.sub("", text))
    return _KEYS_OF_SWARM.sub(r"\1-…", text) if "SWM" in text else text


class Labels:
    """Which labels are recorded: those that say where a node is and whose, or all of them."""

    def __init__(self, *, with_specs: bool, kept: Iterable[str]) -> None:
        """Take the keys that say region and contributor, as `insight.attribution` has them."""
        self._with_specs = with_specs
        self._kept = tuple(key.lower() for key in kept)
        self._endings = tuple(f"{mark}{key}" for key in self._kept for mark in "./")

    def choose(self, labels: Mapping[str, str]) -> Mapping[str, str]:
        """Return the labels that are recorded; the same object when that is all of them."""
        if self._with_specs or not labels:
            return labels
        chosen = {key: value for key, value in labels.items() if self._is_kept(key.lower())}
        return labels if len(chosen) == len(labels) else chosen

    def _is_kept(self, key: str) -> bool:
        return key in self._kept or key.endswith(self._endings)
