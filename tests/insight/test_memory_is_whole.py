"""No part of an analyst is forgotten: all it knows is remembered, or follows from the snapshot."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from swarmtui.insight.absences import Absences, AbsencesMemory
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.black_holes import Failing
from swarmtui.insight.chronicle import Chronicle, ChronicleMemory
from swarmtui.insight.clocks import Clocks, ClocksMemory
from swarmtui.insight.counted import Counted, CountedMemory
from swarmtui.insight.courses import CourseKeeper, CoursesMemory
from swarmtui.insight.draining import Draining, DrainingMemory
from swarmtui.insight.errors import ErrorTally, Share, ShareMemory
from swarmtui.insight.failures import FailuresMemory, FailureWindow
from swarmtui.insight.flapping import Flapping, FlappingMemory
from swarmtui.insight.fleet import Fleet, FleetMemory
from swarmtui.insight.groups import Census, CensusMemory, Groups, GroupsMemory
from swarmtui.insight.history import History, HistoryMemory, Rate
from swarmtui.insight.identities import Identities, Sharing
from swarmtui.insight.leadership import Leader, LeaderMemory
from swarmtui.insight.loads import Loads
from swarmtui.insight.machine_clocks import MachineClocks
from swarmtui.insight.machines import Answers, Machines, Matches
from swarmtui.insight.manager_duties import ManagerDuties, ManagerDutiesMemory
from swarmtui.insight.membership import Membership, MembershipMemory
from swarmtui.insight.memory import Memory, MemoryMismatchError
from swarmtui.insight.moves import Moves
from swarmtui.insight.oddities import Oddities, OdditiesMemory
from swarmtui.insight.outages import Outage, OutageMemory, Outages, OutagesMemory
from swarmtui.insight.picture import Place
from swarmtui.insight.pipeline import Pipeline
from swarmtui.insight.problem_book import BookMemory, ProblemBook
from swarmtui.insight.published import Published
from swarmtui.insight.relists import Relists
from swarmtui.insight.roster import Roster
from swarmtui.insight.settling import Settling, SettlingMemory
from swarmtui.insight.tally import TaskTally
from swarmtui.insight.task_problems import Shortages
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.timeline import Timeline
from swarmtui.insight.trails import Trails
from swarmtui.insight.traits import Trait, Traits
from swarmtui.insight.versions import Versions, VersionsMemory
from swarmtui.insight.waves import Wave, WaveMemory, Waves, WavesMemory, Way
from swarmtui.insight.workload import Workload, WorkloadMemory
from tests.factories import NOON
from tests.insight.story import Story, make_nodes

MEMORIES: dict[type, type[msgspec.Struct]] = {
    Analyst: Memory,
    Census: CensusMemory,
    CourseKeeper: CoursesMemory,
    Chronicle: ChronicleMemory,
    Absences: AbsencesMemory,
    Clocks: ClocksMemory,
    Counted: CountedMemory,
    Draining: DrainingMemory,
    FailureWindow: FailuresMemory,
    Flapping: FlappingMemory,
    Fleet: FleetMemory,
    Groups: GroupsMemory,
    History: HistoryMemory,
    Leader: LeaderMemory,
    ManagerDuties: ManagerDutiesMemory,
    Membership: MembershipMemory,
    Oddities: OdditiesMemory,
    Outage: OutageMemory,
    Outages: OutagesMemory,
    ProblemBook: BookMemory,
    Settling: SettlingMemory,
    Share: ShareMemory,
    Versions: VersionsMemory,
    Wave: WaveMemory,
    Waves: WavesMemory,
    Workload: WorkloadMemory,
}
"""Memories that have a field for each attribute, of the same name but for underscores."""

REMEMBERED: dict[type, set[str]] = {
    Answers: {"_by_machine"},
    ErrorTally: {"groups"},
    FailureWindow: {"_counted", "_passed"},
    MachineClocks: {"since", "ours_since"},
    Membership: {"roster"},
    Moves: {"_moves"},
    Outage: {"kin"},
    Pipeline: {"_dated"},
    Rate: {"_points"},
    Relists: {"_coming"},
    Roster: {"_since"},
    Shortages: {"_progress"},
    Timeline: {"_lines"},
    Trails: {"_trails"},
}
"""Attributes that are remembered under another name, or as all that is remembered."""

MADE_ANEW: set[type] = {
    Failing,
    Loads,
    Machines,
    Matches,
    Published,
    TaskTally,
    Traits,
    Sharing,
}
"""What follows from the snapshot and from what others remember."""

FOLLOWS: dict[type, set[str]] = {
    Absences: {"_away"},
    Analyst: {"_snapshot", "_touched"},
    Answers: {"_by_node", "shared"},
    Census: {"_entries"},
    FailureWindow: {
        *("by_node", "by_service", "by_state", "pairs", "revisions", "_by_node", "_by_service"),
        *("_changes", "_known", "_unpublished", "touched_nodes", "touched_services"),
        *("absences", "causes", "loops", "looped", "_slots", "_slices", "swallowed"),
    },
    Fleet: {"_has_moved", "_touched", "_containers", "_containers_out", "_claims"},
    Groups: {"_sums"},
    ErrorTally: {"_out"},
    History: {"_out"},
    Flapping: {"_counts"},
    Identities: {"ghosts", "_newest", "_changed", "_dirty", "_twins"},
    Leader: {"managers"},
    MachineClocks: {"_in_order", "_offsets", "_told_at"},
    Membership: {"_answers", "_told"},
    Outages: {"revision"},
    Pipeline: {
        "_alive",
        "_coming",
        "_coming_since",
        "_heaps",
        "_moved",
        "_recalled",
        "_waiting",
    },
    Versions: {"_managers", "_nodes"},
    Roster: {"by_availability", "by_state", "managers", "touched_nodes"},
    Share: {"count"},
    Timeline: {"_out"},
}
"""Attributes of the others that do."""

GIVEN: dict[type, set[str]] = {
    Analyst: {
        *("_hear_machines", "_inventory", "_place", "_place_machine", "_pledges"),
        "_is_mine",
        *("_own_pledges", "_tell_viewpoint", "viewpoint"),
    },
    Fleet: {"_inventory", "_place_machine"},
    FailureWindow: {"_looping", "_runs_well"},
    Groups: {"_is_mine", "_name_of", "_pledges"},
    Membership: {"_running_on"},
    Outages: {"_ghosts"},
    Pipeline: {"_most_moved"},
    Roster: {"_find_place"},
    Shortages: {"_patience"},
    Waves: {"_is_dismissed", "_region_of"},
}
"""What an analyst has from the start."""


def attributes(part: object) -> dict[str, Any]:
    names = getattr(type(part), "__slots__", None) or vars(part)
    return {name: getattr(part, name) for name in names}


def is_part(value: object) -> bool:
    is_ours = type(value).__module__.startswith("swarmtui.insight.")
    return is_ours and not isinstance(value, msgspec.Struct | tuple)


def walk(part: object, seen: set[int]) -> Iterator[object]:
    if id(part) in seen or type(part) in MADE_ANEW:
        return
    seen.add(id(part))
    yield part
    for value in attributes(part).values():
        if is_part(value):
            yield from walk(value, seen)


def list_forgotten(part: object) -> list[str]:
    kind = type(part)
    fields = MEMORIES[kind].__struct_fields__ if kind in MEMORIES else ()
    named = REMEMBERED.get(kind, set()) | FOLLOWS.get(kind, set()) | GIVEN.get(kind, set())
    return [
        name
        for name, value in attributes(part).items()
        if name not in named
        and name.strip("_") not in fields
        and not is_part(value)
        and not isinstance(value, Thresholds)  # given, whoever has them
    ]


def make_parts() -> list[object]:
    others = [Wave(Way.DOWN, "eu", NOON), Outage((Trait.REGION, "eu"), NOON), Share()]
    return [*walk(Analyst(place=lambda _: Place()), set()), *others]


@pytest.mark.parametrize("part", make_parts(), ids=lambda part: type(part).__name__)
def test_all_that_a_part_knows_is_remembered_or_follows(part: object) -> None:
    assert list_forgotten(part) == []


def test_a_part_that_nobody_thought_of_is_found() -> None:
    analyst = Analyst(place=lambda _: Place())
    analyst.something_new = {}  # type: ignore[attr-defined]
    assert list_forgotten(analyst) == ["something_new"]


def test_a_memory_of_other_nodes_is_refused_and_changes_nothing() -> None:
    told, other = Story(), Story()
    told.show(make_nodes(3), 0)
    other.show(make_nodes(4), 0)
    before = told.picture()
    with pytest.raises(MemoryMismatchError, match="not of these 3 nodes"):
        told.analyst.recall(told.analyst.snapshot, other.analyst.remember())
    assert told.picture() == before


def test_a_memory_of_an_earlier_version_lacks_what_was_added_later() -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode({}), type=Memory) == Memory()
