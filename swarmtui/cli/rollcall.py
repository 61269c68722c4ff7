"""`swarmtui rollcall`: asks every machine over ssh whether it is in a swarm, and as which node."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO, TypeVar, assert_never

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from swarmtui.cli.config import ConfigError, default_config_path, read_config
from swarmtui.cli.ending import USAGE, end, interruptible
from swarmtui.cli.options import inventory_options
from swarmtui.cli.printed.formats import Format, write_csv, write_json_array
from swarmtui.cli.printed.paper import paper_of
from swarmtui.cli.printed.roll_call_rows import (
    ROLL_CALL_COLUMNS,
    RollCallRow,
    csv_values,
    roll_call_rows,
    sum_up,
)
from swarmtui.cli.printed.table import write_table
from swarmtui.cli.viewing import read_inventory_or_end
from swarmtui.ssh.login import Door
from swarmtui.ssh.roll_call import call_roll
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen

T = TypeVar("T")

NOT_ALL_IN = 1
"""Exit status when a machine is not in a swarm, or was not reached."""

NO_MACHINES = (
    "no machines to ask: name an inventory with --inventory FILE, or several; docker-machine's "
    "store is found by itself"
)


@click.command(
    epilog="""\
\b
Examples:
  swarmtui rollcall --inventory machines.toml
  swarmtui rollcall --inventory hosts.ini --format csv > roll.csv
"""
)
@inventory_options
@click.option(
    "--format",
    "format_",
    type=click.Choice([each.value for each in Format]),
    default=Format.TEXT.value,
    show_default=True,
    help="What to print.",
)
def rollcall(inventory: tuple[str, ...], config: Path | None, format_: str) -> None:
    """Ask every machine of the inventory over ssh whether it is in a swarm; needs no manager.

    Nothing but `docker info` is run there. The exit status is 0 when every machine is in a swarm
    and 1 when one is not or was not reached.
    """
    machines = read_machines(inventory, config)
    door = Door(home=Path.home())
    with interruptible():
        answers = ask_all(machines, door=door)
        door.close()
    rows = roll_call_rows(machines, answers)
    _write(rows, Format(format_), sys.stdout)
    raise SystemExit(0 if all(row.is_in for row in rows) else NOT_ALL_IN)


def ask_all(machines: Sequence[Machine], *, door: Door) -> dict[str, MachineSeen]:
    """Return what each machine answered, by name; shows progress on a terminal."""
    asked = call_roll(machines, door=door)
    return {seen.machine: seen for seen in in_progress(asked, total=len(machines))}


def in_progress(asked: Iterable[T], *, total: int) -> Iterator[T]:
    """Yield what comes of each machine; on a terminal, a bar on stderr shows how many have."""
    console = Console(file=sys.stderr)
    progress = Progress(
        TextColumn("asked"),
        MofNCompleteColumn(),
        TextColumn("machines"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with progress:
        yield from progress.track(asked, total=total)


def read_machines(names: Sequence[str], config_file: Path | None) -> Sequence[Machine]:
    """Return the machines of the inventories named, or of the config and docker-machine's store.

    End with one line when there are none, or an inventory cannot be used.
    """
    try:
        config = read_config(config_file, default=default_config_path())
    except ConfigError as error:
        end(str(error), status=USAGE)
    inventory = read_inventory_or_end(names or config.inventory, config=config)
    if not inventory.machines:
        end(NO_MACHINES, status=USAGE)
    return inventory.machines


def _write(rows: Sequence[RollCallRow], format_: Format, stream: TextIO) -> None:
    match format_:
        case Format.JSON:
            write_json_array(rows, stream)
        case Format.CSV:
            write_csv(RollCallRow.__struct_fields__, map(csv_values, rows), stream)
        case Format.TEXT:
            paper = paper_of(stream, environ=os.environ)
            write_table(ROLL_CALL_COLUMNS, lambda: rows, stream=stream, paper=paper)
            stream.writelines(f"{paper.paint(line)}\n" for line in sum_up(rows))
        case never:
            assert_never(never)
