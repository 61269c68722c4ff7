"""End the program with one line that says what to do."""

from typing import NoReturn

import click

USAGE = 2
"""Exit status when the command line cannot be meant, as click has it."""

CANNOT_TELL = 3
"""Exit status when no manager gave an answer."""


def end(text: str, *, status: int) -> NoReturn:
    """End the program with one line on stderr."""
    click.echo(f"swarmtui: {text}", err=True)
    raise SystemExit(status)
