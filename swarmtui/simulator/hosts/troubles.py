"""What is wrong with a simulated host, and which hosts have it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from swarmtui.simulator.hosts.errors import HostsError


class HostTrouble(StrEnum):
    """What keeps a host from answering as it should."""

    REFUSED_KEY = "refused-key"
    """Takes no key."""
    UNKNOWN_KEY = "unknown-key"
    """Its host key is not in known_hosts."""
    CHANGED_KEY = "changed-key"
    """Another host key is in known_hosts."""
    HANG = "hang"
    """Takes the connection and never greets."""
    HANG_DOCKER = "hang-docker"
    """Logs in; docker never answers."""
    GARBAGE = "garbage"
    """Something other than ssh listens."""
    GARBLED = "garbled"
    """Logs in; what docker prints is noise."""
    SLOW = "slow"
    """Everything takes seconds."""
    DROP = "drop"
    """Cuts the connection some seconds after the first command."""
    NO_DOCKER = "no-docker"
    """Has no docker."""
    NO_PERMISSION = "no-permission"
    """The user may not talk to the engine."""
    UNJOINED = "unjoined"
    """Never got into the swarm; these come on top of the nodes."""


SHARE_IN_ALL = 0.02
"""Hosts in trouble when nobody says which."""
_UNJOINED_SHARE = 0.005


class UnknownTroubleError(HostsError):
    """A trouble, or a host, that there is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A trouble for one host, or for a share of all."""

    kind: HostTrouble
    host: str = ""
    share: float = 0.0


def parse_wishes(texts: Iterable[str]) -> tuple[Wish, ...]:
    """Read `hang=NAME`, `hang=5%`, `none`, or `some`: a few of each kind."""
    words = list(texts)
    if "some" in words:
        words.remove("some")
        return (*_some(), *parse_wishes(words))
    return tuple(_parse(word) for word in words if word != "none")


def count_unjoined(wishes: Iterable[Wish], hosts: int) -> int:
    """Return how many machines there are that never joined, besides `hosts` that did."""
    return int(sum(wish.share for wish in wishes if wish.kind is HostTrouble.UNJOINED) * hosts)


def allot(
    wishes: Sequence[Wish], *, names: Sequence[str], workers: Sequence[str], chance: Random
) -> dict[str, HostTrouble]:
    """Return the trouble of each host that has one; shares are taken from `workers` alone."""
    allotted: dict[str, HostTrouble] = {}
    known = frozenset(names)
    for wish in wishes:
        if wish.host and wish.host not in known:
            raise UnknownTroubleError(f"no simulated host is called {wish.host!r}")
        if wish.host:
            allotted[wish.host] = wish.kind
    left = [name for name in workers if name not in allotted]
    chance.shuffle(left)
    shares = 0.0
    for wish in wishes:
        if wish.kind is not HostTrouble.UNJOINED:
            # From border to border, so that many small shares of few hosts are not all nobody.
            taken = left[round(shares * len(workers)) : round((shares + wish.share) * len(workers))]
            allotted |= dict.fromkeys(taken, wish.kind)
            shares += wish.share
    return allotted


def _some() -> tuple[Wish, ...]:
    kinds = [kind for kind in HostTrouble if kind is not HostTrouble.UNJOINED]
    unjoined = Wish(kind=HostTrouble.UNJOINED, share=_UNJOINED_SHARE)
    share = (SHARE_IN_ALL - _UNJOINED_SHARE) / len(kinds)
    return (*(Wish(kind=kind, share=share) for kind in kinds), unjoined)


def _parse(text: str) -> Wish:
    word, equals, whom = text.partition("=")
    try:
        kind = HostTrouble(word)
    except ValueError:
        kinds = ", ".join(HostTrouble)
        raise UnknownTroubleError(f"{word!r} is none of some, none, {kinds}") from None
    if not equals or not whom:
        raise UnknownTroubleError(f"{text!r} says no host; write {kind}=NAME or {kind}=5%")
    share = _share(whom)
    if share is None and kind is HostTrouble.UNJOINED:
        raise UnknownTroubleError(f"{text!r}: a node did join; write {kind}=5% for more machines")
    return Wish(kind=kind, host=whom) if share is None else Wish(kind=kind, share=share)


def _share(text: str) -> float | None:
    if not text.endswith("%"):
        return None
    try:
        share = float(text[:-1]) / 100
    except ValueError:
        share = -1
    if not 0 < share <= 1:
        raise UnknownTroubleError(f"{text!r} is not between 0% and 100%")
    return share
