"""What a recording holds: observations, and what the watching made of them that cannot be redone.

Where a node is and whose it is was found out with files that may be gone later, so it is recorded
too; and so is what an analyst remembers, in the keyframes.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from swarmtui.insight.picture import Place
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import Observation


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Where nodes are and whose they are, from now on; comes before the nodes themselves."""

    taken_at: datetime
    places: Mapping[str, Place]
    """By node id; only those that are new or moved."""


Entry = Observation | Placed


class Preface(msgspec.Struct, frozen=True, kw_only=True):
    """What a recording is of, and how it was made."""

    began_at: datetime
    program: str
    """Version of the program that wrote it."""
    asked: tuple[str, ...] = ()
    """The managers asked, as given; without user and password."""
    mine: str = ""
    """The contributor whose eyes it was seen with."""
    pledges: Mapping[str, int] = {}
    """Nodes promised, by contributor."""
    machines: tuple[Machine, ...] = ()
    """The inventory: names, addresses, regions, contributors; no users, no keys."""
    redacted: tuple[str, ...] = ()
    """What was replaced: `addresses`, `hostnames`."""
    with_specs: bool = False
    """Labels are in it."""


class LandmarkKind(StrEnum):
    """What one can jump to."""

    ELECTION = "election"
    INCIDENT = "incident"
    BOOKMARK = "bookmark"


class Landmark(msgspec.Struct, frozen=True, kw_only=True):
    """A moment worth finding again."""

    at: datetime
    kind: LandmarkKind
    text: str
    """An election or incident in words, or the note of a bookmark; one line."""
