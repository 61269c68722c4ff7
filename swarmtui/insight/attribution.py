"""Find out where a node is and whose it is, and remember how that is known."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple

import msgspec

from swarmtui.insight.claim import Claim, Claims, Network
from swarmtui.insight.machines import Machines
from swarmtui.insight.picture import Place
from swarmtui.insight.viewpoint import Viewpoint, is_alike
from swarmtui.swarm.entities import Node
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen
from swarmtui.swarm.text import plain

UNPLACED = Place().region
UNCLAIMED = Place().contributor

REGION_LABELS = ("region", "location", "datacenter", "dc", "zone")
CONTRIBUTOR_LABELS = ("contributor", "sponsor", "owner", "team", "user")

_DIRECTIONS = "(?:north|south)?(?:east|west)|north|south|central"
_CLOUD_REGIONS = "|".join(
    (
        # AWS, also with the letter of a zone; Linode and the like without a number.
        rf"(?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-)?(?:{_DIRECTIONS})(?:-[1-9](?=[a-f]?(?:$|[-._])))?",
        # Google.
        rf"(?:us|europe|asia|australia|africa|me|(?:north|south)america)-(?:{_DIRECTIONS})[1-9][0-9]?",
        # Azure.
        "(?:north|south|west)?central(?:us|india)|(?:east|west)us[23]?|(?:north|west)europe",
        "(?:south)?eastasia|(?:japan|australia|canada)(?:east|west|central)",
        # DigitalOcean.
        "(?:nyc|sfo|ams|fra|lon|sgp|tor|blr|syd|atl)[1-9]",
        # Scaleway, without the number of the zone.
        "fr-par|nl-ams|pl-waw|it-mil",
        # Hetzner and OVH.
        "fsn1|nbg1|hel1|(?:gra|sbg|bhs|rbx)[1-9][0-9]?",
        # Rackspace.
        "(?:iad|ord|dfw|hkg|lon|syd)[1-9]?",
    )
)
HOSTNAME_PATTERNS = (rf"(?:^|[-._])(?P<region>{_CLOUD_REGIONS})(?=[a-f]?(?:$|[-._]))",)
"""Names that clouds give their regions, between the dashes and dots of a hostname."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How regions and contributors are found; what the user's config may set."""

    region_labels: tuple[str, ...] = REGION_LABELS
    """Keys, best first, in any case of letters; `region` also means `aws.region` and the like."""
    contributor_labels: tuple[str, ...] = CONTRIBUTOR_LABELS
    hostname_patterns: tuple[str, ...] = HOSTNAME_PATTERNS
    """Regular expressions with a group named `region` or `contributor`, or both; first wins."""
    networks: tuple[Network, ...] = ()
    """The narrowest that holds the address wins."""
    claims: Claims = Claims()
    machines: tuple[Machine, ...] = ()
    """The inventory; a machine's region and contributor are those of the node it is."""
    mine: str = ""
    """Name of the contributor whose nodes are mine, in any case of letters."""


class RulesError(ValueError):
    """A rule that cannot be used."""


class _Range(NamedTuple):
    """A network, ready to be asked."""

    network: IPv4Network | IPv6Network
    region: str
    contributor: str


class _Found(NamedTuple):
    """A region or a contributor, and how it was found; both empty when it was not."""

    name: str = ""
    reason: str = ""


class _Known(NamedTuple):
    """What the user's own lists say of a node."""

    claim: Claim
    machine: Machine

    @property
    def contributors(self) -> tuple[str, str]:
        return self.claim.contributor, self.machine.contributor


class Attribution:
    """The rules made ready to be applied to nodes; raises `RulesError` for one that is broken.

    `seen` is what machines of the inventory said of themselves, oldest first: an address behind a
    cloud's NAT does not tell which node a machine is, but the machine does.
    """

    def __init__(self, rules: Rules, *, seen: Iterable[MachineSeen] = ()) -> None:
        self.rules = rules
        self._machines = Machines(rules.machines, seen=seen)
        self._region_keys = tuple(key.lower() for key in rules.region_labels)
        self._contributor_keys = tuple(key.lower() for key in rules.contributor_labels)
        self._patterns = tuple(_compile(pattern) for pattern in rules.hostname_patterns)
        self.look_as(Viewpoint(mine=rules.mine))

    def look_as(self, viewpoint: Viewpoint) -> None:
        """Place nodes from now on as they are seen from here."""
        claims = self._claims = viewpoint.claims.over(self.rules.claims)
        self._ranges = _sort_ranges((*self.rules.networks, *claims.networks))
        self._mine, self._pattern = _fold_name(viewpoint.mine), viewpoint.pattern

    def place(self, node: Node) -> Place:
        """Return where a node is and whose it is, each by the first rule that knows.

        The order: node label, engine label, claims file, inventory, hostname pattern, network.
        """
        known = _Known(
            self._claims.find(node) or _NO_CLAIM, self._machines.find(node) or _NO_MACHINE
        )
        region = self._find(node, "region", self._region_keys, known)
        contributor = self._find(node, "contributor", self._contributor_keys, known)
        owner = contributor.name or UNCLAIMED
        names = (contributor.name, *known.contributors)
        return Place(
            region=region.name or UNPLACED,
            region_from=region.reason,
            contributor=owner,
            contributor_from=contributor.reason,
            mine=any(map(self.is_mine, names)) or is_alike(node, owner, self._pattern),
        )

    def place_machine(self, machine: Machine) -> Place:
        """Return where a machine is and whose it is by the inventory alone: it is no node."""
        region, contributor = plain(machine.region).strip(), plain(machine.contributor).strip()
        return Place(
            region=region or UNPLACED,
            region_from="inventory" if region else "",
            contributor=contributor or UNCLAIMED,
            contributor_from="inventory" if contributor else "",
            mine=self.is_mine(contributor),
        )

    def is_mine(self, contributor: str) -> bool:
        """Tell whether a contributor is me, alone or as one of several with commas between."""
        if not self._mine or not contributor:
            return False
        names = (contributor, *contributor.split(","))
        return any(_fold_name(name) == self._mine for name in names)

    def hear(self, seen: Iterable[MachineSeen]) -> None:
        """Go from now on by these answers of machines, too, oldest first."""
        self._machines.hear(seen)

    def _find(self, node: Node, what: str, keys: tuple[str, ...], known: _Known) -> _Found:
        ways: tuple[tuple[str, Callable[[], str]], ...] = (
            ("node label", lambda: find_label(node.labels, keys)),
            ("engine label", lambda: find_label(node.engine_labels, keys)),
            ("claims file", lambda: str(getattr(known.claim, what))),
            ("inventory", lambda: str(getattr(known.machine, what))),
            ("hostname pattern", lambda: self._find_in_hostname(node.hostname, what)),
            ("network", lambda: self._find_in_networks(node.addr, what)),
        )
        for reason, find in ways:
            if name := plain(find()).strip():
                return _Found(name, reason)
        return _Found()

    def _find_in_hostname(self, hostname: str, what: str) -> str:
        for pattern in self._patterns:
            if what in pattern.groupindex and (found := pattern.search(hostname)):
                name = found[what] or ""
                return name.lower() if what == "region" else name
        return ""

    def _find_in_networks(self, addr: str, what: str) -> str:
        if not self._ranges or not addr:
            return ""
        try:
            known = ip_address(addr)
        except ValueError:
            return ""
        names = (getattr(r, what) for r in self._ranges if known in r.network)
        return next(filter(None, names), "")


_NO_CLAIM = Claim()
_NO_MACHINE = Machine(name="", addr="")


def find_label(labels: Mapping[str, str], keys: Sequence[str]) -> str:
    """Return the value of the first of `keys`, in lower case, that a label has; else empty.

    `region` also means keys that end in it, such as `aws.region`. A label without text is none.
    """
    if not labels:
        return ""
    lowered = {key.lower(): value for key, value in labels.items() if value.strip()}
    for wanted in keys:
        if wanted in lowered:
            return lowered[wanted]
        for key, value in lowered.items():
            if key.endswith((f".{wanted}", f"/{wanted}")):
                return value
    return ""


def _fold_name(name: str) -> str:
    # People write their handle with and without the @.
    return name.strip().removeprefix("@").casefold()


def _compile(source: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(source, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise RulesError(f"hostname pattern {plain(source)}: {plain(str(error))}") from None
    if not {"region", "contributor"} & set(pattern.groupindex):
        raise RulesError(
            f"hostname pattern {plain(source)}: name a group, as in (?P<region>[a-z]+-[0-9])"
        )
    return pattern


def _sort_ranges(networks: Iterable[Network]) -> tuple[_Range, ...]:
    """Return the networks as ranges, the narrowest first."""
    ranges = [_Range(_read_network(n.cidr), n.region, n.contributor) for n in networks]
    return tuple(sorted(ranges, key=lambda r: -r.network.prefixlen))


def _read_network(cidr: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        raise RulesError(f"network {plain(cidr)}: write it as 10.4.0.0/16") from None
