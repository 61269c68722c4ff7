"""`swarmtui serve`: a recorded swarm as a read-only Engine API on a socket."""

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click

from swarmtui.cli.ending import USAGE, end
from swarmtui.httpd.journal import Journal
from swarmtui.httpd.listening import (
    Address,
    UnixAddress,
    UnusableAddressError,
    parse_address,
)
from swarmtui.httpd.listening import (
    serve as serve_api,
)
from swarmtui.httpd.server import Server
from swarmtui.insight.moments import MomentError, parse_moment
from swarmtui.insight.query_syntax import QueryError, point_at
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from swarmtui.serving.api import welcome
from swarmtui.serving.calendar import tell
from swarmtui.serving.course import Course, look
from swarmtui.serving.scene import Scene, Stage, Still
from swarmtui.swarm.text import plain

FAILED = 1

MOST_DAMAGE = 3
"""Lines about damage that are worth reading."""


class Wishes(NamedTuple):
    """What is to be seen of a recording."""

    at: str | None
    """A moment as written; `None`: the end or, where it goes on, the begin."""
    follows: bool
    speed: float
    keeps_times: bool


def _address(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Address | None:
    try:
        return parse_address(value) if value is not None else None
    except UnusableAddressError as error:
        raise click.BadParameter(str(error)) from error


@click.command(
    "serve",
    epilog="""\
\b
What is shown:
  The nodes, services and tasks as they were known at that moment. Labels other
  than region and contributor are there if it was recorded --with-specs; there
  are no join tokens, networks or containers. What a recording does not hold
  reads empty or 0. Where no manager answered then, the last that was known is
  shown, and `docker info` says so.

\b
Times:
  A client reckons ages with its own clock, so times are moved: the moment that
  is shown when a client connects is now for it. What says "Running 5 minutes
  ago" had run for five minutes at that moment. --recorded-times leaves all
  times as they were.

\b
Example:
  swarmtui serve evening.rec --at 19:07:30 --listen unix:///tmp/evening.sock
  docker -H unix:///tmp/evening.sock node ls
  swarmtui status -H unix:///tmp/evening.sock
""",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--at",
    metavar="TIME",
    help="The moment to show: 14:05, 14:05:30, 2016-10-27 14:05, as the dashboard shows times or "
    "with a zone (14:05Z); +10m from the begin, -5m from the end, 50%. The end unless given; "
    "with --follow-replay the begin.",
)
@click.option(
    "--follow-replay",
    is_flag=True,
    help="Go on in time from there; at the end wait for more, while it is being recorded.",
)
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 1000),
    default=1.0,
    show_default=True,
    help="How fast time goes with --follow-replay.",
)
@click.option(
    "--listen",
    callback=_address,
    metavar="ADDRESS",
    help="unix:///PATH or tcp://127.0.0.1:PORT; port 0 takes a free one. A socket of its own "
    "unless given.",
)
@click.option("--recorded-times", is_flag=True, help="Leave times as they were: see below.")
@click.option("--exit-with-parent", is_flag=True, help="End when the standard input is closed.")
def serve(
    *,
    file: Path,
    at: str | None,
    follow_replay: bool,
    speed: float,
    listen: Address | None,
    recorded_times: bool,
    exit_with_parent: bool,
) -> None:
    """Serve the swarm of a recorded moment as a read-only Engine API, until interrupted.

    Prints the address alone on a line once it answers. The docker CLI works against it, and so do
    the dashboard, `status` and the tables of this program; it can be looked at, not changed.
    """
    if speed != 1 and not follow_replay:
        raise click.UsageError("--speed is for --follow-replay: without it time stands")
    wishes = Wishes(at, follow_replay, speed, recorded_times)
    try:
        with closing(Recording.open(file)) as recording, _listening(listen) as address:
            _serve(recording, wishes, file.name, address, exits_with_parent=exit_with_parent)
    except RecordingError as error:
        end(str(error), status=FAILED)
    except UnusableAddressError as error:
        raise click.UsageError(str(error)) from error


def _serve(
    recording: Recording, wishes: Wishes, name: str, address: Address, *, exits_with_parent: bool
) -> None:
    journal = Journal()
    stage, meanwhile = _set(recording, wishes, journal)
    for line in _describe(name, stage.scene, recording):
        click.echo(line, err=True)
    # What was just read stays: no search for garbage shall walk over it again and again.
    gc.freeze()
    gc.enable()
    meet = welcome(stage, journal, now=_now, keeps_times=wishes.keeps_times)
    parent = sys.stdin if exits_with_parent else None
    asyncio.run(
        serve_api(Server(meet), address, announce=click.echo, meanwhile=meanwhile, parent=parent)
    )


def _set(
    recording: Recording, wishes: Wishes, journal: Journal
) -> tuple[Stage, Callable[[], Coroutine[None, None, None]] | None]:
    """Go to the moment asked for; return the stage, and what makes time pass on it, if it does."""
    head = Playhead(recording)
    head.seek(_find_moment(recording, wishes))
    if not wishes.follows:
        return Still(look(recording, head)), None
    course = Course(recording, head, journal, speed=wishes.speed, clock=time.monotonic)
    return course, lambda: course.run(complain=_complain)


def _find_moment(recording: Recording, wishes: Wishes) -> datetime:
    if wishes.at is None:
        return recording.begins if wishes.follows else recording.ends
    try:
        return parse_moment(wishes.at, begins=recording.begins, ends=recording.ends)
    except MomentError as error:
        pointed = QueryError(error.message, position=error.position, length=error.length)
        end(f"--at: {error.message}\n{point_at(wishes.at, pointed)}", status=USAGE)


def _describe(name: str, scene: Scene, recording: Recording) -> Iterator[str]:
    snapshot = scene.snapshot
    tasks = sum(len(tasks) for tasks in snapshot.tasks.values())
    yield (
        f"{plain(name)} at {tell(scene.at)}: {len(snapshot.nodes):,} nodes, "
        f"{len(snapshot.services):,} services, {tasks:,} tasks"
    )
    told = [plain(damage.text) for damage in recording.damage]
    yield from told[:MOST_DAMAGE]
    if len(told) > MOST_DAMAGE:
        yield f"and {len(told) - MOST_DAMAGE:,} more places where it is damaged"


@contextmanager
def _listening(address: Address | None) -> Iterator[Address]:
    """Give the address, or one of a socket in a folder that is taken away afterwards."""
    if address is not None:
        yield address
        return
    with TemporaryDirectory(prefix="swarmtui-") as folder:
        yield UnixAddress(Path(folder, "engine.sock"))


def _complain(text: str) -> None:
    click.echo(f"swarmtui: {plain(text)}", err=True)


def _now() -> datetime:
    return datetime.now(UTC)
