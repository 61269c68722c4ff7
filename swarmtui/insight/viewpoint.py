"""Who looks at a swarm: whose nodes are mine, and what was said of nodes since the start."""

import msgspec

from swarmtui.insight.claim import Claims
from swarmtui.insight.crowds import UNCLAIMED, pattern_of
from swarmtui.swarm.entities import Node


class Viewpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What the user said while the program ran; the one told last holds."""

    mine: str = ""
    """The contributor that is me; empty for none."""
    pattern: str = ""
    """Unclaimed nodes with such hostnames are mine, too: see `crowds.pattern_of`."""
    claims: Claims = Claims()
    """Claims that came in since the start; they go before those there were."""


def is_alike(node: Node, contributor: str, pattern: str) -> bool:
    """Tell whether a node is nobody's and its hostname is of a pattern; an empty one is none."""
    return bool(pattern) and contributor == UNCLAIMED and pattern_of(node.hostname) == pattern
