"""End the program with one line that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

USAGE = 2
"""Exit status when the command line cannot be meant, as click has it."""

CANNOT_TELL = 3
"""Exit status when no manager gave an answer."""

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it: 128 and the number of the signal."""


@contextmanager
def interruptible() -> Iterator[None]:
    """End without a word when Ctrl-C is pressed in the block."""
    try:
        yield
    except click.Abort:  # at a question, whose line is not over yet
        click.echo(err=True)
        raise SystemExit(INTERRUPTED) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def end(text: str, *, status: int) -> NoReturn:
    """End the program with one line on stderr."""
    click.echo(f"swarmtui: {text}", err=True)
    raise SystemExit(status)
