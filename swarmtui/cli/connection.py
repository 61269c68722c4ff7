"""The options that say which swarm to watch and how to see it, common to all commands."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, ParamSpec, TypeVar

import click

from swarmtui.engine.address import Address, Options, resolve_addresses
from swarmtui.engine.usage import AddressError

P = ParamSpec("P")
R = TypeVar("R")

USAGE = 2
"""Exit status when the command line cannot be meant, as click has it."""

CANNOT_TELL = 3
"""Exit status when no manager gave an answer."""

_OPTIONS = (
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
)


def connection_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options of the docker CLI that say which engine is meant."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def addresses_or_end(
    *,
    hosts: tuple[str, ...],
    context: str,
    tls: bool | None,
    tlsverify: bool | None,
    tlscacert: str,
    tlscert: str,
    tlskey: str,
) -> tuple[Address, ...]:
    """Return the managers meant, as the docker CLI would find them; end with one line if none."""
    options = Options(
        hosts=hosts,
        context=context,
        tls=tls,
        tlsverify=tlsverify,
        tlscacert=tlscacert,
        tlscert=tlscert,
        tlskey=tlskey,
    )
    try:
        return resolve_addresses(options, env=os.environ, home=Path.home())
    except AddressError as error:
        end(str(error), status=USAGE)


def end(text: str, *, status: int) -> NoReturn:
    """End the program with one line on stderr."""
    click.echo(f"swarmtui: {text}", err=True)
    raise SystemExit(status)
