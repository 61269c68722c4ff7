"""The collector as a process, against simulated hosts that answer ssh on loopback."""

import os
import subprocess
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
from swarmtui.insight.containers import MachineRow
from swarmtui.insight.picture import Picture
from swarmtui.inventory.reading import read_inventory
from swarmtui.stream.interest import Interest
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import TailState, TrustWish, UnknownKey
from swarmtui.swarm.words import NodeState, TaskState
from tests.simulator.hosts import Hosts, hosting

COLLECTOR = (sys.executable, "-P", "-m", "swarmtui.collector")
WITHIN_S = 60.0
CROWD = ("--nodes", "40", "--tasks", "400", "--at", "peak", "--hold")

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
    with hosting(folder, *CROWD, "--ssh-trouble", "none") as running:
        yield running


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """Serve hosts whose keys are in no known_hosts."""
    folder = tmp_path_factory.mktemp("strangers")
    with hosting(folder, *CROWD, "--ssh-trouble", "unknown-key=100%") as running:
        yield running


class Dashboard:
    """The dashboard's side, with pictures instead of a screen."""

    def __init__(self, settings: Settings) -> None:
        now = partial(datetime.now, UTC)
        attribution = Attribution(Rules(machines=settings.machines))
        self.source = CollectorProcess(COLLECTOR, settings=encode_settings(settings), now=now)
        self.feed = PictureFeed(
            self.source,
            make_analyst=lambda: Analyst(
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

    def start(*, inventory: bool, manager: bool, among: Hosts = hosts) -> Dashboard:
        addresses = resolve_addresses(
            Options(hosts=(among.engine.address,)), env={}, home=Path("/")
        )
        opened.append(
            Dashboard(
                Settings(
                    addresses=addresses if manager else (),
                    machines=machines_of(among) if inventory else (),
                    ssh=SshDefaults(home=str(among.folder)),
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


def test_a_yes_to_a_key_that_was_shown_makes_the_tail_live_and_writes_one_line(
    watch: Callable[..., Dashboard], strangers: Hosts
) -> None:
    dashboard = watch(inventory=True, manager=True, among=strangers)
    node_id, other = busy_nodes(dashboard.wait(lambda picture: picture.snapshot.has_all_tasks))[:2]
    tails = frozenset({node_id, other})
    dashboard.feed.want(Interest(tails=tails))
    row, key = wait_for_key(dashboard, node_id)
    wait_for_key(dashboard, other)
    known = strangers.folder / "known_hosts"
    before = known.read_text()
    assert key.file == str(known)

    wish = TrustWish(machine=row.name, key=key, asked_at=datetime.now(UTC))
    dashboard.feed.want(Interest(tails=tails, trusts=frozenset({wish})))
    picture = dashboard.wait(lambda picture: is_live(picture, row.name))
    told = picture.machines[row.name]
    assert told.trust is not None
    assert (told.trust.wish, told.trust.file) == (wish, str(known))
    assert told.unknown_key is None
    written = known.read_text().removeprefix(before)
    assert written.count("\n") == 1
    assert fingerprint_of(written) == key.fingerprint
    assert not is_live(picture, picture.machine_of[other])

    # Told again by a dashboard whose collector was started again, it writes nothing.
    again = watch(inventory=True, manager=True, among=strangers)
    again.feed.want(Interest(trusts=frozenset({wish})))
    again.wait(lambda picture: has_outcome(picture, row.name))
    assert known.read_text() == before + written


def wait_for_key(dashboard: Dashboard, node_id: str) -> tuple[MachineRow, UnknownKey]:
    """Return the machine that is a node, and its key, once that is refused."""

    def found(picture: Picture) -> MachineRow | None:
        row = picture.machines.get(picture.machine_of.get(node_id, ""))
        return row if row is not None and row.unknown_key is not None else None

    row = found(dashboard.wait(lambda picture: found(picture) is not None))
    assert row is not None
    assert row.unknown_key is not None
    return row, row.unknown_key


def is_live(picture: Picture, machine: str) -> bool:
    tail = picture.machines[machine].tail
    return tail is not None and tail.state is TailState.LIVE


def has_outcome(picture: Picture, machine: str) -> bool:
    row = picture.machines.get(machine)
    return row is not None and row.trust is not None


def fingerprint_of(line: str) -> str:
    """Return the fingerprint of the key in a line of known_hosts, as ssh-keygen has it."""
    command = ["ssh-keygen", "-lf", "-"]
    done = subprocess.run(command, input=line, capture_output=True, text=True, check=True)
    return done.stdout.split()[1]


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
