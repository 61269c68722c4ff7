"""What scripts do to a calm swarm, and that what they tell of it is so."""

import pytest

from swarmtui.httpd.journal import Journal
from swarmtui.simulator.agenda import Window
from swarmtui.simulator.clock import Calendar
from swarmtui.simulator.deeds import Deed
from swarmtui.simulator.documents import Documents
from swarmtui.simulator.faces import NO_LEADER
from swarmtui.simulator.scenarios import SCENARIOS, SCRIPTS
from swarmtui.simulator.settings import Settings
from swarmtui.simulator.silence import Hush, Silence
from swarmtui.simulator.simulation import Simulation
from swarmtui.simulator.states import Availability, NodeState, TaskState
from swarmtui.simulator.world import World
from tests.factories import NOON

SETTINGS = Settings(nodes=80, tasks=600, seed=7)


class Play:
    """One script, to be looked at at seconds that only grow."""

    def __init__(self, name: str, *, seed: int = 7) -> None:
        settings = Settings(nodes=80, tasks=600, seed=seed)
        self._simulation = Simulation(settings, Journal(), scenario=SCENARIOS[name])
        self.world = self.at(0)

    def at(self, second: float) -> World:
        return self._simulation.at(second)

    def deed(self, what: str) -> Deed:
        return next(deed for deed in self.world.deeds if deed.what == what)


def running(world: World) -> int:
    return sum(service.running(world.agenda.now) for service in world.state.all_services())


def states(world: World) -> set[str]:
    return {node.state for node in world.state.nodes.values()}


def everything(world: World) -> list[bytes]:
    documents, now = Documents(Calendar(NOON)), world.agenda.now
    tasks = [task for service in world.state.all_services() for task in service.in_order()]
    return [
        *(documents.node(node) for node in world.state.nodes_in_order()),
        *(documents.task(task, now) for task in tasks),
    ]


@pytest.mark.parametrize("name", [script.name for script in SCRIPTS])
def test_before_anything_happens_all_nodes_are_ready_and_all_tasks_run(name: str) -> None:
    world = Play(name).at(15)

    assert states(world) == {NodeState.READY}
    assert running(world) == 600
    assert not world.orchestrator.failures


@pytest.mark.parametrize("name", [script.name for script in SCRIPTS])
def test_the_same_seed_gives_the_same_swarm_and_the_same_deeds(name: str) -> None:
    once, often = Play(name), Play(name)
    for second in range(0, 300, 7):
        often.at(second)

    assert everything(once.at(300)) == everything(often.at(300))
    assert once.world.deeds == often.world.deeds


@pytest.mark.parametrize("name", [script.name for script in SCRIPTS if script.name != "calm"])
def test_another_seed_gives_another_course(name: str) -> None:
    assert everything(Play(name, seed=1).at(300)) != everything(Play(name, seed=2).at(300))


@pytest.mark.parametrize("name", [script.name for script in SCRIPTS])
def test_long_after_the_script_all_that_is_wanted_runs_again(name: str) -> None:
    world = Play(name).at(600)
    now = world.agenda.now

    for service in world.state.services.values():
        assert service.running(now) >= service.desired(now)
    # A new document for what came and went, and nothing at all for what stayed.
    assert states(world) == {NodeState.READY}


def test_a_lost_region_is_down_from_the_third_node_on_until_the_last_is_back() -> None:
    play = Play("region-outage")
    deed = play.deed("region lost")

    def down(second: float) -> int:
        nodes = play.at(second).state.nodes.values()
        return sum(n.machine.region == deed.subject and n.state is NodeState.DOWN for n in nodes)

    assert down(deed.began - 0.001) < 3 <= down(deed.began)
    assert down(deed.ended - 0.001) > 0 == down(deed.ended)


def test_an_election_stills_the_swarm_and_leaves_most_nodes_unknown() -> None:
    play = Play("election")
    deed = play.deed("no leader")
    before = everything(play.at(deed.began))

    assert everything(play.at(deed.ended - 0.1)) == before
    nodes = play.at(deed.ended).state.nodes.values()
    assert sum(node.state is NodeState.UNKNOWN for node in nodes) == 80


def test_while_scheduling_is_stalled_nothing_moves_and_the_manager_answers() -> None:
    play = Play("stalled-scheduling")
    deed = play.deed("stalled")
    before = everything(play.at(deed.began + 1))

    world = play.at(deed.ended - 1)
    assert everything(world) == before
    assert world.silence_at(deed.ended - 1) is None
    waiting = {
        task.phase(world.agenda.now).state
        for service in world.state.services.values()
        for task in service.tasks.values()
    }
    assert waiting & {TaskState.NEW, TaskState.PENDING}


def test_a_black_hole_has_failed_five_tasks_of_a_service_and_carries_few() -> None:
    play = Play("black-hole")
    play.at(240)
    deed = play.deed("black hole")
    world = play.world
    (node,) = (n for n in world.state.nodes.values() if n.hostname == deed.subject)

    failed = [n for (node_id, _), n in world.orchestrator.failures.items() if node_id == node.id]
    assert max(failed) >= 5
    assert play.at(deed.ended + 10).state.nodes[node.id].availability is Availability.DRAIN
    assert not node.tasks


def test_an_image_that_is_missing_is_tried_at_least_five_times_on_each_node() -> None:
    play = Play("image-missing")
    world = play.at(200)
    lacking = {node.id for node in world.state.nodes.values() if node.lacks}

    assert {node_id for node_id, _ in world.orchestrator.failures} == lacking
    assert min(world.orchestrator.failures.values()) >= 5


def test_tasks_on_a_machine_with_a_wrong_clock_began_in_the_future() -> None:
    play = Play("clock-skew")
    deed = play.deed("clock skew")
    calendar = Calendar(NOON)
    now = calendar.stamp(deed.began).encode()

    def later_than_now(second: float) -> int:
        stamps = [body.split(b'"Timestamp":"')[1] for body in tasks(play.at(second))]
        return sum(stamp[: len(now)] > now for stamp in stamps)

    def tasks(world: World) -> list[bytes]:
        return [body for body in everything(world) if b'"Timestamp"' in body]

    assert later_than_now(deed.began - 30) == 0 < later_than_now(deed.began)


def test_ghosts_have_the_hostname_and_the_address_of_a_node_that_is_ready() -> None:
    play = Play("ghosts")
    deed = play.deed("ghosts")
    nodes = list(play.at(deed.ended - 1).state.nodes.values())
    down = {(n.hostname, n.machine.address) for n in nodes if n.state is NodeState.DOWN}
    ready = {(n.hostname, n.machine.address) for n in nodes if n.state is NodeState.READY}

    assert len(down) >= 3
    assert down <= ready
    assert states(play.at(deed.ended)) == {NodeState.READY}


def test_drained_nodes_keep_tasks_for_a_minute() -> None:
    play = Play("slow-drain")
    deed = play.deed("draining")
    world = play.at(deed.began + 30)
    (node,) = (n for n in world.state.nodes.values() if n.hostname == deed.subject)
    left = [
        task
        for service in world.state.services.values()
        for task in service.tasks.values()
        if task.node is node and task.phase(world.agenda.now).state is TaskState.RUNNING
    ]

    assert node.availability is Availability.DRAIN
    assert left


@pytest.mark.parametrize(
    ("why", "asked", "replied", "error"),
    [
        (Hush.ELECTION, 5, 12, ""),
        (Hush.NO_QUORUM, 5, 25, "DeadlineExceeded"),
        (Hush.NO_QUORUM, 30, 30, NO_LEADER),
        (Hush.NO_QUORUM, 15, 35, "DeadlineExceeded"),
        (Hush.HANGING, 5, 100, ""),
        (Hush.REFUSING, 5, 100, ""),
    ],
)
def test_who_is_not_heard_has_something_to_say_later(
    why: Hush, asked: float, replied: float, error: str
) -> None:
    ends = 12 if why is Hush.ELECTION else 100
    reply = Silence(Window(0, ends), why).find_reply(asked)

    assert reply.at == replied
    assert error in reply.error
    assert bool(reply.error) is bool(error)


def test_a_removed_service_leaves_nothing_behind() -> None:
    play = Play("crash-loop")
    play.at(300)
    deed = play.deed("crash loop")

    names = [service.name for service in play.world.state.all_services()]
    assert deed.subject not in names
    assert len(names) == 7
