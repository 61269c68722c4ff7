"""`swarmtui status`: one look, printed; the exit status tells the health."""

import os
import sys
from typing import assert_never

import click

from swarmtui.cli.looking import take_look
from swarmtui.cli.options import connection_options, viewing_options
from swarmtui.cli.printed.formats import Format, write_csv_object, write_json_object
from swarmtui.cli.printed.narrowing import narrow
from swarmtui.cli.printed.paper import paper_of
from swarmtui.cli.printed.status_json import status_of
from swarmtui.cli.printed.status_text import write_status
from swarmtui.cli.printed.verdict import exit_status
from swarmtui.cli.viewing import open_view
from swarmtui.insight.query_fields import Kind


@click.command(epilog="Example: swarmtui status --format json | jq .problems")
@connection_options
@viewing_options
@click.option(
    "--format",
    "format_",
    type=click.Choice([each.value for each in Format]),
    default=Format.TEXT.value,
    show_default=True,
    help="What to print.",
)
def status(format_: str, **options: object) -> None:
    """Look at the swarm once, whole, and print how it is.

    The exit status is 0 when it is healthy, 1 when degraded, 2 when critical and 3 when no
    manager could tell. --filter narrows node counts, regions, contributors and problems to the
    nodes that match; leader, quorum, tasks and services stay the whole swarm's.
    """
    view = open_view(options)
    view.warn_of_misfits(Kind.NODES)
    picture = take_look(view.addresses, analyst=view.analyst, bears_no_leader=True)
    shown = narrow(picture, view.query)
    match Format(format_):
        case Format.JSON:
            write_json_object(status_of(shown), sys.stdout)
        case Format.CSV:
            write_csv_object(status_of(shown), sys.stdout)
        case Format.TEXT:
            paper = paper_of(sys.stdout, environ=os.environ)
            write_status(shown, stream=sys.stdout, paper=paper, restricted_to=view.query.text)
        case never:
            assert_never(never)
    raise SystemExit(exit_status(picture))
