"""End the program with one line that says what to do."""

import signal
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


def end_with_terminal() -> None:
    """Have the program end with its terminal, also where whoever started it ignores that.

    Under `nohup` and the like it would stay behind a closed window, and go round and round reading
    keys from nowhere.
    """
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


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
