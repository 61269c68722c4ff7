"""The machines of a scripted swarm: a few regions and contributors, all there from the start."""

from random import Random

from swarmtui.simulator.fleet import Machine
from swarmtui.simulator.settings import Settings

_REGIONS = {"eu-west-1": 40, "us-east-1": 44, "ap-south-1": 48, "nyc3": 52, "fra1": 56}
"""Second number of the addresses there, 10.N.0.0."""
_CONTRIBUTORS = ("@fjordly", "Nimbus Technology", "@kalliope", "tilling.example", "@bosun44")
_WORDS = ("heron", "marten", "plover", "osprey", "lynx", "stoat", "curlew", "badger")


def crew(settings: Settings, seed: str) -> list[Machine]:
    """Return the workers' machines; each has a hostname and an address of its own.

    Regions are of one size; contributors have machines in all of them, and every engine is of one
    version, so that what a region has in common is nothing but the region.
    """
    chance = Random(seed)
    return [_machine(place, chance) for place in range(settings.nodes - settings.managers)]


def _machine(place: int, chance: Random) -> Machine:
    region, network = list(_REGIONS.items())[place % len(_REGIONS)]
    row = place // len(_REGIONS)
    contributor = chance.choice(_CONTRIBUTORS)
    return Machine(
        hostname=f"{chance.choice(_WORDS)}-{place + 1:03d}",
        address=f"10.{network}.{row // 250}.{row % 250 + 1}",
        region=region,
        contributor=contributor,
        node_labels={"region": region, "contributor": contributor},
        engine_version="20.10.24",
        cpus=2,
        memory_bytes=4 << 30,
    )
