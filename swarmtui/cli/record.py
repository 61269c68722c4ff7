"""`swarmtui record`: record a swarm without a screen."""

import gc
import math
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from swarmtui.cli.amounts import Duration, Size
from swarmtui.cli.ending import USAGE, end
from swarmtui.cli.options import attribution_options, connection_options, content_options
from swarmtui.cli.recording import Wish, describe_end, open_recorder
from swarmtui.cli.telling import Teller
from swarmtui.cli.watch import COLLECTOR, asking_options, check_no_manager, settings_of
from swarmtui.feed.process import CollectorProcess
from swarmtui.feed.taping import Taping
from swarmtui.recording.errors import RecordingError
from swarmtui.stream.interest import Interest

if TYPE_CHECKING:
    from swarmtui.cli.viewing import View
    from swarmtui.recording.recorder import Recorder

DISK_LOST = 1
PATIENCE_S = 2.0
"""How long what is being seen at the end is waited for."""
LOOK_S = 1.0
"""How often it is looked whether all is well, and said on a terminal."""


@click.command(
    epilog="""\
\b
Examples:
  swarmtui record evening.rec --for 2h
  swarmtui record -H ssh://root@manager-1 --max-size 500MB --redact addresses evening.rec
"""
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--for",
    "duration",
    type=Duration(),
    metavar="TIME",
    help="End after 90s, 10m, 2h, …  [default: with Ctrl-C]",
)
@click.option(
    "--max-size",
    type=Size(),
    metavar="SIZE",
    help="Take at most this much room, as 500MB or 2G: at half of it FILE becomes FILE.1, in the "
    "place of the one before, and another FILE begins.",
)
@content_options
@connection_options
@attribution_options
@asking_options
def record(
    *,
    file: Path,
    duration: timedelta | None,
    max_size: int | None,
    redact: tuple[str, ...],
    with_specs: bool,
    duty: float | None,
    metrics: str,
    no_manager: bool,
    **options: Any,  # noqa: ANN401 - click's options
) -> None:
    """Record what is to be seen of a swarm into a new file, until Ctrl-C.

    `swarmtui replay FILE` shows it on the screens of the dashboard, already while it is being
    written; `swarmtui report FILE` tells what happened. There are no secrets in it: no tokens, no
    environments, and no labels but those that say region and contributor.
    """
    check_no_manager(options, no_manager=no_manager)
    wish = Wish(file, redact, with_specs, max_size)
    now = partial(datetime.now, UTC)
    source = CollectorProcess(COLLECTOR, now=now)
    source.start()
    with ExitStack() as stack:
        stack.callback(source.close)
        from swarmtui.cli.viewing import open_view  # noqa: PLC0415 - the collector imports by now

        view = open_view({**options, "filter_": "", "asks_managers": not no_manager})
        recorder = _open_or_end(file, view=view, wish=wish)
        source.configure(settings_of(view, duty=duty, metrics=metrics))
        # With no manager, the roll call is all there is to see.
        source.want(Interest(roll_call=no_manager))
        ended = stack.enter_context(_ending_signals())
        stack.callback(recorder.close)
        taping = Taping(source, analyst=view.analyst, recorder=recorder)
        stack.callback(taping.stop, timeout_s=PATIENCE_S)
        taping.start()
        # What was imported stays for as long as it lasts; the rest is looked through now and then.
        gc.freeze()
        gc.enable()
        _wait(ended, taping, recorder, duration=duration)
    told = recorder.status
    click.echo(f"swarmtui: {describe_end(file, told.size_bytes, told.error)}", err=True)
    raise SystemExit(DISK_LOST if told.error else 0)


def _open_or_end(file: Path, *, view: "View", wish: Wish) -> "Recorder":
    try:
        return open_recorder(file, view=view, wish=wish)
    except RecordingError as error:
        end(str(error), status=USAGE)


@contextmanager
def _ending_signals() -> Iterator[Event]:
    """Give what is set when the user, the terminal or the system wants an end."""
    ended = Event()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in signals}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(
    ended: Event, taping: Taping, recorder: "Recorder", *, duration: timedelta | None
) -> None:
    """Say how it goes until an end is wanted, the time is up, or the disk is lost."""
    began_s = now_s = monotonic()
    until_s = math.inf if duration is None else began_s + duration.total_seconds()
    teller = Teller(sys.stderr, path=recorder.status.path)
    while now_s < until_s and not recorder.status.error:
        if ended.wait(min(LOOK_S, until_s - now_s)):
            break
        now_s = monotonic()
        teller.tell(
            taping.snapshot, size_bytes=recorder.status.size_bytes, elapsed_s=now_s - began_s
        )
    teller.clear()
