"""Every simulated host: its name, its address on loopback, its trouble."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from random import Random

from swarmtui.simulator.fleet import NEVER, Machine
from swarmtui.simulator.hosts.troubles import HostTrouble, Wish, allot, count_unjoined
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.world import World

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Kind(Enum):
    """Where a host stands in the event."""

    MANAGER = auto()
    WORKER = auto()
    UNJOINED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One machine that answers ssh.

    Events follow one another and bring the same machines at the same
    addresses, under new node ids: a host is a place among them.
    """

    name: str
    """Unique, and harmless in a config file."""
    address: str
    """On loopback."""
    kind: Kind
    place: int
    """Which of the managers, or of the crowd."""
    machine: Machine
    """As it was in the event in which the simulation began."""
    trouble: HostTrouble | None = None

    def node(self, world: World) -> Node | None:
        """Return the node it is now, if it is one."""
        match self.kind:
            case Kind.MANAGER:
                return world.state.managers()[self.place]
            case Kind.WORKER:
                return world.state.nodes.get(world.node_ids[self.place])
            case Kind.UNJOINED:
                return None

    def node_id(self, world: World) -> str:
        """Return the id it has in this event or will have when it joins, empty if it never does."""
        match self.kind:
            case Kind.MANAGER:
                return world.state.managers()[self.place].id
            case Kind.WORKER:
                return world.node_ids[self.place]
            case Kind.UNJOINED:
                return ""

    def machine_now(self, world: World) -> Machine:
        """Return the machine as it is in this event."""
        if self.kind is Kind.WORKER:
            return world.machines[self.place]
        return self.machine


class Roster:
    """The hosts, by address."""

    def __init__(self, hosts: Sequence[Host]) -> None:
        self.hosts = tuple(hosts)
        self._by_address = {host.address: host for host in hosts}

    def find(self, address: str) -> Host | None:
        """Return the host at an address of loopback."""
        return self._by_address.get(address)


def make_roster(world: World, wishes: Sequence[Wish]) -> Roster:
    """Return a host for each machine of an event, and some that never get in."""
    chance = Random(f"hosts/{world.settings.seed}")
    hosts = list(_hosts(world, count_unjoined(wishes, len(world.machines)), chance))
    names = _names([host.machine.hostname for host in hosts])
    hosts = [replace(host, name=name) for host, name in zip(hosts, names, strict=True)]
    workers = [host.name for host in hosts if host.kind is Kind.WORKER]
    troubles = allot(wishes, names=names, workers=workers, chance=chance)
    return Roster([replace(host, trouble=troubles.get(host.name)) for host in hosts])


def _hosts(world: World, unjoined: int, chance: Random) -> Iterator[Host]:
    seated = [node.machine for node in world.state.managers()]
    late = [_late(machine) for machine in chance.sample(world.machines, unjoined)]
    for kind, machines in (
        (Kind.MANAGER, seated),
        (Kind.WORKER, world.machines),
        (Kind.UNJOINED, late),
    ):
        for place, machine in enumerate(machines):
            address = _address(kind, place, machine)
            yield Host(name="", address=address, kind=kind, place=place, machine=machine)


def _address(kind: Kind, place: int, machine: Machine) -> str:
    """Return the address in 127.0.0.0/8; nobody is given 127.0.0.1, which others use."""
    match kind:
        case Kind.MANAGER:
            return f"127.1.0.{place + 1}"
        case Kind.WORKER:
            return f"127.{machine.address.removeprefix('10.')}"
        case Kind.UNJOINED:
            return f"127.250.{place // 250}.{place % 250 + 1}"


def _late(machine: Machine) -> Machine:
    """Return another machine of the same contributor."""
    return replace(
        machine, hostname=f"{machine.hostname}-late", address="", lost_at=NEVER, clock_skew_s=0
    )


def _names(hostnames: Sequence[str]) -> list[str]:
    """Return a name for each hostname; the second `base` is `base-2`."""
    given: dict[str, int] = {}
    names: set[str] = set(hostnames)
    return [_name(hostname, given, names) for hostname in hostnames]


def _name(hostname: str, given: dict[str, int], taken: set[str]) -> str:
    base = _UNSAFE.sub("-", hostname).strip("-.") or "host"
    is_first = base == hostname and base not in given
    given[base] = given.get(base, 0) + 1
    name = base
    while not is_first and name in taken:
        given[base] += 1
        name = f"{base}-{given[base]}"
    taken.add(name)
    return name
