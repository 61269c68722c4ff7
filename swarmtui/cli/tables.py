"""`swarmtui nodes`, `services` and `tasks`: the tables of the dashboard, printed."""

import os
import sys
from typing import Any

import click

from swarmtui.cli.looking import take_look
from swarmtui.cli.options import connection_options, viewing_options
from swarmtui.cli.printed.formats import Format
from swarmtui.cli.printed.paper import paper_of
from swarmtui.cli.printed.rows import Table, write_rows
from swarmtui.cli.viewing import open_view

format_option = click.option(
    "--format",
    "format_",
    type=click.Choice([each.value for each in Format]),
    default=Format.TEXT.value,
    show_default=True,
    help="What to print.",
)


@click.command(epilog="Example: swarmtui nodes --filter 'region:eu-west-1 -state:ready'")
@connection_options
@viewing_options
@format_option
def nodes(**options: Any) -> None:  # noqa: ANN401 - click's options, of many types
    """Print the nodes, one a line."""
    _print(Table.NODES, options)


@click.command(epilog="Example: swarmtui services --format csv > services.csv")
@connection_options
@viewing_options
@format_option
def services(**options: Any) -> None:  # noqa: ANN401 - click's options, of many types
    """Print the services, one a line."""
    _print(Table.SERVICES, options)


@click.command(epilog="Example: swarmtui tasks --filter 'service:web state:pending'")
@connection_options
@viewing_options
@format_option
def tasks(**options: Any) -> None:  # noqa: ANN401 - click's options, of many types
    """Print the tasks, one a line."""
    _print(Table.TASKS, options)


def _print(table: Table, options: dict[str, Any]) -> None:
    format_ = options.pop("format_")
    view = open_view(options)
    view.warn_of_misfits(table.kind)
    picture = take_look(view.addresses, analyst=view.analyst)
    paper = paper_of(sys.stdout, environ=os.environ)
    write_rows(
        table, picture, query=view.query, format=Format(format_), stream=sys.stdout, paper=paper
    )
