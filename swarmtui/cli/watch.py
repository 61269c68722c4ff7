"""`swarmtui watch`: the dashboard on a live swarm."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from swarmtui.cli.ending import USAGE, end, end_with_terminal
from swarmtui.cli.options import connection_options, recording_options, viewing_options
from swarmtui.cli.recording import Wish, close_recordings, make_recordings, take_wish
from swarmtui.feed.process import CollectorProcess

if TYPE_CHECKING:
    from swarmtui.cli.config import Config
    from swarmtui.cli.viewing import View
    from swarmtui.collector.settings import SshDefaults
    from swarmtui.feed.pictures import PictureFeed
    from swarmtui.feed.recordings import Recordings
    from swarmtui.tui.app import SwarmApp

# -P: a folder one happens to stand in is not a place to import from.
COLLECTOR: Sequence[str] = (sys.executable, "-P", "-m", "swarmtui.collector")

DUTY = 0.1
"""Share of a manager's time that the watching takes at most, unless the user says otherwise."""


class Percent(click.ParamType[float]):
    """A share given as `10%`, `10` or `0.1`, as a number from 0 to 1."""

    name = "percent"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the share."""
        try:
            number = float(str(value).removesuffix("%"))
        except ValueError:
            self.fail(f"{value!r} is not a percentage; write it as 10%", param, ctx)
        share = number if str(value).startswith("0.") else number / 100
        if not 0 < share <= 1:
            self.fail(f"{value!r} is not between 0% and 100%", param, ctx)
        return share


_ASKING = (
    click.option(
        "--duty",
        type=Percent(),
        metavar="PERCENT",
        help="Most of the manager's time that watching may take.  [default: 10%]",
    ),
    click.option(
        "--metrics",
        default="",
        metavar="URL",
        help="A manager's metrics (its metrics-addr): it then counts tasks every second, at no "
        "cost.",
    ),
    click.option(
        "--no-manager",
        is_flag=True,
        help="Ask no manager: only your machines, over ssh. Needs an inventory.",
    ),
)


def asking_options(command: Any) -> Any:  # noqa: ANN401 - click's own decorators
    """Add the options that say how a swarm is watched."""
    for option in reversed(_ASKING):
        command = option(command)
    return command


@click.command(epilog="Example: swarmtui watch -c prod --filter 'contributor:\"NIPA Technology\"'")
@connection_options
@viewing_options
@asking_options
@recording_options
def watch(
    *,
    duty: float | None,
    metrics: str,
    no_manager: bool,
    **options: Any,  # noqa: ANN401 - click's options
) -> None:
    """Open the dashboard on a live swarm, or on your machines alone."""
    check_no_manager(options, no_manager=no_manager)
    wish = take_wish(options)
    show({**options, "asks_managers": not no_manager}, duty=duty, metrics=metrics, wish=wish)


def check_no_manager(options: Mapping[str, Any], *, no_manager: bool) -> None:
    """End with one line when managers are named and none is to be asked."""
    if no_manager and (options["hosts"] or options["context"]):
        end("--no-manager asks none: leave out -H and --context", status=USAGE)


def show(
    options: Mapping[str, Any],
    *,
    wish: Wish,
    duty: float | None = None,
    metrics: str = "",
    title: str = "",
    ssh: "SshDefaults | None" = None,
) -> None:
    """Run the dashboard until the user quits; `ssh` goes before what the config says of it."""
    end_with_terminal()
    now = partial(datetime.now, UTC)
    source = CollectorProcess(COLLECTOR, now=now)
    # Both processes have a quarter of a second of imports before them: side by side.
    source.start()
    with ExitStack() as stack:
        stack.callback(source.close)
        from swarmtui.cli.viewing import open_view  # noqa: PLC0415

        view = open_view(options)
        source.configure(settings_of(view, duty=duty, metrics=metrics, ssh=ssh))
        from swarmtui.feed.pictures import PictureFeed  # noqa: PLC0415

        feed = PictureFeed(source, make_analyst=lambda: view.analyst, now=now)
        recordings = make_recordings(feed, view=view, wish=wish)
        stack.callback(close_recordings, recordings)
        _make_app(view, feed, recordings, now=now, title=title).run()


def settings_of(
    view: "View", *, duty: float | None, metrics: str, ssh: "SshDefaults | None" = None
) -> bytes:
    """Return what a collector is told; what is given here goes before what the config says."""
    from swarmtui.cli.connection import metrics_or_end  # noqa: PLC0415
    from swarmtui.collector.settings import Settings, encode_settings  # noqa: PLC0415

    return encode_settings(
        Settings(
            addresses=view.addresses,
            duty=duty or view.config.duty or DUTY,
            metrics=metrics_or_end(metrics or view.config.metrics) if view.addresses else None,
            machines=view.inventory.machines,
            ssh=ssh or _ssh_of(view.config),
        )
    )


def _make_app(
    view: "View",
    feed: "PictureFeed",
    recordings: "Recordings",
    *,
    now: Callable[[], datetime],
    title: str,
) -> "SwarmApp":
    from swarmtui.cli.seeing import check_theme  # noqa: PLC0415
    from swarmtui.tui.app import SwarmApp  # noqa: PLC0415
    from swarmtui.tui.options import ScreenOptions  # noqa: PLC0415

    return SwarmApp(
        feed=feed,
        clock=now,
        recording=recordings,
        options=ScreenOptions(
            asked=view.addresses[0].url if view.addresses else "",
            filter=view.query.text,
            mine=view.mine,
            bell=view.config.bell,
            keymap=view.config.keys,
            theme=check_theme(view.config.theme),
            opens="overview" if view.addresses else "rollcall",
            title=title,
        ),
    )


def _ssh_of(config: "Config") -> "SshDefaults":
    from swarmtui.collector.settings import SshDefaults  # noqa: PLC0415

    ssh = config.ssh
    return SshDefaults(user=ssh.user, port=ssh.port, key=str(ssh.key) if ssh.key else "")
