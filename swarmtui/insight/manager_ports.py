"""Tell from docker's own words whether a machine reaches the ports of its managers.

Nothing that is run on a machine tests a port. What is left is the reason docker gives for not
having joined; where it gives none, nobody can say.
"""

import re
from enum import StrEnum

from swarmtui.swarm.stats import MachineSeen

PORTS = (2377, 7946)
"""Managers take joins at the first; the second carries gossip."""
_JOIN = PORTS[0]


class PortReach(StrEnum):
    """How a TCP port of the managers looks from a machine."""

    REACHED = "reached"
    REFUSED = "refused"
    TIMED_OUT = "timed out"
    NO_ROUTE = "no route"
    UNKNOWN = "unknown"


_DIALLED = re.compile(
    r"dial tcp (?:\[[^\]]+\]|[^\s:\[\]]+):(?P<port>[0-9]{1,5}): "
    r"(?:connect: )?(?P<how>connection refused|i/o timeout|connection timed out|no route to host"
    r"|network is unreachable)"
)
_HOW = {
    "connection refused": PortReach.REFUSED,
    "i/o timeout": PortReach.TIMED_OUT,
    "connection timed out": PortReach.TIMED_OUT,
    "no route to host": PortReach.NO_ROUTE,
    "network is unreachable": PortReach.NO_ROUTE,
}
_ANSWERED = re.compile(r"x509: |invalid join token|desc = (?:Permission|Unauthenticated)")
"""What is said only of an answer: certificates and tokens are talked about at the join port."""


def tell_port(seen: MachineSeen, port: int) -> PortReach:
    """Return how a TCP port of the managers looks from a machine, as far as docker lets on."""
    dialled = _DIALLED.search(seen.join_error)
    if dialled is not None:
        return _HOW[dialled["how"]] if int(dialled["port"]) == port else PortReach.UNKNOWN
    if port == _JOIN and _ANSWERED.search(seen.join_error):
        return PortReach.REACHED
    return PortReach.UNKNOWN
