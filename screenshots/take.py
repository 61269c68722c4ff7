"""Take the pictures of the README: the same ones every time, from the simulator.

    python screenshots/take.py

The simulated event runs over a real socket with a fixed seed and a clock of its own: it is polled
as a collector would, every ten seconds of its twelve minutes, and the dashboard is shown what that
adds up to. Nothing depends on when or how fast this runs.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from replayed import Tape, shoot_replay

from swarmtui.collector.known import Known
from swarmtui.engine.address import Address
from swarmtui.engine.decode import to_task
from swarmtui.engine.swarm_api import Manager, open_manager
from swarmtui.httpd.journal import Journal
from swarmtui.httpd.messages import MAX_HEAD_BYTES
from swarmtui.httpd.server import Server
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.picture import Picture
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.simulator.api import EngineApi
from swarmtui.simulator.clock import Calendar, Clock
from swarmtui.simulator.hosts.engines import HostEngines
from swarmtui.simulator.hosts.frames import BEATS_PER_S, HostFrames
from swarmtui.simulator.hosts.roster import Kind, make_roster
from swarmtui.simulator.hosts.troubles import parse_wishes
from swarmtui.simulator.settings import Settings
from swarmtui.simulator.simulation import Simulation
from swarmtui.ssh.docker_info import read_info
from swarmtui.ssh.stats_lines import FrameParser, FrameReader
from swarmtui.stream.interest import Interest
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import Cost, ManagerSeen, Observation, Pulse
from swarmtui.swarm.stats import StatsSeen, TailSeen, TailState
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.options import ScreenOptions

FOLDER = Path(__file__).parent
EPOCH = datetime(2016, 7, 22, 15, 0, tzinfo=UTC)
"""When the simulated event begins: the day of Swarm2k."""
EVERY_S = 10
TAILED, TAILED_MARKS, TAILED_S = "inet-node-00", 6, 50
ELECTION = (330, 344)
"""Seconds of the event between which no manager answers."""
REPLAYED_S = 360
"""Second of the event that is shown in the replay: nodes still come back after the election."""
WIDE, NARROW = (120, 40), (80, 24)


class Times:
    """The event's clock, set by hand."""

    def __init__(self) -> None:
        self.second = 0.0

    def monotonic(self) -> float:
        """Return the second of the event."""
        return self.second

    def now(self) -> datetime:
        """Return the time at the event."""
        return EPOCH + timedelta(seconds=self.second)


class OnePicture:
    """A feed that delivers one picture."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def start(self, deliver: Callable[[Picture], None]) -> None:
        """Deliver it."""
        deliver(self._picture)

    def want(self, interest: Interest) -> None:
        """Nothing else is to be had."""

    def look_as(self, viewpoint: Viewpoint) -> None:
        """Nothing is looked at otherwise."""

    def stop(self) -> None:
        """Nothing is under way."""


def main() -> None:
    """Take all pictures."""
    times = Times()
    analyst = Analyst(place=Attribution(Rules()).place)
    with TemporaryDirectory() as folder, _event(Path(folder) / "sim.sock", times) as event:
        manager = open_manager(event.address)
        evening = Path(folder) / "evening.rec"
        tape = Tape(evening, analyst, began_at=times.now())
        watch = _watch(manager, tape, times)
        take = _taker(analyst, times)
        _until(watch, times, 240)
        take("region-down", WIDE)
        take("region", WIDE, "tab", "enter")
        _until(watch, times, 345)
        take("election", WIDE)
        _until(watch, times, 470)
        take("overview", WIDE)
        take("overview-80x24", NARROW)
        take("problem", WIDE, "i")
        take("nodes", WIDE, "2", *_typed("/region:ap-southeast-1 failures>0"), "enter")
        take("node", WIDE, "2", *_typed("/failures>50"), "enter", "enter")
        take("wall", WIDE, "3", *["right"] * 5)
        take("contributors", WIDE, "6")
        take("services", WIDE, "4")
        take("tasks", WIDE, "5")
        _tail(event, watch, analyst, times)
        mark = ["space", "down"] * TAILED_MARKS
        take("stats", WIDE, "2", *_typed(f"/hostname:{TAILED}*"), "enter", *mark, "x", "7")
        tape.end(times.now())
        at = EPOCH + timedelta(seconds=REPLAYED_S)
        save = _saver("replay")
        asyncio.run(shoot_replay(evening, at=at, size=WIDE, save=save))
        manager.close()
        take = _taker(_call_roll(event, times), times, opens="rollcall")
        take("rollcall", WIDE)


@dataclass(frozen=True)
class Event:
    """A simulated event that is served."""

    address: Address
    simulation: Simulation
    engines: HostEngines


@contextmanager
def _event(path: Path, times: Times) -> Iterator[Event]:
    """Serve the event on a socket, from a thread, at the time that is set by hand."""
    journal = Journal()
    simulation = Simulation(Settings(nodes=2384, tasks=96_287, managers=3, seed=1), journal)
    clock = Clock(starts_at=0, monotonic=times.monotonic)
    calendar = Calendar(EPOCH)
    api = EngineApi(simulation, journal, clock, calendar)
    server = Server(lambda: api)
    engines = HostEngines(lambda: simulation.at(times.second), clock, calendar)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(asyncio.start_unix_server(server.converse, path, limit=MAX_HEAD_BYTES))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield Event(Address(url=f"unix://{path}"), simulation, engines)
    finally:
        asyncio.run_coroutine_threadsafe(server.hang_up(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _watch(manager: Manager, tape: Tape, times: Times) -> Iterator[float]:
    """Poll everything at each second that is due, as far as the event has come."""
    known = Known()
    tape.see(
        ManagerSeen(
            taken_at=times.now(),
            host="unix:///var/run/docker.sock",
            cluster_id=manager.cluster_id,
            node_id=manager.node_id,
            api_version=manager.api_version,
            engine_version=manager.engine_version,
        )
    )
    second = 0.0
    while True:
        asked_at = times.now()
        if ELECTION[0] <= second < ELECTION[1]:
            asked_at = EPOCH + timedelta(seconds=ELECTION[0] + 2)
            second = ELECTION[1]
        times.second = second
        for seen in _look(manager, known, times, asked_at=asked_at):
            tape.see(seen)
        tape.write()
        yield second
        second += EVERY_S if second >= ELECTION[1] or second < ELECTION[0] else 1


def _look(
    manager: Manager, known: Known, times: Times, *, asked_at: datetime
) -> Iterator[Observation]:
    yield Pulse(taken_at=times.now(), cost=Cost(requests=92, bytes=190_000_000, busy_s=2.6))
    nodes = manager.read_nodes()
    yield known.see_nodes(nodes, taken_at=times.now(), asked_at=asked_at)
    yield known.see_services(manager.read_services(), taken_at=times.now())
    for service_id in known.service_ids:
        batches = manager.iterate_service_tasks(service_id)
        yield from known.see_tasks(service_id, batches, convert=to_task, now=times.now)


def _tail(event: Event, watch: Iterator[float], analyst: Analyst, times: Times) -> None:
    """Watch on for a minute, and tail `docker stats` of some of one contributor's nodes."""
    world = event.simulation.at(times.second)
    hosts = [host for host in make_roster(world, ()).hosts if host.name.startswith(TAILED)][
        :TAILED_MARKS
    ]
    tails = [(host.node_id(world), HostFrames(host, event.engines)) for host in hosts]
    for id_, _ in tails:
        analyst.see(TailSeen(taken_at=times.now(), machine=id_, state=TailState.LIVE))
    began = times.second
    for second in watch:
        for later in range(EVERY_S):
            times.second = second + later
            for id_, frames in tails:
                analyst.see(_stats(id_, frames, times))
        if second >= began + TAILED_S:
            break


def _stats(id_: str, frames: HostFrames, times: Times) -> StatsSeen:
    reader = FrameReader()
    reader.feed(frames.at(int(times.second) * BEATS_PER_S), at=times.now())
    reader.feed(frames.at(int(times.second) * BEATS_PER_S), at=times.now())
    frame = reader.take()
    containers = FrameParser().parse(frame.body) if frame else ()
    return StatsSeen(taken_at=times.now(), machine=id_, containers=containers)


def _call_roll(event: Event, times: Times) -> Analyst:
    """Return what somebody without a manager knows after asking some machines."""
    world = event.simulation.at(times.second)
    joined, others = Kind.WORKER, Kind.UNJOINED
    roster = make_roster(world, parse_wishes(["unjoined=0.2%"])).hosts
    hosts = [host for host in roster if host.name.startswith(TAILED[:-1]) and host.kind is joined]
    hosts = [*hosts[:28], *(host for host in roster if host.kind is others)]
    machines = [Machine(name=host.name, addr=host.address, source="toml") for host in hosts]
    analyst = Analyst(place=Attribution(Rules()).place, machines=machines)
    for host, machine in zip(hosts, machines, strict=True):
        info = json.dumps(event.engines.info(host)).encode()
        analyst.see(read_info(info, machine, asked_at=times.now(), answered_at=times.now()))
    times.second += 4
    return analyst


def _until(watch: Iterator[float], times: Times, second: float) -> None:
    """Watch until so far into the event; the pictures are taken two seconds after the data."""
    for seen in watch:
        if seen >= second:
            break
    times.second += 2


def _taker(analyst: Analyst, times: Times, *, opens: str = "") -> Callable[..., None]:
    def take(name: str, size: tuple[int, int], *keys: str) -> None:
        app = SwarmApp(
            feed=OnePicture(analyst.picture(times.now())),
            clock=times.now,
            options=ScreenOptions(
                asked="" if opens else "unix:///var/run/docker.sock",
                theme=None,
                opens=opens or "overview",
            ),
            settle_memory=lambda: None,
        )
        asyncio.run(_shoot(app, name, size, keys))

    return take


async def _shoot(app: SwarmApp, name: str, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await pilot.pause()
        _saver(name)(app)


def _saver(name: str) -> Callable[[SwarmApp], None]:
    def save(app: SwarmApp) -> None:
        app.save_screenshot(f"{name}.svg", path=str(FOLDER))

    return save


def _typed(text: str) -> list[str]:
    """Return the keys that type a text."""
    names = {"/": "slash", ":": "colon", "-": "minus", ">": "greater_than_sign", " ": "space"}
    return [names.get(char, char) for char in text]


if __name__ == "__main__":
    main()
