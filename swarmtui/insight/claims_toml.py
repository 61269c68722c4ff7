"""Read claims and pledges from TOML."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from typing import Annotated

import msgspec

from swarmtui.insight.claim import (
    Claim,
    Claims,
    ClaimsError,
    Entry,
    Network,
    Spellings,
    collect_claims,
    read_addr,
    read_node_id,
)
from swarmtui.swarm.text import plain

_FIRST = re.compile(r"\s*(?:\[|[\w.\"-]+\s*=)")
_WORDS = re.compile(r"[\w.:/-]+")
_AT_LINE = re.compile(r"at line (\d+)")
_TABLES = ("contributors", "regions")


class _Owner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: what belongs to one contributor, or lies in one region."""

    nodes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    region: str = ""
    pledged: Annotated[int, msgspec.Meta(ge=0)] | None = None


def is_toml_line(line: str) -> bool:
    """Tell whether a line can be the first of a TOML file."""
    return _FIRST.match(line) is not None


def read_toml(text: str) -> Claims:
    """Return the claims in a TOML file; raise `ClaimsError`."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found else max(1, len(text.splitlines()))
        raise ClaimsError(f"not TOML: {plain(str(error))}", line=line) from None
    except RecursionError:
        raise ClaimsError("not TOML that a person wrote: nested too deep", line=1) from None
    return _File(text).read(document)


class _File:
    """One file while it is read."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._lines_of = _index(self._lines)
        self._contributors = Spellings()
        self._regions = Spellings()
        self._entries: list[Entry] = []
        self._networks: list[Network] = []
        self._pledged: dict[str, int] = {}

    def read(self, document: Mapping[str, object]) -> Claims:
        """Return what the parsed file says."""
        for key in document:
            if key not in _TABLES:
                message = f"{plain(key)} is not known here; write [contributors.NAME]"
                raise ClaimsError(message, line=self._find_line(key))
        for table in _TABLES:
            for name, owner in self._owners(document.get(table, {}), table):
                self._take(table, name, owner)
        return collect_claims(self._entries, networks=self._networks, pledged=self._pledged)

    def _owners(self, table: object, key: str) -> Iterator[tuple[str, _Owner]]:
        if not isinstance(table, Mapping):
            message = f"{key} is not a table; write [{key}.NAME]"
            raise ClaimsError(message, line=self._find_line(key))
        for name, fields in table.items():
            try:
                yield name, msgspec.convert(fields, _Owner)
            except msgspec.ValidationError as error:
                message = f"{key} {plain(name)}: {plain(str(error))}"
                raise ClaimsError(message, line=self._find_line(name)) from None

    def _take(self, table: str, name: str, owner: _Owner) -> None:
        claim = self._claim_of(table, name, owner)
        for id_ in owner.nodes:
            line = self._find_line(id_)
            self._entries.append(Entry(line, claim, node_id=read_node_id(id_, line=line)))
        for addr in owner.addresses:
            line = self._find_line(addr)
            self._entries.append(Entry(line, claim, addr=read_addr(addr, line=line)))
        for cidr in owner.networks:
            _check_network(cidr, line=self._find_line(cidr))
            self._networks.append(Network(cidr, claim.region, claim.contributor))
        if owner.pledged is not None and claim.contributor:
            self._pledged[claim.contributor] = owner.pledged

    def _claim_of(self, table: str, name: str, owner: _Owner) -> Claim:
        if table == "contributors":
            return Claim(self._contributors.unify(name), self._regions.unify(owner.region))
        if owner.region or owner.pledged is not None:
            message = f"region {plain(name)} holds only nodes, addresses and networks"
            raise ClaimsError(message, line=self._find_line(name))
        return Claim("", self._regions.unify(name))

    def _find_line(self, word: str) -> int:
        """Return the line that has `word` in it: TOML tells no lines once it is parsed."""
        if word in self._lines_of:
            return self._lines_of[word]
        numbered = enumerate(self._lines, 1)
        return next((number for number, line in numbered if word in line), 1)


def _index(lines: Sequence[str]) -> dict[str, int]:
    index: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        for word in _WORDS.findall(line):
            index.setdefault(word, number)
    return index


def _check_network(cidr: str, *, line: int) -> None:
    try:
        ip_network(cidr, strict=False)
    except ValueError:
        message = f"{plain(cidr)} is not a network; write it as 10.4.0.0/16"
        raise ClaimsError(message, line=line) from None
