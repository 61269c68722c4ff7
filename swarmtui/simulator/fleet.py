"""The machines of one event: what each is called, who brought it, when it comes and goes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from swarmtui.simulator.hostnames import HOSTILE, coined
from swarmtui.simulator.lots import Fate, Lot, Told, Trouble, scaled_lots
from swarmtui.simulator.timetable import LOSSES

NEVER = float("inf")

_REGION_NETWORKS = {
    region: 16 + 4 * place
    for place, region in enumerate(
        (
            "fr-par", "sgp1", "ap-southeast-1", "iad", "nyc3", "bkk1", "eu-west-1",
            "lon1", "ams3", "fra1", "us-west-2", "tor1", "syd2",
        )
    )
}  # fmt: skip
"""Second number of the region's addresses, 10.N.0.0; what follows is left free to grow into."""
_ELSEWHERE = 200

_ENGINES = ("20.10.24", "24.0.7", "20.10.24+dfsg1", "23.0.6", "19.03.15", "18.09.9")
_ENGINE_WEIGHTS = (60, 14, 10, 8, 6, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One machine as it will be when it has joined."""

    hostname: str
    address: str
    region: str | None
    contributor: str | None
    node_labels: dict[str, str] = field(default_factory=dict)
    engine_labels: dict[str, str] = field(default_factory=dict)
    engine_version: str
    cpus: int = 1
    memory_bytes: int
    joins_at: float = NEVER
    lost_at: float = NEVER
    """Second at which it is noticed to be gone for good."""
    trouble: Trouble | None = None
    """What makes it a black hole, if it is one."""
    clock_skew_s: float = 0
    """How far its clock is ahead; the times of its tasks' states come from it."""


def managers(wanted: int) -> list[Machine]:
    """Return the organisers' own machines, mg0 and so on."""
    return [
        Machine(
            hostname=f"mg{place}",
            address=f"10.0.0.{place + 1}",
            region=None,
            contributor=None,
            engine_version="20.10.24",
            cpus=16,
            memory_bytes=64 << 30,
        )
        for place in range(wanted)
    ]


def crowd(wanted: int, *, seed: str, hostile: bool) -> list[Machine]:
    """Return the `wanted` machines that the contributors bring."""
    chance = Random(seed)
    lots = scaled_lots(wanted) if wanted else []
    names = _Names(sum(lot.rows for lot in lots if lot.hostname is None), chance)
    addresses = _Addresses()
    machines = [machine for lot in lots for machine in _machines_of(lot, names, addresses, chance)]
    return _made_hostile(machines, chance) if hostile else machines


class _Names:
    """Gives each lot its hostnames; coined ones are given once."""

    def __init__(self, at_most: int, chance: Random) -> None:
        self._coined = iter(coined(at_most, chance))

    def of(self, lot: Lot) -> Iterator[str]:
        """Yield the hostnames of a lot, one for each of its rows."""
        for row in range(lot.rows):
            if row % lot.copies == 0:
                name = self._next(lot, lot.first + row // lot.copies)
            yield name

    def _next(self, lot: Lot, n: int) -> str:
        return next(self._coined) if lot.hostname is None else lot.hostname.format(n=n)


class _Addresses:
    """Gives each machine an address of its own in its region's network."""

    def __init__(self) -> None:
        self._given: dict[int, int] = {}

    def next_in(self, region: str | None) -> str:
        network = _REGION_NETWORKS.get(region or "", _ELSEWHERE)
        place = self._given[network] = self._given.get(network, -1) + 1
        return f"10.{network + place // 62500}.{place // 250 % 250}.{place % 250 + 1}"


def _machines_of(
    lot: Lot, names: _Names, addresses: _Addresses, chance: Random
) -> Iterator[Machine]:
    came_before = None
    for row, hostname in enumerate(names.of(lot)):
        joins_at, lost_at = _comings(lot, row, came_before, chance)
        came_before = lost_at
        yield Machine(
            hostname=hostname,
            address=addresses.next_in(lot.region),
            region=lot.region,
            contributor=lot.contributor,
            node_labels=_labels(lot, Told.NODE_LABEL),
            engine_labels=_labels(lot, Told.ENGINE_LABEL),
            engine_version=chance.choices(_ENGINES, _ENGINE_WEIGHTS)[0],
            cpus=lot.cpus,
            memory_bytes=(lot.memory_mb << 20) - chance.randrange(8 << 20),
            joins_at=joins_at,
            lost_at=lost_at,
            trouble=None if row else lot.trouble,
        )


def _comings(lot: Lot, row: int, came_before: float | None, chance: Random) -> tuple[float, float]:
    """Return when a row of the lot joins and when it is lost."""
    if lot.fate is Fate.GHOST and row % 2 and came_before is not None:
        return came_before + chance.uniform(8, 25), NEVER
    start, end = lot.joins
    # Ten at a time: more, and the providers' interfaces and quotas fail.
    joins_at = start + (end - start) * (row // 10 * 10) / lot.rows + chance.uniform(0, 2.5)
    if lot.fate is Fate.GHOST:
        return joins_at, joins_at + chance.uniform(20, 60)
    if lot.fate is Fate.LOST:
        return joins_at, chance.uniform(LOSSES.start, LOSSES.end)
    return joins_at, NEVER


def _labels(lot: Lot, where: Told) -> dict[str, str]:
    labels = {}
    if lot.contributor and lot.contributor_told is where:
        labels["contributor"] = lot.contributor
    if lot.region and lot.region_told is where:
        labels["region"] = lot.region
    return labels


def _made_hostile(machines: list[Machine], chance: Random) -> list[Machine]:
    """Give every 23rd machine a hostname or a label to choke on, and some a wrong clock."""
    return [
        _hostile(machine, place // 23, chance) if place % 23 == 7 else machine
        for place, machine in enumerate(machines)
    ]


def _hostile(machine: Machine, turn: int, chance: Random) -> Machine:
    word = HOSTILE[turn % len(HOSTILE)]
    skewed = replace(machine, clock_skew_s=chance.choice((-90.0, -5.0, 0.0, 30.0, 3600.0)))
    if turn // len(HOSTILE) % 2:
        return replace(skewed, node_labels={"region": word, word: "key", "contributor": word})
    return replace(skewed, hostname=word)
