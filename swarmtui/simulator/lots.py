"""Who brings which machines: the crowd of the event, as data.

The shape is that of the node list published after Swarm2k: 2,384 node ids
under 2,058 hostnames, 23 contributors with 2,200 of them, 28 hostnames that
left a ghost behind. The names are invented.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto

from swarmtui.simulator.apportion import apportion


class Told(Enum):
    """Where a machine says its region, or whose it is."""

    NODE_LABEL = auto()
    ENGINE_LABEL = auto()
    HOSTNAME = auto()
    """In words only: the pattern of the lot contains it."""
    NOWHERE = auto()


class Fate(Enum):
    """What becomes of the machines of a lot before the peak."""

    STAYS = auto()
    LOST = auto()
    GHOST = auto()
    """Of each two, the first leaves and comes back as the second: a new node id."""


class Trouble(Enum):
    """What becomes of tasks on a node that is a black hole, or of one service anywhere."""

    DISK_FULL = auto()
    NETWORK_BROKEN = auto()
    MEMORY_SHORT = auto()
    NO_IMAGE = auto()
    CRASH = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Machines that come together and are alike."""

    rows: int
    """Node ids, in a swarm of 2,384."""
    contributor: str | None
    region: str | None
    hostname: str | None = None
    """A pattern over `n`; `None` for coined names such as `quiet-heron`."""
    first: int = 1
    """The first `n`."""
    copies: int = 1
    """Node ids to a hostname."""
    joins: tuple[float, float] = (0, 60)
    """Second of the event at which the first and the last of them join."""
    fate: Fate = Fate.STAYS
    region_told: Told = Told.NODE_LABEL
    contributor_told: Told = Told.NODE_LABEL
    cpus: int = 1
    memory_mb: int = 512
    trouble: Trouble | None = None
    """What makes a black hole of the first of them."""


EVERYONE = 10**9
"""More copies than there are machines: all of a lot under one hostname."""

OUTAGE_REGION = "ap-southeast-1"

_ALPEN = "@alpenhost"
_CROW = "@bosun44, @CrowsNestHQ"
_LYNX = "Cloud by LYNX - Powered by AR-LX"
_NIMBUS = "Nimbus Technology"
_LUCIAN = "@lucian_k"

_LARGE = (
    Lot(rows=985, contributor=_ALPEN, region="fr-par", joins=(-4, 88)),
    Lot(rows=160, contributor=_ALPEN, region="fr-par", copies=2, joins=(4, 86)),
    Lot(rows=9, contributor=_ALPEN, region="fr-par", copies=3, joins=(30, 80)),
    Lot(rows=40, contributor=_ALPEN, region="fr-par", fate=Fate.LOST, joins=(0, 80)),
    Lot(rows=6, contributor=_ALPEN, region="fr-par", copies=2, fate=Fate.GHOST, joins=(10, 40)),
    Lot(
        rows=264, contributor=_CROW, region="sgp1", hostname="crowsnest-sw{n:03d}",
        region_told=Told.ENGINE_LABEL, contributor_told=Told.ENGINE_LABEL, joins=(6, 55),
    ),
    Lot(
        rows=200, contributor="Internet Siam", region=OUTAGE_REGION,
        hostname="inet-node-{n:03d}", joins=(10, 45),
    ),
    Lot(
        rows=102, contributor="@marlow, @Rackwell", region="iad", hostname="swarm-{n:02d}",
        copies=2, joins=(12, 30),
    ),
    Lot(
        rows=99, contributor="@fjordly", region="nyc3", hostname="nyc3-swarm2k-{n}",
        region_told=Told.HOSTNAME, joins=(20, 60),
    ),
    Lot(
        rows=1, contributor="@fjordly", region="nyc3", hostname="nyc3-swarm2k-{n}", first=100,
        region_told=Told.HOSTNAME, fate=Fate.LOST,
    ),
    Lot(
        rows=94, contributor=_LYNX, region="bkk1", hostname="lynx-docker", copies=EVERYONE,
        joins=(5, 40), trouble=Trouble.DISK_FULL,
    ),
    Lot(
        rows=88, contributor=_NIMBUS, region="bkk1", hostname="nimbus-cloud-{n}", joins=(25, 70),
        region_told=Told.ENGINE_LABEL,
    ),
    Lot(
        rows=4, contributor=_NIMBUS, region="bkk1", hostname="nimbus-cloud-{n}", first=89,
        copies=2, joins=(70, 75), region_told=Told.ENGINE_LABEL,
    ),
    Lot(
        rows=13, contributor=_LUCIAN, region="eu-west-1", hostname="base", copies=EVERYONE,
        joins=(-2, 30),
    ),
    Lot(
        rows=14, contributor=_LUCIAN, region="eu-west-1", hostname="node{n}", first=37,
        joins=(0, 30), trouble=Trouble.NETWORK_BROKEN,
    ),
)  # fmt: skip

_SMALL = (
    Lot(
        rows=21, contributor="@kalliope", region="lon1",
        hostname="swarm2k-kalliope-harbour-{n:02d}", contributor_told=Told.HOSTNAME,
    ),
    Lot(
        rows=20, contributor="@thijsb", region="ams3", hostname="thijsb-swarm2k-{n}",
        contributor_told=Told.HOSTNAME, joins=(2, 20),
    ),
    Lot(
        rows=15, contributor="@FlorinHexe", region="fra1", hostname="tswarm-{n}",
        region_told=Told.ENGINE_LABEL, contributor_told=Told.ENGINE_LABEL,
    ),
    Lot(
        rows=12, contributor="@postbote", region="fra1", hostname="swarm2k-512mb-fra1-{n:02d}",
        region_told=Told.HOSTNAME,
    ),
    Lot(rows=10, contributor="@f_soprano", region="eu-west-1", hostname="soprano{n}"),
    Lot(rows=9, contributor="@nevermore", region="us-west-2", hostname="nevermore-{n}"),
    Lot(
        rows=8, contributor="@enlampe", region="tor1", hostname="tor1-docker-{n:03d}",
        region_told=Told.HOSTNAME, contributor_told=Told.NOWHERE,
    ),
    Lot(
        rows=7, contributor="@Aetherhost", region=None, hostname="n{n}.labs.aether.example",
        contributor_told=Told.ENGINE_LABEL, cpus=8, memory_mb=32768,
    ),
    Lot(rows=5, contributor="@toughcookie", region="us-west-2", hostname="cookie{n:02d}"),
    Lot(rows=5, contributor="@grangette", region="eu-west-1", hostname="2knode{n}"),
    Lot(
        rows=3, contributor="tilling.example", region="ams3", hostname="tilling-swarm-{n}",
        cpus=4, memory_mb=8192,
    ),
    Lot(rows=2, contributor="@alexis_pi", region=None, hostname="raspi-{n}"),
    Lot(rows=2, contributor="@monaka", region="syd2", hostname="monaka-{n:02d}"),
    Lot(rows=1, contributor="@oneoff", region="lon1", hostname="my-laptop", memory_mb=16384),
    Lot(
        rows=1, contributor="@lastminute", region="syd2", hostname="swarm2k-late",
        joins=(110, 111),
    ),
)  # fmt: skip

_UNCLAIMED = (
    Lot(
        rows=2, contributor=None, region="bkk1", hostname="lynx-docker", copies=EVERYONE,
        fate=Fate.LOST, joins=(5, 20),
    ),
    Lot(
        rows=32, contributor=None, region="eu-west-1", hostname="base", copies=EVERYONE,
        joins=(0, 50), trouble=Trouble.MEMORY_SHORT,
    ),
    Lot(rows=8, contributor=None, region=None, hostname="swarm2k-images", copies=EVERYONE),
    Lot(
        rows=48, contributor=None, region="us-west-2", hostname="dockerswarm2k-{n:02d}", first=0,
        copies=2, fate=Fate.GHOST, joins=(10, 60),
    ),
    Lot(rows=20, contributor=None, region="ams3", hostname="vm-{n}", copies=2, joins=(10, 90)),
    Lot(rows=6, contributor=None, region=None, hostname="vc1s-{n}", first=101, copies=3),
    Lot(rows=40, contributor=None, region="syd2", hostname="swarm-syd2-{n:02d}", joins=(10, 100)),
    Lot(rows=23, contributor=None, region=None, hostname="ubuntu-{n:02d}", joins=(30, 110)),
    Lot(rows=2, contributor=None, region=None, hostname="xps-{n}", fate=Fate.LOST),
)  # fmt: skip

LOTS = _LARGE + _SMALL + _UNCLAIMED
"""All but the managers, which belong to the organisers and are claimed by nobody."""


def scaled_lots(rows: int) -> list[Lot]:
    """Return the crowd shrunk or grown to `rows` node ids; lots left without any are dropped."""
    shares = apportion([lot.rows for lot in LOTS], rows)
    return [replace(lot, rows=share) for lot, share in zip(LOTS, shares, strict=True) if share]
