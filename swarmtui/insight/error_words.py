"""Read the errors of tasks: counts, ids and addresses taken out, equal causes have equal names."""

import re
from functools import lru_cache

from swarmtui.swarm.text import plain

UNPLACEABLE = "no suitable node"
"""How the scheduler begins what it says of a task it finds no node for."""

NO_NODE_READY = f"{UNPLACEABLE}: not available for new tasks"
"""What it says where no node at all is ready and active, as it reads without counts."""

LONGEST = 300
"""Characters of an error looked at: some engines put a whole log into it."""

_PARTS = re.compile(rf"^{UNPLACEABLE} \((.*)\)$", re.DOTALL)
_ON_NODES = re.compile(r" on \d+ nodes?\b|^\d+ nodes? ")
_ADDRESS = re.compile(r"\[?\b\d{1,3}(?:\.\d{1,3}){3}\b\]?(?:/\d+)?(?::\d+)?")
_ID = re.compile(r"\b(?:sha256:)?(?:[0-9a-f]{12,}|(?=[a-z]*\d)[0-9a-z]{25})\b")
_LONG_NUMBER = re.compile(r"\b\d{4,}\b")


@lru_cache(maxsize=4096)
def normalise(error: str) -> str:
    """Return the error without what differs between equal causes.

    `no suitable node (A on 3 nodes; B)` becomes `no suitable node: A; B`, its parts in the order
    of the alphabet, because the scheduler orders them by count. Exit statuses stay: they tell
    causes apart.
    """
    text = plain(error[:LONGEST])
    if parts := _PARTS.match(text):
        reasons = sorted({_ON_NODES.sub("", part.strip()) for part in parts[1].split(";")})
        return f"{UNPLACEABLE}: {'; '.join(reasons)}"
    text = _ADDRESS.sub("…", text)
    text = _ID.sub("…", text)
    return _LONG_NUMBER.sub("…", text)


def explain(error: str) -> str:
    """Return the scheduler's own words for why a task fits nowhere, with their counts."""
    parts = _PARTS.match(plain(error[:LONGEST]))
    return parts[1] if parts else ""
