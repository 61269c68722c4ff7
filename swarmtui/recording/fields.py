"""What becomes of every text that is recorded, field by field.

No field with text in it is missing in the table: a test sees to that.
"""

from collections.abc import Mapping
from enum import Enum, auto

from swarmtui.insight.absences import Absence, AbsencesMemory
from swarmtui.insight.chronicle import ChronicleMemory
from swarmtui.insight.clocks import ClocksMemory
from swarmtui.insight.counted import CountedMemory
from swarmtui.insight.courses import Courses, CoursesMemory
from swarmtui.insight.draining import DrainingMemory
from swarmtui.insight.errors import ShareMemory
from swarmtui.insight.failures import Failure, FailuresMemory
from swarmtui.insight.flapping import FlappingMemory
from swarmtui.insight.fleet import FleetMemory
from swarmtui.insight.groups import CensusMemory, GroupsMemory
from swarmtui.insight.leadership import LeaderMemory
from swarmtui.insight.membership import MembershipMemory
from swarmtui.insight.memory import Memory
from swarmtui.insight.moves import MovesMemory
from swarmtui.insight.oddities import OdditiesMemory
from swarmtui.insight.outages import OutageMemory, OutagesMemory
from swarmtui.insight.picture import Election, Happening, Place, Stay
from swarmtui.insight.problem_book import BookMemory, Entry
from swarmtui.insight.settling import SettlingMemory
from swarmtui.insight.timeline import Line
from swarmtui.insight.waves import LossMemory, WaveMemory, WavesMemory
from swarmtui.insight.workload import WorkloadMemory
from swarmtui.recording.entries import Landmark, Placed, Preface
from swarmtui.swarm.entities import ManagerStatus, Node, Service, Task
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import (
    CountsSeen,
    EventSeen,
    ManagerLost,
    ManagerSeen,
    NodesSeen,
    Pulse,
    ServicesSeen,
    TasksSeen,
    Waiting,
    WatcherLost,
)
from swarmtui.swarm.stats import ContainerStats, MachineSeen, StatsSeen, TailSeen


class Treatment(Enum):
    """What becomes of a field."""

    KEPT = auto()
    """It stays: ids, versions, states, names of services, regions and contributors."""
    TEXT = auto()
    """Secrets are left out; what is to be redacted is replaced in it."""
    SENTENCE = auto()
    """A text of this program's own: hostnames are known by where they stand in it."""
    HOSTNAME = auto()
    NAME = auto()
    """What a machine or a node is called: a hostname, unless it is the id of a node."""
    HOST = auto()
    """An address, a hostname, either of them with a port, or a URL with one of them."""
    LABELS = auto()
    VERB = auto()
    """Kept as far as it is a word: engines put the command of a `docker exec` behind it."""
    EVENT_NAME = auto()
    """Treated as what it is the name of."""
    TOLD = auto()
    """Pairs: a host, and what was told of it."""
    BY_MACHINE = auto()
    """A mapping by names of machines, without any text in it."""
    OMITTED = auto()
    """It has its default in a recording."""
    PARTS = auto()
    """It holds structs, or collections of them, each treated by its own table."""


KEPT, TEXT, SENTENCE, HOSTNAME, NAME, HOST = (
    Treatment.KEPT,
    Treatment.TEXT,
    Treatment.SENTENCE,
    Treatment.HOSTNAME,
    Treatment.NAME,
    Treatment.HOST,
)
LABELS, VERB, EVENT_NAME, TOLD = (
    Treatment.LABELS,
    Treatment.VERB,
    Treatment.EVENT_NAME,
    Treatment.TOLD,
)
BY_MACHINE, OMITTED, PARTS = Treatment.BY_MACHINE, Treatment.OMITTED, Treatment.PARTS

FIELDS: Mapping[type, Mapping[str, Treatment]] = {
    Node: {
        "id": KEPT,
        "hostname": HOSTNAME,
        "state_word": TEXT,
        "message": TEXT,
        "addr": HOST,
        "manager": PARTS,
        "engine_version": KEPT,
        "os": KEPT,
        "arch": KEPT,
        "labels": LABELS,
        "engine_labels": LABELS,
    },
    ManagerStatus: {"addr": HOST},
    Service: {
        "id": KEPT,
        "name": KEPT,
        "image": TEXT,
        "labels": LABELS,
        "constraints": TEXT,
        "update_state": KEPT,
        "update_message": TEXT,
    },
    Task: {
        "id": KEPT,
        "service_id": KEPT,
        "node_id": KEPT,
        "error": TEXT,
        "image": TEXT,
    },
    ManagerSeen: {
        "host": HOST,
        "cluster_id": KEPT,
        "node_id": KEPT,
        "api_version": KEPT,
        "engine_version": KEPT,
    },
    NodesSeen: {"changed": PARTS, "removed": KEPT},
    ServicesSeen: {"changed": PARTS, "removed": KEPT},
    TasksSeen: {"service_id": KEPT, "changed": PARTS, "removed": KEPT},
    EventSeen: {
        "type": KEPT,
        "action": VERB,
        "actor_id": TEXT,
        "name": EVENT_NAME,
        "detail": TEXT,
    },
    Pulse: {"waiting": PARTS},
    Waiting: {"what": TEXT},
    CountsSeen: {"cluster_id": KEPT, "error": TEXT},
    ManagerLost: {"host": HOST, "text": TEXT, "next_host": HOST},
    WatcherLost: {"text": TEXT},
    StatsSeen: {"machine": NAME, "containers": KEPT},
    ContainerStats: {"container_id": KEPT, "container": KEPT},
    TailSeen: {"machine": NAME, "text": TEXT, "unknown_key": OMITTED},
    MachineSeen: {
        "machine": NAME,
        "error": TEXT,
        "docker_version": KEPT,
        "node_id": KEPT,
        "managers": HOST,
        "join_error": TEXT,
        "unknown_key": OMITTED,
        "trust": OMITTED,
    },
    Machine: {
        "name": NAME,
        "addr": HOST,
        "user": OMITTED,
        "key_files": OMITTED,
        "jump": OMITTED,
        "node_id": KEPT,
        "region": KEPT,
        "contributor": KEPT,
        "groups": KEPT,
        "source": KEPT,
    },
    Preface: {
        "program": KEPT,
        "asked": HOST,
        "mine": KEPT,
        "pledges": KEPT,
        "machines": PARTS,
        "redacted": KEPT,
    },
    Placed: {"places": KEPT},
    Place: {
        "region": KEPT,
        "region_from": KEPT,
        "contributor": KEPT,
        "contributor_from": KEPT,
    },
    Landmark: {"text": TEXT},
    Memory: {
        "relists": PARTS,
        "running": KEPT,
        "timeline": PARTS,
        "chronicle": PARTS,
        "membership": PARTS,
        "workload": PARTS,
        "counted": PARTS,
        "history": KEPT,
        "census": PARTS,
        "fleet": PARTS,
        "book": PARTS,
    },
    Line: {"key": KEPT, "happening": PARTS},  # a line's key names a region at most
    # A query is of ids, or names a service.
    Happening: {"text": SENTENCE, "query": KEPT, "screen": KEPT},
    BookMemory: {"entries": PARTS},
    Entry: {"kind": KEPT, "subject": TEXT, "text": SENTENCE, "query": KEPT, "screen": KEPT},
    ChronicleMemory: {"election": PARTS, "host": HOST, "told": TOLD},
    Election: {"old_leader": NAME, "new_leader": NAME},
    MembershipMemory: {
        "trails": KEPT,
        "leader": PARTS,
        "settling": PARTS,
        "waves": PARTS,
        "outages": PARTS,
        "oddities": PARTS,
    },
    Stay: {"state": KEPT},
    SettlingMemory: {"nodes": KEPT},
    LeaderMemory: {"id": KEPT, "name": NAME, "elections": PARTS},
    WavesMemory: {"open": PARTS, "losses": PARTS, "expected": KEPT, "lost": KEPT},
    OutagesMemory: {"open": PARTS, "loose": KEPT},
    OutageMemory: {"value": TEXT, "nodes": KEPT, "back": KEPT},
    OdditiesMemory: {
        "flapping": PARTS,
        "draining": PARTS,
        "versions": KEPT,
        "clocks": PARTS,
        "moves": PARTS,
        "duties": KEPT,
    },
    FlappingMemory: {"away": KEPT, "returns": KEPT, "since": KEPT},
    DrainingMemory: {"left": KEPT, "known": KEPT},
    ClocksMemory: {"proofs": KEPT},
    MovesMemory: {"node_id": KEPT, "places": HOST},
    LossMemory: {"region": KEPT, "nodes": KEPT},
    WaveMemory: {"region": KEPT, "regions": KEPT, "nodes": KEPT, "remark": SENTENCE},
    WorkloadMemory: {
        "failures": PARTS,
        "errors": PARTS,
        "shortages": KEPT,
        "dated": KEPT,
        "absences": PARTS,
    },
    AbsencesMemory: {"held": KEPT, "back": PARTS},
    Absence: {},
    FailuresMemory: {"kept": PARTS, "began": KEPT},
    Failure: {"task_id": KEPT, "node_id": KEPT, "service_id": KEPT, "error": TEXT},
    ShareMemory: {"service_id": KEPT, "example": TEXT},
    CountedMemory: {"seen": PARTS, "anchor": KEPT},
    CensusMemory: {"regions": PARTS, "contributors": PARTS},
    GroupsMemory: {"trends": KEPT, "courses": PARTS},
    CoursesMemory: {"courses": PARTS},
    Courses: {"by_name": KEPT},
    FleetMemory: {
        "answers": PARTS,
        "trends": BY_MACHINE,
        "trusts": OMITTED,
        "clocks": BY_MACHINE,
        "shared": KEPT,
    },
}
"""Fields that hold text, by the struct they are in."""
