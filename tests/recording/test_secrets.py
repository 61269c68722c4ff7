"""No secret gets into a recording, and nothing that was to be redacted: its bytes are searched."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.recording.redaction import ADDRESSES, HOSTNAMES, KINDS, Redaction
from swarmtui.swarm.entities import ManagerStatus, Node
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import (
    CountsSeen,
    EventSeen,
    FailureKind,
    ManagerLost,
    ManagerSeen,
    Observation,
    Pulse,
    Waiting,
    WatcherLost,
)
from swarmtui.swarm.stats import (
    MachineSeen,
    SwarmState,
    TailSeen,
    TailState,
    TrustOutcome,
    TrustWish,
    UnknownKey,
)
from swarmtui.swarm.words import Reachability, Role
from tests.factories import (
    at,
    make_node,
    make_service,
    make_stats,
    make_task,
    nodes_seen,
    services_seen,
    stats_seen,
    tasks_seen,
)
from tests.recording.played import Played
from tests.recording.recorded import PREFACE, recording

SECRETS = (
    "SWMTKN-1-canarytoken",
    "SWMKEY-1-canarykey",
    "canaryuser",
    "canarypassword",
    "canarylabel",
    "canarycommand",
    "canarykeyfile",
    "canaryfingerprint",
    "/canary/socket",
)
"""What is in no recording, redacted or not."""

HOSTS = (
    "canaryhost-gone",  # known from the past alone
    "canaryhost-m0",
    "canaryhost-m1",
    "canaryhost-m2",
    "canaryhost-n1",
    "canaryhost-n2.example.com",
    "canaryhost-inventory",
    "canaryhost-gate",
    "canaryhost-door",
    "canaryhost-stray",
    "canaryhost-" + "x" * 60,
    "canaryhost with blanks",
    "Canaryhost\x1b[31m",
)
ADDRESSES_SEEN = (*(f"203.0.113.{n}" for n in range(1, 12)), "2001:db9::c0de")
SAME = "SWMTKN-1-canarytoken SWMKEY-1-canarykey tcp://canaryuser:canarypassword@203.0.113.9:2375"
TEXT = f"{SAME} and canaryhost-n1, canaryhost-n2.example.com: [2001:db9::c0de]:2377 203.0.113.7."


def node(number: int, hostname: str, **fields: Any) -> Node:
    """Return a node with canaries in all of its texts."""
    return make_node(
        f"{number:025}",
        **{
            "hostname": hostname,
            "addr": f"203.0.113.{number}",
            "message": TEXT,
            "state_word": TEXT,
            "labels": {"canarylabel": "canarylabel", "region": "eu"},
            "engine_labels": {"com.canarylabel": "canarylabel", "my.contributor": "me"},
        }
        | fields,
    )


def managers(leader: int) -> Iterator[Node]:
    for number in range(3):
        status = ManagerStatus(number == leader, Reachability.REACHABLE, f"203.0.113.{number}:2377")
        yield node(number, f"canaryhost-m{number}", role=Role.MANAGER, manager=status)


KEY = UnknownKey(
    type="ssh-ed25519",
    fingerprint="SHA256:canaryfingerprint",
    asked_as=("canaryuser@canaryhost-door",),
    name="canaryhost-door",
    file="/home/canaryuser/.ssh/known_hosts",
)
MACHINE = Machine(
    name="canaryhost-inventory",
    addr="canaryhost-door",
    user="canaryuser",
    key_files=("/home/canaryuser/canarykeyfile",),
    jump="canaryuser@canaryhost-gate:22",
    region="eu",
)


def past() -> list[Observation]:
    """Return what was seen before the recording began: much of it is only remembered."""
    named = [node(5, HOSTS[4]), node(6, HOSTS[5])]
    return [
        ManagerSeen(
            taken_at=at(-90),
            host="ssh://canaryuser:canarypassword@canaryhost-m0/canary/socket",
            cluster_id="c1",
            node_id="",
            api_version="1.41",
            engine_version="20.10.24",
        ),
        nodes_seen([*managers(0), *named, node(4, HOSTS[0])], second=-80, whole=True),
        nodes_seen([node(4, HOSTS[0], state="down")], second=-70),
        nodes_seen([], second=-35, removed=(f"{4:025}",)),
        services_seen([make_service()], second=-20, whole=True),
        tasks_seen([make_task(error=TEXT, state="failed")], second=-20, whole=True),
        ManagerLost(
            taken_at=at(-10),
            host="tcp://203.0.113.1:2375",
            kind=FailureKind.BROKEN,
            text=f"{TEXT} canaryhost-gone",
        ),
    ]


def evening() -> list[Observation]:
    """Return observations of every kind, with canaries wherever there is room for one."""
    hostnames = [*HOSTS[4:6], *HOSTS[10:]]
    nodes = [node(5 + number, hostname) for number, hostname in enumerate(hostnames)]
    lost = [replace(each, state="down") for each in nodes]
    return [
        Pulse(taken_at=at(0), waiting=Waiting(TEXT, at(0))),
        nodes_seen(nodes, second=1),
        ManagerSeen(
            taken_at=at(2),
            host="tcp://canaryuser:canarypassword@203.0.113.1:2375",
            cluster_id="c1",
            node_id=f"{1:025}",
            api_version="1.41",
            engine_version="20.10.24",
        ),
        services_seen(
            [
                make_service(
                    labels={"canarylabel": "canarylabel"},
                    image="203.0.113.8:5000/web@sha256:1",
                    constraints=("node.hostname==canaryhost-n1", "node.ip==203.0.113.5"),
                    update_message=TEXT,
                )
            ],
            second=3,
        ),
        tasks_seen(
            [
                make_task(f"t{i}", error=TEXT, state="failed", image="canaryhost-n1:5000/web")
                for i in range(9)
            ],
            second=4,
        ),
        nodes_seen(managers(1), second=5),
        nodes_seen(lost[:1], second=6),
        EventSeen(
            taken_at=at(7),
            type="node",
            action="update",
            actor_id=f"{5:025}",
            name="canaryhost-n1",
            detail=TEXT,
        ),
        EventSeen(
            taken_at=at(7),
            type="container",
            action="exec_create: sh -c canarycommand",
            actor_id="203.0.113.8/image",
            name="web.1",
        ),
        CountsSeen(taken_at=at(8), error=TEXT),
        stats_seen("canaryhost-inventory", make_stats("web.1"), second=9),
        TailSeen(
            taken_at=at(10),
            machine="canaryhost-stray",
            state=TailState.REFUSED,
            text=TEXT,
            unknown_key=KEY,
        ),
        MachineSeen(
            taken_at=at(11),
            machine="canaryhost-inventory",
            reachable=True,
            error=TEXT,
            swarm_state=SwarmState.ERROR,
            managers=("203.0.113.2:2377", "[2001:db9::c0de]:2377", "canaryhost-m1:2377"),
            join_error=TEXT,
            unknown_key=KEY,
            trust=TrustOutcome(
                wish=TrustWish(machine="canaryhost-inventory", key=KEY, asked_at=at(1)),
                file="/home/canaryuser/.ssh/known_hosts",
                text=TEXT,
            ),
        ),
        ManagerLost(
            taken_at=at(12),
            host="tcp://canaryhost-m1:2375",
            kind=FailureKind.TIMED_OUT,
            text=TEXT,
            next_host="ssh://canaryuser@203.0.113.3/canary/socket",
        ),
        WatcherLost(taken_at=at(13), text=TEXT, retry_s=1),
        nodes_seen(lost, second=14),
        # Another keyframe: what is remembered of all that goes to the file as well.
        nodes_seen([node(5, "canaryhost-n1")], second=100),
        tasks_seen([make_task("t99", error=TEXT, state="rejected")], second=101),
        Pulse(taken_at=at(170)),
    ]


def canaries_in(played: Played, wanted: Iterable[str]) -> set[str]:
    """Return what of `wanted` is in the file, as it is or unpacked, in any case of letters."""
    everything = b"\n".join((played.data, *played.payloads)).lower()
    return {each for each in wanted if each.lower().encode() in everything}


def play(path: Path, *, kinds: Iterable[str] = (), with_specs: bool = False) -> Played:
    attribution = Attribution(Rules(machines=(MACHINE,)))
    analyst = Analyst(
        place=attribution.place,
        machines=(MACHINE,),
        place_machine=attribution.place_machine,
        hear=attribution.hear,
    )
    for seen in past():
        analyst.see(seen)
    preface = replace(
        PREFACE,
        asked=(
            "tcp://canaryuser:canarypassword@203.0.113.1:2375",
            "ssh://canaryuser@canaryhost-gate/canary/socket",
            "canaryhost-m2:2375",
        ),
        machines=(MACHINE,),
    )
    with recording(
        path,
        analyst=analyst,
        preface=preface,
        redaction=Redaction(kinds),
        with_specs=with_specs,
        kept_labels=("region", "contributor"),
    ) as begun:
        begun.see(*evening())
        begun.recorder.bookmark(TEXT, at(160))
        return begun.play()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evening.rec"


@pytest.mark.parametrize("kinds", [(), KINDS])
def test_no_secret_is_in_a_recording(path: Path, kinds: tuple[str, ...]) -> None:
    assert canaries_in(play(path, kinds=kinds), SECRETS) == set()


def test_labels_are_in_it_only_when_asked_for(path: Path) -> None:
    played = play(path, with_specs=True)
    assert canaries_in(played, SECRETS) == {"canarylabel"}
    assert played.preface.with_specs


def test_labels_that_say_region_and_contributor_are_in_it(path: Path) -> None:
    labels = [
        {**each.labels, **each.engine_labels}
        for keyframe in play(path).keyframes
        for each in keyframe.moment.snapshot.nodes.values()
    ]
    assert labels
    assert all(each == {"region": "eu", "my.contributor": "me"} for each in labels)


def test_without_redaction_hosts_are_called_what_they_are_called(path: Path) -> None:
    """The search itself works: what it is to miss elsewhere it finds here."""
    hidden = {"canaryhost-gate", "Canaryhost\x1b[31m"}  # a jump host; escaped where it is shown
    found = canaries_in(play(path), (*HOSTS, *ADDRESSES_SEEN))
    assert found >= {*HOSTS} - hidden
    assert len(found & {*ADDRESSES_SEEN}) > 6


def test_no_hostname_is_in_a_recording_without_hostnames(path: Path) -> None:
    played = play(path, kinds=[HOSTNAMES])
    assert canaries_in(played, ("canaryhost", *HOSTS)) == set()
    assert "203.0.113.7" in canaries_in(played, ADDRESSES_SEEN)


def test_no_address_is_in_a_recording_without_addresses(path: Path) -> None:
    played = play(path, kinds=[ADDRESSES])
    assert canaries_in(played, ("203.0.113", "db9::", *ADDRESSES_SEEN)) == set()
    assert "canaryhost-n1" in canaries_in(played, HOSTS)


def test_neither_is_in_a_recording_without_both(path: Path) -> None:
    played = play(path, kinds=KINDS)
    assert canaries_in(played, ("canary", "203.0.113", "db9::")) == set()
    assert played.preface.redacted == KINDS


def test_what_was_replaced_was_replaced_by_the_same_everywhere(path: Path) -> None:
    played = play(path, kinds=KINDS)
    last = played.keyframes[-1].moment
    hostnames = {each.hostname for each in last.snapshot.nodes.values()}
    election = last.memory.membership.leader.elections[-1]
    assert {election.old_leader, election.new_leader} <= hostnames
    assert last.snapshot.nodes[f"{1:025}"].hostname == election.new_leader
    assert any(election.new_leader in mark.text for mark in played.landmarks)
    (machine,) = played.preface.machines
    assert {machine.name} == last.snapshot.stats.keys() or machine.name in last.snapshot.machines
    asked = played.preface.asked[0]
    assert last.snapshot.manager is not None
    assert last.snapshot.manager.host == asked
