"""What is shown of a real swarm while it breaks: the truth, in time, and nothing false."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from swarmtui.insight.picture import HappeningKind, Phase, Picture
from swarmtui.swarm.observation import FailureKind, ManagerLost, WatcherLost
from swarmtui.swarm.words import NodeState, Reachability
from tests.acceptance.watching import Watching, node_named, phases, utc_now
from tests.lab.lab import Lab
from tests.lab.proxy import Proxy

NODES = 5


def check_nothing_false(
    pictures: Sequence[Picture], *, leaders: set[str], lost: set[str], elections: int = 1
) -> None:
    """Check that no picture told of leaders, losses or problems that were none."""
    for picture in pictures:
        assert picture.nodes.total == NODES
        assert picture.leadership.leader in leaders
        assert len(picture.leadership.elections) <= elections
        assert not isinstance(picture.snapshot.lost, WatcherLost)
        blamed = {
            picture.snapshot.nodes[node].hostname
            for problem in picture.problems
            if problem.kind in {"nodes_down", "region_down", "ghosts"}
            for node in problem.nodes
        }
        assert blamed <= lost
    told = [h.text for h in pictures[-1].happenings if h.kind is HappeningKind.NODES]
    assert all(any(name in text for name in lost) for text in told), told


def asked(picture: Picture) -> str:
    """Return the address of the manager asked."""
    return picture.snapshot.manager.host if picture.snapshot.manager else ""


@pytest.mark.parametrize("is_asked", [True, False], ids=["the manager asked", "another manager"])
def test_a_killed_leader_is_one_election_and_nothing_else(swarm: Lab, is_asked: bool) -> None:
    leader = swarm.leader()
    assert leader
    followers = [name for name in swarm.managers if name != leader]
    order = [leader, *followers] if is_asked else [*followers, leader]
    with Watching(*(swarm.engines[name].url for name in order)) as watching:
        began = len(watching.pictures)
        killed_at = utc_now()
        swarm.kill(leader)
        troubled = watching.wait_for(
            lambda p: p.snapshot.lost is not None or p.snapshot.waiting is not None,
            within_s=5,
            what="the loss or the hanging request is said",
        )
        assert (troubled.at - killed_at).total_seconds() < 5
        elected = watching.wait_for(
            lambda p: p.leadership.leader in followers, within_s=30, what="a new leader"
        )
        settled = watching.wait_for(
            lambda p: (
                p.leadership.phase is Phase.LED
                and p.nodes.ready == NODES - 1
                and node_named(p, leader).state is NodeState.DOWN
            ),
            within_s=90,
            what="the rest is ready again and the killed leader is down",
        )
        pictures = watching.pictures[began:]
    (election,) = settled.leadership.elections
    assert (election.old_leader, election.new_leader) == (leader, elected.leadership.leader)
    real_s = (election.at - killed_at).total_seconds()
    # The asking goes on every two seconds: the death is noticed that much later at the most.
    assert real_s - 3 < election.leaderless_s < real_s + 1
    assert election.leaderless_s == settled.leadership.leaderless_s > 5
    assert Phase.ELECTING in phases(pictures)
    assert elected.leadership.phase in {Phase.SETTLING, Phase.LED}
    assert settled.leadership.quorum.margin == 0
    lines = {line.hostname: line.reachability for line in settled.leadership.managers}
    assert lines[leader] is not Reachability.REACHABLE
    check_nothing_false(pictures, leaders={leader, elected.leadership.leader}, lost={leader})


def test_a_killed_worker_is_down_and_its_tasks_run_on_lost(swarm: Lab) -> None:
    with Watching(*(swarm.engines[name].url for name in swarm.managers)) as watching:
        w0 = watching.node("w0").id
        carried = watching.now.loads[w0].running
        assert carried >= 3
        swarm.kill("w0")
        down = watching.wait_for(
            lambda p: (
                p.snapshot.nodes[w0].state is NodeState.DOWN and p.tasks.running_on_lost >= carried
            ),
            within_s=40,
            what="w0 is down, with its tasks on it",
        )
        assert down.snapshot.nodes[w0].message == "heartbeat failure"
        assert down.nodes.ready == NODES - 1
        assert down.tasks.running == down.tasks.running_on_ready + down.tasks.running_on_lost
        moved = watching.wait_for(
            lambda p: p.tasks.running_on_ready >= 10, within_s=60, what="its tasks moved on"
        )
        assert moved.tasks.running_on_lost == carried
        assert [p.subject for p in moved.problems if w0 in p.nodes]
        swarm.start("w0")
        back = watching.wait_for(
            lambda p: p.snapshot.nodes[w0].state is NodeState.READY, within_s=60, what="w0 is back"
        )
        assert back.tasks.running_on_lost == 0 or back.tasks.running_on_lost < carried
        texts = [happening.text for happening in back.happenings]
    assert any("w0" in text and "down" in text for text in texts)
    assert any("w0" in text and ("back" in text or "ready" in text) for text in texts)


def test_a_lost_quorum_is_said_and_its_return_too(swarm: Lab) -> None:
    leader = swarm.leader()
    assert leader
    killed = [name for name in swarm.managers if name != leader]
    with Watching(swarm.engines[leader].url) as watching:
        known = watching.now.snapshot
        swarm.kill(*killed)
        lost = watching.wait_for(
            lambda p: p.leadership.phase is Phase.LOST, within_s=90, what="the quorum is lost"
        )
        assert isinstance(lost.snapshot.lost, ManagerLost)
        assert lost.snapshot.lost.kind is FailureKind.NO_LEADER
        assert {problem.kind for problem in lost.problems} & {"no_leader", "quorum"}
        assert lost.health == "critical"
        assert lost.snapshot.nodes.keys() == known.nodes.keys()
        swarm.start(*killed)
        regained = watching.wait_for(
            lambda p: p.leadership.phase is Phase.LED and p.nodes.ready == NODES,
            within_s=120,
            what="the quorum is back and all nodes are ready",
        )
    assert regained.snapshot.lost is None
    assert regained.leadership.quorum.margin == 1
    assert len(regained.leadership.elections) == 1
    assert regained.leadership.leaderless_s > 5


def test_a_hanging_engine_is_said_within_three_seconds_and_left_after_thirty(swarm: Lab) -> None:
    leader = swarm.leader()
    assert leader
    follower, other = (name for name in swarm.managers if name != leader)
    with Watching(swarm.engines[follower].url, swarm.engines[other].url) as watching:
        began = len(watching.pictures)
        frozen_at = utc_now()
        swarm.freeze(follower)
        hanging = watching.wait_for(
            lambda p: p.snapshot.waiting is not None, within_s=8, what="the hanging request is said"
        )
        assert hanging.snapshot.waiting is not None
        # The next request leaves within two seconds; what counts is how soon its hanging is said.
        assert (hanging.at - hanging.snapshot.waiting.since).total_seconds() < 3
        assert (hanging.at - frozen_at).total_seconds() < 6
        taken_over = watching.wait_for(
            lambda p: p.snapshot.lost is None and asked(p) == swarm.engines[other].url,
            within_s=40,
            what="the other manager is asked",
        )
        assert taken_over.snapshot.manager is not None
        hung_s = (
            taken_over.snapshot.manager.taken_at - hanging.snapshot.waiting.since
        ).total_seconds()
        assert 30 <= hung_s < 32
        told = [happening.text for happening in taken_over.happenings]
        assert any("for 30 s" in text for text in told), told
        pictures = watching.pictures[began:]
    assert {len(picture.leadership.elections) for picture in pictures} == {0}
    assert pictures[-1].leadership.leader == leader


def test_a_cut_off_leader_is_an_election(swarm: Lab) -> None:
    leader = swarm.leader()
    assert leader
    follower, *_ = (name for name in swarm.managers if name != leader)
    with Watching(swarm.engines[follower].tcp_url) as watching:
        began = len(watching.pictures)
        swarm.cut(leader)
        elected = watching.wait_for(
            lambda p: p.leadership.leader not in {"", leader}, within_s=40, what="a new leader"
        )
        watching.wait_for(
            lambda p: node_named(p, leader).state is NodeState.DOWN, within_s=90, what="it is down"
        )
        swarm.mend(leader)
        healed = watching.wait_for(
            lambda p: p.nodes.ready == NODES and p.leadership.phase is Phase.LED,
            within_s=90,
            what="all is well again",
        )
        pictures = watching.pictures[began:]
    # Back again, the old leader's higher term can unseat the new one: a second, real election.
    assert len(healed.leadership.elections) in {1, 2}
    assert elected.leadership.elections[0].old_leader == leader
    check_nothing_false(pictures, leaders=set(swarm.managers), lost={leader}, elections=2)


def test_a_manager_cut_off_from_us_is_left_for_the_next(swarm: Lab) -> None:
    leader = swarm.leader()
    assert leader
    follower, other = (name for name in swarm.managers if name != leader)
    hosts = (swarm.engines[follower].tcp_url, swarm.engines[other].tcp_url)
    with Watching(*hosts) as watching:
        swarm.cut(follower)
        taken_over = watching.wait_for(
            lambda p: asked(p) == hosts[1],
            within_s=60,
            what="the other manager is asked",
        )
        seen = watching.wait_for(
            lambda p: node_named(p, follower).state is NodeState.DOWN,
            within_s=60,
            what="the one cut off is down",
        )
    assert taken_over.leadership.elections == ()
    assert seen.leadership.leader == leader


def test_when_the_connection_breaks_the_next_is_asked_within_a_second(swarm: Lab) -> None:
    folder = swarm.folder
    with (
        Proxy(swarm.engines["mg0"].url, f"unix://{folder}/first.sock") as first,
        Proxy(swarm.engines["mg1"].url, f"unix://{folder}/second.sock") as second,
        Watching(first.address, second.address) as watching,
    ):
        first.refuse()
        first.cut()
        taken_over = watching.wait_for(
            lambda p: asked(p) == second.address and p.snapshot.lost is None,
            within_s=10,
            what="the second manager answers",
        )
        assert taken_over.snapshot.manager is not None
        lost = next(
            h for h in taken_over.happenings if first.address in h.text and h.severity != "info"
        )
        gap_s = (taken_over.snapshot.manager.taken_at - lost.at).total_seconds()
        assert 0 <= gap_s < 1
        assert (first.traffic.methods, second.traffic.methods) == ({"GET"}, {"GET"})


def test_a_manager_of_another_swarm_is_refused(swarm: Lab) -> None:
    other = swarm.idle_engine()
    swarm.docker("swarm", "init", f"--advertise-addr={other.address}", on=other.name)
    try:
        with (
            Proxy(swarm.engines["mg0"].url, f"unix://{swarm.folder}/own.sock") as own,
            Watching(own.address, other.url) as watching,
        ):
            own.refuse()
            own.cut()
            refused = watching.wait_for(
                lambda p: (
                    isinstance(p.snapshot.lost, ManagerLost)
                    and p.snapshot.lost.kind is FailureKind.OTHER_SWARM
                ),
                within_s=10,
                what="the other swarm is refused",
            )
            assert refused.nodes.total == NODES
            assert refused.snapshot.manager is not None
            assert refused.snapshot.manager.host == own.address
            own.flow()
            watching.wait_for(lambda p: p.snapshot.lost is None, within_s=15, what="our own again")
    finally:
        swarm.docker("swarm", "leave", "--force", on=other.name)


def test_a_collector_that_is_killed_is_said_and_started_again(swarm: Lab) -> None:
    with Watching(swarm.engines["mg0"].url) as watching:
        watching.kill_collector()
        lost = watching.wait_for(
            lambda p: isinstance(p.snapshot.lost, WatcherLost), within_s=5, what="it is said"
        )
        assert isinstance(lost.snapshot.lost, WatcherLost)
        assert "signal 9" in lost.snapshot.lost.text
        assert lost.nodes.total == NODES
        again = watching.wait_for(lambda p: p.snapshot.lost is None, within_s=15, what="it is back")
    assert again.nodes.total == NODES
    assert again.tasks.running == lost.tasks.running
    assert again.leadership.elections == ()


def test_ssh_is_watched_and_connected_again_after_a_drop(
    swarm: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = swarm.sshd("mg1")
    home = swarm.folder / "home"
    keys = home / ".ssh"
    keys.mkdir(parents=True, exist_ok=True)
    (keys / "known_hosts").write_text(server.known_hosts_line + "\n")
    (keys / "id_ed25519").write_bytes(server.key_path.read_bytes())
    (keys / "id_ed25519").chmod(0o600)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with Watching(server.url) as watching:
        assert watching.now.nodes.total == NODES
        server.drop_connections()
        dropped_at = utc_now() + timedelta(seconds=1)
        again = watching.wait_for(
            lambda p: p.snapshot.nodes_at is not None and p.snapshot.nodes_at > dropped_at,
            within_s=20,
            what="new data after the drop",
        )
    assert again.snapshot.lost is None
    assert again.nodes.ready == NODES
