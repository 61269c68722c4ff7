"""The options that commands have in common: which swarm to watch, and how to see it."""

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
R = TypeVar("R")

_FILE = click.Path(path_type=Path, dir_okay=False)

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
    click.option(
        "--inventory",
        multiple=True,
        metavar="SOURCE",
        help="Your machines: a TOML file, a static Ansible inventory, docker-machine's store, or "
        "ssh:PATTERN for Hosts of ~/.ssh/config. Repeatable.",
    ),
)

_VIEWING = (
    click.option(
        "--filter",
        "filter_",
        default="",
        metavar="QUERY",
        help="Only what matches, such as 'region:eu-west-1 -state:ready tasks>40'.",
    ),
    click.option("--mine", default="", metavar="NAME", help="The contributor that is you."),
    click.option(
        "--claims",
        type=_FILE,
        metavar="FILE",
        help="Who contributed which node: `docker node ls` with claims, CSV or TOML.",
    ),
    click.option("--config", type=_FILE, metavar="FILE", help="The config file."),
)


def connection_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options that say which engine is meant, as in the docker CLI, and which machines."""
    for option in reversed(_CONNECTION):
        command = option(command)
    return command


def viewing_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options that say how to see a swarm."""
    for option in reversed(_VIEWING):
        command = option(command)
    return command
