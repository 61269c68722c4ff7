"""`swarmtui watch`: the dashboard on a live swarm."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click

from swarmtui.cli.connection import connection_options
from swarmtui.cli.viewing import View, open_view, viewing_options
from swarmtui.collector.settings import Settings, encode_settings
from swarmtui.feed.pictures import PictureFeed
from swarmtui.feed.process import CollectorProcess

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


@click.command(epilog="Example: swarmtui watch -c prod --filter 'contributor:\"NIPA Technology\"'")
@connection_options
@viewing_options
@click.option(
    "--duty",
    type=Percent(),
    metavar="PERCENT",
    help="Most of the manager's time that watching may take.  [default: 10%]",
)
def watch(duty: float | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Open the dashboard on a live swarm."""
    show(open_view(options), duty=duty)


def show(view: View, *, duty: float | None = None, title: str = "") -> None:
    """Run the dashboard until the user quits."""
    # Here, after the options have been checked: what is wrong with them is said at once.
    from swarmtui.tui.app import SwarmApp  # noqa: PLC0415
    from swarmtui.tui.options import ScreenOptions  # noqa: PLC0415

    now = partial(datetime.now, UTC)
    share = duty or view.config.duty or DUTY
    source = CollectorProcess(
        COLLECTOR,
        settings=encode_settings(Settings(addresses=view.addresses, duty=share)),
        now=now,
    )
    app = SwarmApp(
        feed=PictureFeed(source, analyst=view.analyst, now=now),
        clock=now,
        options=ScreenOptions(
            asked=view.addresses[0].url,
            filter=view.query.text,
            mine=view.mine,
            keymap=_keymap(view),
            theme=view.config.theme or None,
            title=title,
        ),
    )
    app.run()


def _keymap(view: View) -> Mapping[str, str]:
    return dict(view.config.keys)
