"""What a claims file says: which nodes are whose, and how many were promised."""

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from itertools import chain
from typing import NamedTuple

import msgspec

from swarmtui.swarm.entities import Node
from swarmtui.swarm.text import plain

FULL_ID = 25
"""Characters of a node id."""
SHORTEST_ID = 10
"""Characters of a node id that is cut short and still believed; docker prints 12 of them."""

_NODE_ID = re.compile(f"[a-z0-9]{{{SHORTEST_ID},{FULL_ID}}}")


class Claim(msgspec.Struct, frozen=True):
    """What a claims file says of a node; empty where it says nothing."""

    contributor: str = ""
    region: str = ""


class Network(msgspec.Struct, frozen=True):
    """A network whose nodes are in a region, or someone's."""

    cidr: str
    region: str = ""
    contributor: str = ""


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a claims file says."""

    by_id: Mapping[str, Claim] = {}
    by_addr: Mapping[str, Claim] = {}
    networks: tuple[Network, ...] = ()
    pledged: Mapping[str, int] = {}
    """Nodes promised, by contributor."""
    warnings: tuple[str, ...] = ()
    """One line for each line of the file that could not be used as it is."""
    cut_lengths: tuple[int, ...] = ()
    """Lengths of the ids in `by_id` that are only the beginning of one, longest first."""

    def find(self, node: Node) -> Claim | None:
        """Return the claim on a node, by its id or else its address; never by its hostname."""
        return self._find_id(node.id) or self.by_addr.get(node.addr)

    def over(self, older: "Claims") -> "Claims":
        """Return both; where both say something of a node, this holds."""
        if self == Claims() or older == Claims():
            return older if self == Claims() else self
        by_id = {id_: _merge(c, self._find_id(id_) or c) for id_, c in older.by_id.items()}
        by_id |= {id_: _merge(by_id.get(id_, c), c) for id_, c in self.by_id.items()}
        by_addr = dict(older.by_addr)
        by_addr |= {addr: _merge(by_addr.get(addr, c), c) for addr, c in self.by_addr.items()}
        return Claims(
            by_id=by_id,
            by_addr=by_addr,
            networks=(*self.networks, *older.networks),
            pledged={**older.pledged, **self.pledged},
            cut_lengths=_cut_lengths(by_id),
        )

    def _find_id(self, node_id: str) -> Claim | None:
        """Return the claim on a node id, whole or cut short."""
        claim = self.by_id.get(node_id)
        if claim is None:
            cuts = (self.by_id.get(node_id[:length]) for length in self.cut_lengths)
            claim = next(filter(None, cuts), None)
        return claim

    @property
    def contributors(self) -> tuple[str, ...]:
        """Return everyone who claims or pledges something, in the order of the file."""
        names = chain(
            self.pledged,
            (claim.contributor for claim in self.by_id.values()),
            (claim.contributor for claim in self.by_addr.values()),
            (network.contributor for network in self.networks),
        )
        return tuple(dict.fromkeys(name for name in names if name))


class ClaimsError(ValueError):
    """A claims file that cannot be used; `line` counts from 1."""

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.message = message
        self.line = line


class Entry(NamedTuple):
    """One claim as found in a file: on a node id, or on an address."""

    line: int
    claim: Claim
    node_id: str = ""
    addr: str = ""


def read_node_id(text: str, *, line: int) -> str:
    """Return a node id, whole or cut short; raise `ClaimsError` when it cannot be one."""
    if not _NODE_ID.fullmatch(text):
        raise ClaimsError(f"{plain(text)} is not a node id; hostnames do not tell", line=line)
    return text


def read_addr(text: str, *, line: int) -> str:
    """Return an address as engines write it; raise `ClaimsError` when it is none."""
    try:
        return str(ip_address(text))
    except ValueError:
        raise ClaimsError(f"{plain(text)} is not an address", line=line) from None


class Spellings:
    """One spelling of each name: the first seen, whatever the case and the blanks of later ones."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def unify(self, name: str) -> str:
        """Return the spelling of `name` to use, without anything that could harm a terminal."""
        name = " ".join(plain(name).split())
        return self._known.setdefault(name.casefold(), name)


def collect_claims(
    entries: Iterable[Entry],
    *,
    networks: Iterable[Network] = (),
    pledged: Mapping[str, int] | None = None,
    warnings: Iterable[str] = (),
) -> Claims:
    """Return the claims of a file; what the later of two on a node says holds, with a warning."""
    complaints = list(warnings)
    by_id: dict[str, Claim] = {}
    by_addr: dict[str, Claim] = {}
    for entry in entries:
        claims, key = (by_id, entry.node_id) if entry.node_id else (by_addr, entry.addr)
        known = claims.get(key, entry.claim)
        if _contradict(known, entry.claim):
            complaints.append(f"line {entry.line}: {key} is claimed twice; this claim holds")
        claims[key] = _merge(known, entry.claim)
    return Claims(
        by_id=by_id,
        by_addr=by_addr,
        networks=tuple(networks),
        pledged=pledged or {},
        warnings=tuple(complaints),
        cut_lengths=_cut_lengths(by_id),
    )


def _cut_lengths(ids: Iterable[str]) -> tuple[int, ...]:
    lengths = {len(id_) for id_ in ids if SHORTEST_ID <= len(id_) < FULL_ID}
    return tuple(sorted(lengths, reverse=True))


def _contradict(known: Claim, claim: Claim) -> bool:
    pairs = ((known.contributor, claim.contributor), (known.region, claim.region))
    return any(before and after and before != after for before, after in pairs)


def _merge(known: Claim, claim: Claim) -> Claim:
    return Claim(claim.contributor or known.contributor, claim.region or known.region)
