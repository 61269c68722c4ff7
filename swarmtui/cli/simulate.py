"""`swarmtui simulate`: a simulated swarm on a socket, for the docker CLI, demos and tests."""

import asyncio
import gc
import math
import sys
from datetime import UTC, datetime, timedelta

import click

from swarmtui.simulator.api import EngineApi
from swarmtui.simulator.clock import Calendar, Clock
from swarmtui.simulator.faces import Face
from swarmtui.simulator.journal import Journal
from swarmtui.simulator.listening import Address, UnusableAddressError, parse_address, serve
from swarmtui.simulator.server import Server
from swarmtui.simulator.settings import MAX_NODES, MAX_TASKS, Settings
from swarmtui.simulator.simulation import Simulation
from swarmtui.simulator.timetable import MOMENTS, second_of


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


_MOMENTS = "\n".join(
    f"  {moment.second:>4.0f}  {moment.name:<12} {moment.shows}" for moment in MOMENTS
)


@click.command(
    "simulate",
    epilog=f"""\
\b
Moments of the scenario swarm2k, in seconds:
{_MOMENTS}

\b
Example:
  swarmtui simulate --listen unix:///tmp/swarm.sock --at peak
  docker -H unix:///tmp/swarm.sock node ls
""",
)
@click.option(
    "--listen",
    callback=_address,
    required=True,
    metavar="ADDRESS",
    help="unix:///PATH or tcp://127.0.0.1:PORT; port 0 takes a free one.",
)
@click.option("--nodes", type=click.IntRange(1, MAX_NODES), default=2384, show_default=True)
@click.option("--tasks", type=click.IntRange(0, MAX_TASKS), default=96_287, show_default=True)
@click.option("--managers", type=click.IntRange(1, 9), default=3, show_default=True)
@click.option(
    "--seed", type=int, default=2016, show_default=True, help="The same seed, the same event."
)
@click.option("--speed", type=click.FloatRange(0.01, 1000), default=1.0, show_default=True)
@click.option("--scenario", type=click.Choice(["swarm2k"]), default="swarm2k", show_default=True)
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
@click.option("--exit-with-parent", is_flag=True, help="End when the standard input is closed.")
def simulate(
    *,
    listen: Address,
    nodes: int,
    tasks: int,
    managers: int,
    seed: int,
    speed: float,
    scenario: str,  # noqa: ARG001  # there is one, checked by click
    at: float,
    hold: bool,
    epoch: datetime | None,
    hostile: bool,
    face: str,
    exit_with_parent: bool,
) -> None:
    """Serve the Engine API of a manager of a simulated swarm, until interrupted.

    Prints the address alone on a line once it answers. The docker CLI works
    against it; it can be looked at, not changed.
    """
    if managers > nodes:
        raise click.UsageError(f"{managers} managers do not fit among {nodes} nodes")
    # Tasks hold no cycles worth a search: letting the collector walk over a hundred thousand of
    # them again and again costs more than the simulation. It runs once between two events.
    gc.disable()
    settings = Settings(nodes=nodes, tasks=tasks, managers=managers, seed=seed, hostile=hostile)
    journal = Journal()
    simulation = Simulation(settings, journal)
    simulation.at(at)  # before any clock starts: this takes a second or two
    began = epoch or datetime.now(UTC) - timedelta(seconds=at / speed)
    clock = Clock(starts_at=at, speed=speed, hold=hold)
    calendar = Calendar(began, speed=speed)
    api = EngineApi(simulation, journal, clock, calendar, face=Face(face))
    _serve(Server(api), listen, keeps_time=not hold, exits_with_parent=exit_with_parent)


def _serve(server: Server, address: Address, *, keeps_time: bool, exits_with_parent: bool) -> None:
    parent = sys.stdin if exits_with_parent else None
    try:
        asyncio.run(
            serve(server, address, announce=click.echo, keeps_time=keeps_time, parent=parent)
        )
    except UnusableAddressError as error:
        raise click.UsageError(str(error)) from error
