"""`swarmtui stats`: `docker stats` of many machines at once, live or as JSON lines."""

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click
import msgspec
from rich.console import Console
from rich.live import Live
from rich.text import Text

from swarmtui.cli.ending import INTERRUPTED, USAGE, end
from swarmtui.cli.options import connection_options, viewing_options
from swarmtui.cli.printed.formats import Format, json_text, write_csv
from swarmtui.cli.printed.paper import paper_of
from swarmtui.cli.printed.stats_board import Board
from swarmtui.cli.printed.stats_rows import StatsRow
from swarmtui.cli.printed.stats_screen import draw
from swarmtui.cli.stats_targets import find_targets
from swarmtui.ssh.login import Door
from swarmtui.ssh.tails import Tails
from swarmtui.swarm.text import plain

ONCE_WITHIN_S = 60.0
"""The longest that `--once` waits for machines that neither answer nor fail."""
REPAINT_S = 1.0


@click.command(
    epilog="""\
\b
Examples:
  swarmtui stats --inventory machines.toml
  swarmtui stats -H ssh://root@manager-1 --filter 'region:eu-west-1 tasks>0'
  swarmtui stats --inventory hosts.ini --once | jq .cpu_percent
"""
)
@connection_options
@viewing_options
@click.option("--once", is_flag=True, help="Print the numbers of all once, and end.")
@click.option(
    "--format",
    "format_",
    type=click.Choice([each.value for each in Format]),
    help="What to print: the default is a table on a terminal and JSON lines elsewhere.",
)
def stats(*, once: bool, format_: str | None, **options: Any) -> None:  # noqa: ANN401 - click's
    """Tail `docker stats` over ssh on the machines of the inventory, or on nodes of a swarm.

    With a manager (-H or --context) --filter and --mine say which nodes are meant, and the
    inventory how to log in to them; nodes that are in none are reached at their own address, as
    [ssh] of the config says. Without one, all machines of the inventory are tailed, or those that
    are --mine by what the inventory says. With --once the exit status is 1 when a machine told
    nothing.
    """
    format_ = format_ or (Format.TEXT if sys.stdout.isatty() else Format.JSON)
    if format_ == Format.TEXT and not once and not sys.stdout.isatty():
        end("--format text is live and needs a terminal; or ask --once", status=USAGE)
    door = Door(home=Path.home())
    try:
        targets = find_targets(options, door=door)
        board = Board(targets.hosts, services=targets.services)
        tails = Tails(door, board.see, introduces=targets.introduces)
        tails.want(targets.machines)
        if once:
            _print_once(board, Format(format_))
        elif format_ == Format.TEXT:
            _show_live(board)
        else:
            _print_lines(board, Format(format_))
    except KeyboardInterrupt:
        # The usual way to end what has no end. The tails are daemons: nobody waits for them.
        raise SystemExit(INTERRUPTED if once else 0) from None


def _print_once(board: Board, format_: Format) -> NoReturn:
    board.wait_settled(timeout_s=ONCE_WITHIN_S)
    _complain(board)
    rows = board.newest_rows()
    match format_:
        case Format.TEXT:
            paper = msgspec.structs.replace(paper_of(sys.stdout, environ=os.environ), height=None)
            click.echo(draw(board, now=datetime.now(UTC), paper=paper))
        case Format.JSON:
            sys.stdout.writelines(f"{json_text(row)}\n" for row in rows)
        case Format.CSV:
            write_csv(StatsRow.__struct_fields__, map(msgspec.structs.astuple, rows), sys.stdout)
    sys.stdout.flush()
    raise SystemExit(1 if board.silent() else 0)


def _show_live(board: Board) -> None:
    """Repaint the table once a second, in place, until Ctrl-C; the last one stays."""
    console = Console()
    with Live(console=console, auto_refresh=False, vertical_overflow="crop") as live:
        while True:
            paper = paper_of(sys.stdout, environ=os.environ)
            screen = draw(board, now=datetime.now(UTC), paper=paper)
            live.update(Text.from_ansi(screen), refresh=True)
            time.sleep(REPAINT_S)


def _print_lines(board: Board, format_: Format) -> None:
    """Write every sample as it comes, until Ctrl-C or until nobody reads any more."""
    rows = _follow(board, sys.stdout)
    if format_ is Format.CSV:
        write_csv(StatsRow.__struct_fields__, map(msgspec.structs.astuple, rows), sys.stdout)
    else:
        sys.stdout.writelines(f"{json_text(row)}\n" for row in rows)


def _follow(board: Board, stream: TextIO) -> Iterator[StatsRow]:
    while True:
        for seen in board.take(timeout_s=REPAINT_S):
            yield from board.rows(seen)
        _complain(board)
        stream.flush()


def _complain(board: Board) -> None:
    for seen in board.take_complaints():
        click.echo(f"swarmtui: {plain(seen.text)}", err=True)
