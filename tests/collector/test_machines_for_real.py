"""The collector as a process, against simulated hosts that answer ssh on loopback."""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import Queue

import pytest

from swarmtui.collector.settings import Settings, SshDefaults, encode_settings
from swarmtui.engine.address import Options, resolve_addresses
from swarmtui.feed.pictures import PictureFeed
from swarmtui.feed.process import CollectorProcess
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.picture import Picture
from swarmtui.inventory.reading import read_inventory
from swarmtui.stream.interest import Interest
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import TailState
from swarmtui.swarm.words import NodeState, TaskState
from tests.simulator.hosts import Hosts, hosting

COLLECTOR = (sys.executable, "-P", "-m", "swarmtui.collector")
WITHIN_S = 60.0

pytestmark = [
    pytest.mark.hosts,
    pytest.mark.skipif(
        sys.platform != "linux",
        reason="elsewhere, loopback has one address, and hosts need their own",
    ),
]


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    folder = tmp_path_factory.mktemp("hosts")
    crowd = ("--nodes", "40", "--tasks", "400", "--at", "peak", "--hold")
    with hosting(folder, *crowd, "--ssh-trouble", "none") as running:
        yield running


class Dashboard:
    """The dashboard's side, with pictures instead of a screen."""

    def __init__(self, settings: Settings) -> None:
        now = partial(datetime.now, UTC)
        attribution = Attribution(Rules(machines=settings.machines))
        self.source = CollectorProcess(COLLECTOR, settings=encode_settings(settings), now=now)
        self.feed = PictureFeed(
            self.source,
            analyst=Analyst(
                place=attribution.place,
                machines=settings.machines,
                place_machine=attribution.place_machine,
                hear=attribution.hear,
            ),
            now=now,
        )
        self.pictures: Queue[Picture] = Queue()
        self.feed.start(self.pictures.put)

    def wait(self, is_enough: Callable[[Picture], bool]) -> Picture:
        while not is_enough(picture := self.pictures.get(timeout=WITHIN_S)):
            pass
        return picture


@pytest.fixture
def watch(hosts: Hosts) -> Iterator[Callable[..., Dashboard]]:
    opened: list[Dashboard] = []

    def start(*, inventory: bool, manager: bool) -> Dashboard:
        addresses = resolve_addresses(
            Options(hosts=(hosts.engine.address,)), env={}, home=Path("/")
        )
        opened.append(
            Dashboard(
                Settings(
                    addresses=addresses if manager else (),
                    machines=machines_of(hosts) if inventory else (),
                    ssh=SshDefaults(home=str(hosts.folder)),
                )
            )
        )
        return opened[-1]

    yield start
    for each in opened:
        each.feed.stop()


def machines_of(hosts: Hosts) -> tuple[Machine, ...]:
    return read_inventory(
        (str(hosts.folder / "inventory.toml"),),
        env={},
        home=hosts.folder,
        ssh_hosts=lambda _: (),
        finds_store=False,
    ).machines


def busy_nodes(picture: Picture) -> list[str]:
    """Return three nodes that run tasks."""
    nodes, loads = picture.snapshot.nodes, picture.loads
    ready = [id_ for id_, node in nodes.items() if node.state is NodeState.READY]
    return [id_ for id_ in ready if id_ in loads and loads[id_].running > 2][:3]


def running_on(picture: Picture, node_id: str) -> set[str]:
    return {
        task.id
        for task in picture.snapshot.iterate_tasks()
        if task.node_id == node_id and task.state is TaskState.RUNNING
    }


@pytest.mark.parametrize("inventory", [True, False], ids=["by inventory", "by address"])
def test_stats_of_three_nodes_are_joined_to_their_tasks(
    watch: Callable[..., Dashboard], inventory: bool
) -> None:
    dashboard = watch(inventory=inventory, manager=True)
    wanted = busy_nodes(dashboard.wait(lambda picture: picture.snapshot.has_all_tasks))
    dashboard.feed.want(Interest(tails=frozenset(wanted)))
    picture = dashboard.wait(
        lambda picture: {row.node_id for row in picture.containers} == set(wanted)
    )
    for node_id in wanted:
        rows = [row for row in picture.containers if row.node_id == node_id]
        machine = picture.machines[picture.machine_of[node_id]]
        assert {row.task_id for row in rows if row.task_id} == running_on(picture, node_id)
        assert {row.hostname for row in rows} == {picture.snapshot.nodes[node_id].hostname}
        assert (machine.containers, machine.in_inventory) == (len(rows), inventory)
        assert machine.tail is not None
        assert machine.tail.state is TailState.LIVE
        assert machine.seen is not None
        assert machine.seen.node_id == node_id
    dashboard.feed.want(Interest())
    dashboard.wait(lambda picture: not picture.containers and not picture.snapshot.tails)


def test_the_roll_is_called_without_a_manager_when_somebody_looks(
    watch: Callable[..., Dashboard], hosts: Hosts
) -> None:
    dashboard = watch(inventory=True, manager=False)
    names = {machine.name for machine in machines_of(hosts)}
    assert set(dashboard.wait(lambda picture: bool(picture.machines)).machines) == names
    dashboard.feed.want(Interest(roll_call=True))
    picture = dashboard.wait(lambda picture: len(picture.snapshot.machines) > len(names) / 2)
    told = [row.seen for row in picture.machines.values() if row.seen and row.seen.reachable]
    known = {node["ID"] for node in hosts.engine.get("/nodes").json}
    assert told
    assert {seen.node_id for seen in told if seen.is_in} <= known
    assert all(seen.docker_version for seen in told)


def test_paramiko_is_not_imported_until_somebody_wants_a_machine(
    watch: Callable[..., Dashboard],
) -> None:
    dashboard = watch(inventory=True, manager=True)
    picture = dashboard.wait(lambda picture: picture.snapshot.has_all_tasks)
    pid = dashboard.source.pid
    assert pid is not None
    assert "cryptography" not in mapped_by(pid)
    dashboard.feed.want(Interest(tails=frozenset(busy_nodes(picture)[:1])))
    dashboard.wait(lambda picture: bool(picture.containers))
    assert "cryptography" in mapped_by(pid)


def mapped_by(pid: int) -> str:
    """Return the libraries that a process has loaded."""
    return Path(f"/proc/{pid}/maps").read_text(errors="replace").replace(os.sep, " ")
