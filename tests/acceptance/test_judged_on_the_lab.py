"""What is done to a real swarm is named, in time, and over once it is made good."""

from collections.abc import Callable, Iterator

import pytest

from swarmtui.insight.picture import Phase, Picture, Problem, Severity
from tests.acceptance.watching import Watching, utc_now
from tests.judging.figures import Figure
from tests.lab.lab import Lab

NOWHERE = "nowhere"
"""The lab has a service that fits nowhere, from the beginning to the end."""
LASTING = frozenset({"failing", "crash_loop"})
"""Failures count for five minutes, also those of tests before: a glance cannot tell that they ended
with a node."""


@pytest.fixture
def watching(swarm: Lab) -> Iterator[Watching]:
    """Watch by the managers that stay."""
    leader = swarm.leader()
    order = sorted(swarm.managers, key=lambda name: name == leader)
    with Watching(*(swarm.engines[name].url for name in order)) as watching:
        watching.wait_for(
            lambda p: p.leadership.phase is Phase.LED and p.nodes.ready == len(p.snapshot.nodes),
            within_s=60,
            what="all is well",
        )
        yield watching


def names(kind: str, subject: str = "") -> Callable[[Picture], bool]:
    """Return what tells whether a picture names a problem of this kind, about this subject."""

    def is_named(picture: Picture) -> bool:
        return any(
            problem.kind == kind and subject in f"{problem.subject} {problem.text}"
            for problem in picture.problems
        )

    return is_named


def loud(picture: Picture) -> dict[str, str]:
    """Return what somebody has to look at that the lab does not always have, by its kind."""
    told = [p for p in picture.problems if p.severity is not Severity.INFO]
    return {p.kind: p.text for p in told if not (p.kind == "unplaceable" and p.subject == NOWHERE)}


def left_over(watching: Watching) -> frozenset[str]:
    """Return the kinds of problems that are there because of what was done before."""
    return LASTING if loud(watching.now).keys() & LASTING else frozenset()


def find(picture: Picture, kind: str) -> Problem:
    """Return the problem of a kind."""
    return next(problem for problem in picture.problems if problem.kind == kind)


def test_a_killed_leader_is_named_and_nothing_else(
    swarm: Lab, watching: Watching, figure: Figure
) -> None:
    leader = swarm.leader()
    assert leader
    before, began, killed_at = left_over(watching), len(watching.pictures), utc_now()
    swarm.kill(leader)
    named = watching.wait_for(names("no_leader"), within_s=30, what="no leader")
    # A manager that was not the leader's notices only once its own election timer is over.
    seconds = (named.at - killed_at).total_seconds()
    figure("lab: a killed leader is named after", f"{seconds:.0f} s")
    down = watching.wait_for(names("nodes_down", leader), within_s=60, what="the node is down")
    assert find(down, "quorum").severity is Severity.WARNING
    swarm.start(leader)
    well = watching.wait_for(lambda p: loud(p).keys() <= before, within_s=90, what="all is well")
    assert names("leader_changed")(well)
    seen = set[str]().union(*map(loud, watching.pictures[began:]))
    told = {"no_leader", "quorum", "manager_lost", "nodes_down", "running_on_lost", "short"}
    assert seen <= told | before


def test_a_killed_worker_is_named_and_over_once_it_is_back(
    swarm: Lab, watching: Watching, figure: Figure
) -> None:
    before, began, killed_at = left_over(watching), len(watching.pictures), utc_now()
    swarm.kill("w0")
    named = watching.wait_for(names("nodes_down", "w0"), within_s=40, what="w0 is named")
    seconds = (named.at - killed_at).total_seconds()
    figure("lab: a killed worker is named after", f"{seconds:.0f} s")
    swarm.start("w0")
    well = watching.wait_for(lambda p: loud(p).keys() <= before, within_s=60, what="all is well")
    assert any("w0 came back" in happening.text for happening in well.happenings)
    seen = set[str]().union(*map(loud, watching.pictures[began:]))
    assert seen <= {"nodes_down", "running_on_lost", "short"} | before


def test_a_service_that_crashes_again_and_again_is_named(
    swarm: Lab, watching: Watching, figure: Figure
) -> None:
    before, began = left_over(watching), len(watching.pictures)
    created_at = utc_now()
    swarm.create_service(
        "crasher",
        replicas=2,
        command=["sh", "-c", "sleep 1; exit 3"],
        options=["--restart-delay=1s"],
        converge_within_s=None,
    )
    try:
        named = watching.wait_for(names("crash_loop", "crasher"), within_s=60, what="the loop")
        seconds = (named.at - created_at).total_seconds()
        figure("lab: a crashing service is named after", f"{seconds:.0f} s")
        assert "crasher" in find(named, "crash_loop").command
    finally:
        swarm.remove_service("crasher")
    watching.wait_for(
        lambda p: not names("crash_loop", "crasher")(p), within_s=20, what="nothing crashes"
    )
    others = {
        kind: text
        for picture in watching.pictures[began:]
        for kind, text in loud(picture).items()
        if "crasher" not in text
    }
    assert not others.keys() - before


def test_a_constraint_that_nothing_satisfies_is_named_and_over_once_it_is_satisfied(
    swarm: Lab, watching: Watching, figure: Figure
) -> None:
    before, created_at = left_over(watching), utc_now()
    swarm.create_service(
        "lunar",
        replicas=1,
        options=["--constraint=node.labels.crater==yes"],
        converge_within_s=None,
    )
    try:
        named = watching.wait_for(names("unplaceable", "lunar"), within_s=30, what="the constraint")
        seconds = (named.at - created_at).total_seconds()
        figure("lab: a constraint nothing satisfies is named after", f"{seconds:.0f} s")
        swarm.label("w1", crater="yes")
        watching.wait_for(
            lambda p: not names("unplaceable", "lunar")(p), within_s=30, what="it is placed"
        )
        assert not loud(watching.now).keys() - before
    finally:
        swarm.remove_service("lunar")
