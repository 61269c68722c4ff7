"""`swarmtui simulate`: a simulated swarm on a socket, for the docker CLI, demos and tests."""

import asyncio
import gc
import math
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from swarmtui.httpd.journal import Journal
from swarmtui.httpd.listening import Address, UnusableAddressError, parse_address, serve
from swarmtui.httpd.server import Server
from swarmtui.simulator.api import EngineApi
from swarmtui.simulator.clock import Calendar, Clock
from swarmtui.simulator.faces import Face
from swarmtui.simulator.hosts.errors import HostsError
from swarmtui.simulator.scenarios import SCENARIOS, SWARM2K
from swarmtui.simulator.settings import MAX_NODES, MAX_TASKS, Settings
from swarmtui.simulator.simulation import Simulation
from swarmtui.simulator.timetable import MOMENTS, second_of

if TYPE_CHECKING:
    from swarmtui.simulator.hosts.engines import HostEngines


def _address(_ctx: click.Context, _param: click.Parameter, value: str) -> Address:
    try:
        return parse_address(value)
    except UnusableAddressError as error:
        raise click.BadParameter(str(error)) from error


def _second(_ctx: click.Context, _param: click.Parameter, value: str) -> float:
    try:
        return second_of(value)
    except KeyError:
        return _number_of_seconds(value)


def _number_of_seconds(text: str) -> float:
    try:
        second = float(text)
    except ValueError as error:
        names = ", ".join(moment.name for moment in MOMENTS)
        message = f"{text!r} is neither a number of seconds nor one of {names}"
        raise click.BadParameter(message) from error
    if not 0 <= second < math.inf:
        raise click.BadParameter(f"{text} is not a second of the event")
    return second


def _instant(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a time such as 2016-07-22T15:00Z") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _default_size(what: str) -> str:
    sizes = dict.fromkeys(f"{getattr(each, what)}" for each in SCENARIOS.values())
    return " or ".join(sizes)


_MOMENTS = "\n".join(
    f"  {moment.second:>4.0f}  {moment.name:<12} {moment.shows}" for moment in MOMENTS
)
_SCENARIOS = "\n".join(f"  {each.name:<22} {each.shows}" for each in SCENARIOS.values())


@click.command(
    "simulate",
    epilog=f"""\
\b
Scenarios; but for the first, something happens to a calm swarm after a minute:
{_SCENARIOS}

\b
Moments of the scenario swarm2k, in seconds:
{_MOMENTS}

\b
Example:
  swarmtui simulate --listen unix:///tmp/swarm.sock --at peak
  docker -H unix:///tmp/swarm.sock node ls

\b
Example with hosts:
  swarmtui simulate --listen unix:///tmp/swarm.sock --ssh /tmp/hosts --at peak
  ssh -F /tmp/hosts/config mg0 docker info
""",
)
@click.option(
    "--listen",
    callback=_address,
    required=True,
    metavar="ADDRESS",
    help="unix:///PATH or tcp://127.0.0.1:PORT; port 0 takes a free one.",
)
@click.option(
    "--nodes", type=click.IntRange(1, MAX_NODES), show_default=_default_size("nodes"), default=None
)
@click.option(
    "--tasks", type=click.IntRange(0, MAX_TASKS), show_default=_default_size("tasks"), default=None
)
@click.option("--managers", type=click.IntRange(1, 9), default=3, show_default=True)
@click.option(
    "--seed", type=int, default=2016, show_default=True, help="The same seed, the same event."
)
@click.option("--speed", type=click.FloatRange(0.01, 1000), default=1.0, show_default=True)
@click.option(
    "--scenario",
    type=click.Choice(list(SCENARIOS)),
    default=SWARM2K.name,
    show_default=True,
    metavar="NAME",
    help="What happens, see below.",
)
@click.option(
    "--at",
    callback=_second,
    default="0",
    metavar="MOMENT",
    help="Start there: seconds into the event, or a moment's name.",
)
@click.option("--hold", is_flag=True, help="Let time stand still there.")
@click.option(
    "--epoch",
    callback=_instant,
    metavar="ISO8601",
    help="When the event began; unless given, so that it is at --at now.",
)
@click.option("--hostile", is_flag=True, help="Names, labels and errors that break programs.")
@click.option(
    "--as",
    "face",
    type=click.Choice([face.value for face in Face]),
    default=Face.MANAGER.value,
    show_default=True,
    help="Answer like another kind of engine.",
)
@click.option(
    "--ssh",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Serve the hosts over ssh too, on loopback; what leads to them is written into DIR.",
)
@click.option(
    "--ssh-trouble",
    "troubles",
    multiple=True,
    metavar="KIND=HOST",
    help="Give a host, or a share such as 5%, a trouble: some (the default), none, "
    "refused-key, unknown-key, changed-key, hang, hang-docker, garbage, garbled, slow, drop, "
    "no-docker, no-permission, unjoined. Repeatable.",
)
@click.option("--exit-with-parent", is_flag=True, help="End when the standard input is closed.")
def simulate(
    *,
    listen: Address,
    nodes: int | None,
    tasks: int | None,
    managers: int,
    seed: int,
    speed: float,
    scenario: str,
    at: float,
    hold: bool,
    epoch: datetime | None,
    hostile: bool,
    face: str,
    folder: Path | None,
    troubles: Sequence[str],
    exit_with_parent: bool,
) -> None:
    """Serve the Engine API of a manager of a simulated swarm, until interrupted.

    Prints the address alone on a line once it answers. The docker CLI works
    against it; it can be looked at, not changed.
    """
    chosen = SCENARIOS[scenario]
    nodes = chosen.nodes if nodes is None else nodes
    tasks = chosen.tasks if tasks is None else tasks
    if managers > nodes:
        raise click.UsageError(f"{managers} managers do not fit among {nodes} nodes")
    if troubles and folder is None:
        raise click.UsageError("--ssh-trouble is for the hosts that --ssh DIR serves")
    # Tasks hold no cycles worth a search: letting the collector walk over a hundred thousand of
    # them again and again costs more than the simulation. It runs once between two events.
    gc.disable()
    settings = Settings(nodes=nodes, tasks=tasks, managers=managers, seed=seed, hostile=hostile)
    journal = Journal()
    simulation = Simulation(settings, journal, scenario=chosen)
    simulation.at(at)  # before any clock starts: this takes a second or two
    began = epoch or datetime.now(UTC) - timedelta(seconds=at / speed)
    clock = Clock(starts_at=at, speed=speed, hold=hold)
    calendar = Calendar(began, speed=speed)
    api = EngineApi(simulation, journal, clock, calendar, face=Face(face))
    server = Server(lambda: api)
    hosts = None
    if folder is not None:
        # Not imported where nobody wants hosts: most who simulate start it for a test.
        from swarmtui.simulator.hosts.engines import HostEngines  # noqa: PLC0415

        engines = HostEngines(api.catch_up, clock, calendar)
        hosts = _hosts(folder, troubles, engines=engines, api=api, server=server)
    meanwhile = None if hold else api.keep_time
    _serve(server, listen, hosts, meanwhile=meanwhile, exits_with_parent=exit_with_parent)


def _hosts(
    folder: Path,
    troubles: Sequence[str],
    *,
    engines: "HostEngines",
    api: EngineApi,
    server: Server,
) -> AbstractAsyncContextManager[None]:
    """Return the hosts of the simulated nodes, yet to be served."""
    from swarmtui.simulator.hosts.serving import serve_hosts  # noqa: PLC0415
    from swarmtui.simulator.hosts.troubles import parse_wishes  # noqa: PLC0415

    try:
        wishes = parse_wishes(troubles or ["some"])
    except HostsError as error:
        raise click.UsageError(str(error)) from error
    return serve_hosts(folder, wishes, world=api.catch_up, engines=engines, server=server)


def _serve(
    server: Server,
    address: Address,
    hosts: AbstractAsyncContextManager[None] | None,
    *,
    meanwhile: Callable[[], Coroutine[None, None, None]] | None,
    exits_with_parent: bool,
) -> None:
    parent = sys.stdin if exits_with_parent else None
    serving = serve(
        server,
        address,
        announce=click.echo,
        meanwhile=meanwhile,
        parent=parent,
        beside=hosts,
    )
    try:
        asyncio.run(serving)
    except (UnusableAddressError, HostsError) as error:
        raise click.UsageError(str(error)) from error
