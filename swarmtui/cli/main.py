"""The `swarmtui` command: finds the subcommand, and imports only what that one needs."""

import gc
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import NamedTuple, NoReturn

import click

from swarmtui import __version__

DEFAULT = "watch"


class Entry(NamedTuple):
    """Where a subcommand lives, and what the list of them says about it."""

    module: str
    help: str


COMMANDS = {
    "watch": Entry("swarmtui.cli.watch", "The dashboard; what `swarmtui` alone does."),
    "demo": Entry("swarmtui.cli.demo", "The dashboard on a simulated swarm."),
    "status": Entry("swarmtui.cli.status", "One look, printed; the exit status tells the health."),
    "nodes": Entry("swarmtui.cli.tables", "The nodes, printed."),
    "services": Entry("swarmtui.cli.tables", "The services, printed."),
    "tasks": Entry("swarmtui.cli.tables", "The tasks, printed."),
    "stats": Entry("swarmtui.cli.stats", "`docker stats` of many machines at once, printed."),
    "rollcall": Entry("swarmtui.cli.rollcall", "Which machines are in a swarm, and why not."),
    "record": Entry("swarmtui.cli.record", "Record a swarm without a screen."),
    "replay": Entry("swarmtui.cli.replay", "The dashboard on a recording."),
    "report": Entry("swarmtui.cli.report", "What happened, from a recording; also as a page."),
    "serve": Entry("swarmtui.cli.serve", "A recorded swarm on a socket, for any client."),
    "trust": Entry("swarmtui.cli.trust", "Accept the ssh host keys of machines, once compared."),
    "simulate": Entry("swarmtui.cli.simulate", "A simulated swarm on a socket, for any client."),
}

FLAGS = {"--tls", "--tlsverify", "--no-manager", "--with-specs", "--help"}
"""The common options that take no value."""


class Subcommands(click.Group):
    """A group that imports a subcommand when it is called, and takes `watch` when none is named.

    Importing all of them for `--help` would take longer than everything else it does.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the subcommand first: the one that is named, or the default.

        The docker CLI wants -H and the like before the subcommand, so that place is fine too.
        """
        own = {"--help", "--version"}
        if not args or (args[0].startswith("-") and args[0] not in own):
            at = _find_command(args)
            args = [DEFAULT, *args] if at is None else [args[at], *args[:at], *args[at + 1 :]]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the list."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a subcommand."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = getattr(import_module(entry.module), cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def _find_command(args: list[str]) -> int | None:
    """Return where a subcommand stands behind common options, or `None`."""
    at = 0
    while at < len(args) and args[at].startswith("-") and args[at] != "--":
        at += 1 if args[at] in FLAGS or "=" in args[at] or _has_value(args[at]) else 2
    return at if at < len(args) and args[at] in COMMANDS else None


def _has_value(arg: str) -> bool:
    """Tell whether a short option has its value in the same word, as `-Hunix:///a.sock`."""
    return not arg.startswith("--") and len(arg) > 2


@click.group(
    cls=Subcommands,
    context_settings={"help_option_names": ["--help"], "max_content_width": 100},
    epilog="Example: swarmtui -H ssh://root@manager-1 -H ssh://root@manager-2",
)
@click.version_option(__version__, prog_name="swarmtui")
def swarmtui() -> None:
    """Watch a live Docker Swarm. It only watches: nothing but GET requests ever leaves.

    Without a command it opens the dashboard on the swarm that the docker CLI would talk to.
    """


def main() -> NoReturn:
    """Run the command line."""
    # Imports make tens of thousands of objects that stay: to look through them for garbage again
    # and again is a sixth of the time to the first paint. The dashboard and the collector collect
    # again once they are up; the other commands are short.
    gc.disable()
    # Glyphs in a locale that has none become question marks, not a traceback.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        sys.exit(swarmtui.main(prog_name="swarmtui", standalone_mode=True))
    except BrokenPipeError:
        # The reader of a printed table has seen enough, as `head` does. Python would complain
        # once more when it flushes at exit.
        sys.stdout = None
        sys.exit(0)
