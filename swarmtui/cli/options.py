"""The options that commands have in common: which swarm to watch, and how to see it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from swarmtui.cli.amounts import Redacted

P = ParamSpec("P")
R = TypeVar("R")
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_FILE = click.Path(path_type=Path, dir_okay=False)

_INVENTORY = click.option(
    "--inventory",
    multiple=True,
    metavar="SOURCE",
    help="Your machines: a TOML file, a static Ansible inventory, docker-machine's store, or "
    "ssh:PATTERN for Hosts of ~/.ssh/config. Repeatable.",
)

_CONNECTION = (
    click.option(
        "-H",
        "--host",
        "hosts",
        multiple=True,
        metavar="ADDRESS",
        help="Manager to ask: unix://, tcp:// or ssh://. Repeat it: the others are tried when "
        "the first is lost.",
    ),
    click.option("-c", "--context", default="", help="Docker context to use."),
    click.option("--tls", is_flag=True, default=None, help="Use TLS."),
    click.option("--tlsverify", is_flag=True, default=None, help="Use TLS and verify the remote."),
    click.option("--tlscacert", default="", metavar="FILE", help="Trust certs signed by this CA."),
    click.option("--tlscert", default="", metavar="FILE", help="TLS certificate of the client."),
    click.option("--tlskey", default="", metavar="FILE", help="TLS key of the client."),
    _INVENTORY,
)

_FILTER = click.option(
    "--filter",
    "filter_",
    default="",
    metavar="QUERY",
    help="Only what matches, such as 'region:eu-west-1 -state:ready tasks>40'.",
)
_MINE = click.option("--mine", default="", metavar="NAME", help="The contributor that is you.")
_CLAIMS = click.option(
    "--claims",
    type=_FILE,
    metavar="FILE",
    help="Who contributed which node: `docker node ls` with claims, CSV or TOML.",
)
_CONFIG = click.option("--config", type=_FILE, metavar="FILE", help="The config file.")

_CONTENT = (
    click.option(
        "--redact",
        type=Redacted(),
        default=(),
        metavar="WHAT",
        help="Replace addresses, hostnames or both (addresses,hostnames) in the recording, each "
        "by the same word throughout.",
    ),
    click.option(
        "--with-specs",
        is_flag=True,
        help="Record the labels of nodes and services too; they may hold what is private.",
    ),
)

_RECORD = click.option(
    "--record",
    "record_file",
    type=_FILE,
    metavar="FILE",
    help="Record into this new file from the start; the key r begins and ends recordings too.",
)


def _add(options: Iterable[Decorator], command: Callable[P, R]) -> Callable[P, R]:
    for option in reversed(tuple(options)):
        command = option(command)
    return command


def connection_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options that say which engine is meant, as in the docker CLI, and which machines."""
    return _add(_CONNECTION, command)


def inventory_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options that say which machines are meant, for commands that ask no manager."""
    return _add((_INVENTORY, _CONFIG), command)


def viewing_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options that say how to see a swarm."""
    return _add((_FILTER, _MINE, _CLAIMS, _CONFIG), command)


def looking_back_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add those of them that can still be meant when a recording is seen."""
    return _add((_FILTER, _MINE, _CONFIG), command)


def attribution_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add those of them that can be meant where everything is taken in, and nothing shown."""
    return _add((_MINE, _CLAIMS, _CONFIG), command)


def config_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add the one that can be meant where nothing else is asked for."""
    return _add((_CONFIG,), command)


def content_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options that say what goes into a recording."""
    return _add(_CONTENT, command)


def recording_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options of a command that can record beside what it does."""
    return _add((_RECORD, *_CONTENT), command)
