"""What happens in the scenario `swarm2k`, and when."""

from collections import Counter
from itertools import pairwise

import pytest

from swarmtui.httpd.journal import Happening, Journal
from swarmtui.simulator.settings import Settings
from swarmtui.simulator.simulation import Simulation
from swarmtui.simulator.states import NodeState, Reachability, Role, TaskState
from swarmtui.simulator.swarm2k import Swarm2k
from swarmtui.simulator.tasks import Task
from swarmtui.simulator.timetable import CYCLE_S, LEADERLESS, MOMENTS, second_of
from swarmtui.simulator.world import World


def nodes_by_state(world: World) -> Counter[str]:
    return Counter(node.state for node in world.state.nodes.values())


def tasks_of(world: World) -> list[Task]:
    return [task for service in world.state.all_services() for task in service.tasks.values()]


def tasks_by_state(world: World) -> Counter[str]:
    return Counter(task.phase(world.agenda.now).state for task in tasks_of(world))


def running(world: World) -> int:
    return tasks_by_state(world)[TaskState.RUNNING]


def desired(world: World) -> int:
    return sum(service.desired(world.agenda.now) for service in world.state.services.values())


def leaders(world: World) -> list[str]:
    return [node.hostname for node in world.state.managers() if node.is_leader]


@pytest.fixture(scope="module")
def full_peak() -> World:
    return Simulation(Settings(), Journal()).at(second_of("peak"))


def test_at_the_peak_2312_of_2384_nodes_are_ready(full_peak: World) -> None:
    assert nodes_by_state(full_peak) == {NodeState.READY: 2312, NodeState.DOWN: 72}


def test_at_the_peak_96287_of_100000_tasks_run(full_peak: World) -> None:
    assert running(full_peak) == 96_287
    assert desired(full_peak) == 100_000


def test_at_the_peak_some_forty_services_one_of_them_global_are_there(full_peak: World) -> None:
    modes = Counter(service.plan.is_global for service in full_peak.state.services.values())

    assert modes == {False: 41, True: 1}


def test_names_and_ids_at_the_peak(full_peak: World) -> None:
    nodes = full_peak.state.nodes.values()

    assert len({node.hostname for node in nodes}) == 2058
    assert len({task.id for task in tasks_of(full_peak)}) == len(tasks_of(full_peak))
    assert all(len(node.id) == 25 for node in nodes)


@pytest.mark.parametrize(
    ("nodes", "tasks"), [(1, 10), (4, 0), (5, 30), (60, 500), (300, 1500), (60, 20_000)]
)
def test_any_size_reaches_exactly_its_peak(nodes: int, tasks: int) -> None:
    settings = Settings(nodes=nodes, tasks=tasks, managers=1)
    world = Simulation(settings, Journal()).at(second_of("peak"))

    assert len(world.state.nodes) == nodes
    assert running(world) == (tasks if nodes > 1 else 0)


def test_it_begins_with_the_managers_and_some_nodes_and_grows_at_once() -> None:
    simulation = Simulation(Settings(), Journal())

    assert leaders(simulation.at(0)) == ["mg1"]
    assert 20 < len(simulation.at(0).state.nodes) < 100
    assert len(simulation.at(10).state.nodes) > 250
    assert len(simulation.at(95).state.nodes) > 2300


def test_a_node_that_has_just_joined_is_unknown_and_has_no_name() -> None:
    simulation = Simulation(Settings(tasks=0), Journal())
    unnamed = [
        node.hostname
        for second in range(5, 15)
        for node in simulation.at(second).state.nodes.values()
        if node.state is NodeState.UNKNOWN
    ]

    assert unnamed
    assert set(unnamed) == {""}


def test_the_launch_shows_tasks_in_every_state_on_the_way(simulation: Simulation) -> None:
    seen: Counter[str] = Counter()
    for second in range(50, 120):
        seen += tasks_by_state(simulation.at(second))

    assert {
        "new", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running",
    } <= set(seen)  # fmt: skip


def test_running_tasks_grow_throughout_the_launch(simulation: Simulation) -> None:
    counts = [running(simulation.at(second)) for second in range(60, 320, 20)]

    assert all(earlier < later for earlier, later in pairwise(counts))


def test_tasks_that_fit_nowhere_wait_and_say_why(simulation: Simulation) -> None:
    world = simulation.at(second_of("black-holes"))
    errors = {
        task.complaint.text
        for task in tasks_of(world)
        if task.complaint and task.phase(world.agenda.now).state is TaskState.PENDING
    }

    assert any("insufficient resources on" in error for error in errors)
    assert any("scheduling constraints not satisfied on" in error for error in errors)
    assert all(error.startswith("no suitable node (") for error in errors)


def test_black_holes_fail_tasks_which_are_replaced_in_their_slot(simulation: Simulation) -> None:
    world = simulation.at(second_of("mended"))
    holes = {node.id for node in world.state.nodes.values() if node.machine.trouble}
    failed = [
        task
        for task in tasks_of(world)
        if task.node and task.node.id in holes and task.ending.err and not task.is_wanted
    ]

    assert len(failed) > 30
    for task in failed:
        assert task.slot == 0 or task.service.current[task.slot] is not task


def test_no_slot_keeps_more_than_its_history(simulation: Simulation) -> None:
    world = simulation.at(second_of("mended"))
    kept = Counter(
        (task.service.id, task.slot or (task.node.id if task.node else ""))
        for task in tasks_of(world)
    )

    assert max(kept.values()) <= 6


def test_64_of_200_nodes_of_a_region_go_down_within_30_s_and_come_back() -> None:
    simulation = Simulation(Settings(tasks=500), Journal())

    def down(second: float) -> int:
        return sum(
            node.machine.region == "ap-southeast-1" and node.state is NodeState.DOWN
            for node in simulation.at(second).state.nodes.values()
        )

    assert [down(169), down(200), down(269), down(291)] == [0, 64, 64, 0]


def test_tasks_of_a_lost_node_read_running_but_are_unwanted_and_replaced(
    simulation: Simulation,
) -> None:
    world = simulation.at(second_of("region-down") + 30)
    now = world.agenda.now
    lost = [
        task
        for task in tasks_of(world)
        if task.node
        and task.node.state is NodeState.DOWN
        and task.phase(now).state is TaskState.RUNNING
    ]

    assert lost
    for task in lost:
        assert task.desired_state(now) is TaskState.SHUTDOWN
        if task.slot:
            assert task.service.current[task.slot].is_wanted


def test_tasks_of_a_node_that_came_back_shut_down(simulation: Simulation) -> None:
    world = simulation.at(second_of("region-back") + 40)
    ended = [
        task
        for task in tasks_of(world)
        if task.halted_at < world.agenda.now and task.node and task.node.state is NodeState.READY
    ]

    assert ended
    assert {task.phase(world.agenda.now).state for task in ended} == {TaskState.SHUTDOWN}


def test_the_election_moves_the_leader_and_makes_nodes_unknown(simulation: Simulation) -> None:
    before = simulation.at(LEADERLESS.start)
    assert leaders(before) == ["mg1"]
    assert nodes_by_state(before)[NodeState.UNKNOWN] == 0
    versions = {node.id: node.updated_at for node in before.state.nodes.values()}

    still = simulation.at(LEADERLESS.end - 0.1)
    assert {node.id: node.updated_at for node in still.state.nodes.values()} == versions

    after = simulation.at(LEADERLESS.end)
    assert leaders(after) == ["mg0"]
    assert nodes_by_state(after)[NodeState.READY] == 0

    later = simulation.at(LEADERLESS.end + 16)
    assert nodes_by_state(later)[NodeState.UNKNOWN] == 1
    mg1 = later.state.managers()[1]
    assert (mg1.state, mg1.reachability) == (NodeState.UNKNOWN, Reachability.UNREACHABLE)


def test_the_old_leader_is_down_and_comes_back(simulation: Simulation) -> None:
    assert simulation.at(375).state.managers()[1].state is NodeState.DOWN

    mg1 = simulation.at(401).state.managers()[1]
    assert (mg1.state, mg1.reachability) == (NodeState.READY, Reachability.REACHABLE)


def test_no_task_changes_while_there_is_no_leader() -> None:
    simulation = Simulation(Settings(nodes=120, tasks=2000), Journal())

    def look(second: float) -> dict[str, TaskState]:
        world = simulation.at(second)
        return {task.id: task.phase(second).state for task in tasks_of(world)}

    assert look(LEADERLESS.start) == look(LEADERLESS.end - 0.01)


def test_a_single_manager_leads_on_after_its_election() -> None:
    simulation = Simulation(Settings(nodes=30, tasks=100, managers=1), Journal())

    for second in (100, 350, 500):
        assert leaders(simulation.at(second)) == ["mg0"]


def test_in_the_end_only_the_managers_are_left(simulation: Simulation) -> None:
    world = simulation.at(second_of("over"))

    assert {node.role for node in world.state.nodes.values()} == {Role.MANAGER}
    assert not world.state.services
    assert not world.state.remnants


def test_then_it_begins_anew_with_the_same_managers_and_leader(simulation: Simulation) -> None:
    before = simulation.at(CYCLE_S - 1)
    managers = [node.id for node in before.state.managers()]
    leader = leaders(before)
    after = simulation.at(CYCLE_S + 20)

    assert [node.id for node in after.state.managers()] == managers
    assert leaders(after) == leader
    assert len(after.state.nodes) > 20


def test_the_leader_changes_in_each_event_and_mg0_never_fails(simulation: Simulation) -> None:
    seen = []
    for cycle in range(3):
        world = simulation.at(cycle * CYCLE_S + 350)
        seen += leaders(world)
        assert world.state.managers()[0].reachability is Reachability.REACHABLE

    assert seen == ["mg0", "mg1", "mg0"]


def test_only_nodes_and_services_are_told_of() -> None:
    journal = Journal()
    told: list[Happening] = []
    journal.listen(told.append)
    Simulation(Settings(nodes=60, tasks=500), journal).at(719)
    kinds = Counter((happening.kind, happening.action) for happening in told)

    assert set(kinds) == {
        ("node", "create"), ("node", "update"), ("node", "remove"),
        ("service", "create"), ("service", "update"), ("service", "remove"),
    }  # fmt: skip
    assert kinds["node", "create"] == kinds["node", "remove"]
    assert kinds["service", "create"] == kinds["service", "remove"]


def test_changes_of_a_node_are_told_as_the_engine_tells_them() -> None:
    journal = Journal()
    told: list[Happening] = []
    journal.listen(told.append)
    Simulation(Settings(nodes=60, tasks=0), journal).at(30)
    created = next(happening for happening in told if happening.action == "create")
    first, second, *_ = (h for h in told if h.subject == created.subject)

    assert first.attributes == {"name": ""}
    assert second.attributes["state.old"] == "unknown"
    assert second.attributes["state.new"] == "ready"
    assert second.attributes["name"]


def test_moments_are_in_order_and_within_the_event() -> None:
    seconds = [moment.second for moment in MOMENTS]

    assert seconds == sorted(seconds)
    assert seconds[-1] < CYCLE_S
    assert [second_of(moment.name) for moment in MOMENTS] == seconds


def test_the_event_can_be_written_into_any_world() -> None:
    world = World(Settings(nodes=10, tasks=20), Journal(), cycle=4)
    Swarm2k(world)

    world.agenda.run_until(world.begins_at + second_of("peak"))

    assert running(world) == 20
