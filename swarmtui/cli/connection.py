"""Find the managers that the connection options mean."""

import os
from pathlib import Path

from swarmtui.cli.ending import USAGE, end
from swarmtui.engine.address import Address, Options, metrics_address, resolve_addresses
from swarmtui.engine.usage import AddressError


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


def metrics_or_end(url: str) -> Address | None:
    """Return where the metrics are that a URL means, if any; end with one line if it is none."""
    try:
        return metrics_address(url) if url else None
    except AddressError as error:
        end(f"--metrics: {error}", status=USAGE)
