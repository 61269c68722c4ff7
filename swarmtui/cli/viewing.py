"""What the options that say how to see a swarm add up to: config, claims, filter."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from swarmtui.cli.config import Config, ConfigError, read_claims, rules_of
from swarmtui.cli.connection import addresses_or_end
from swarmtui.cli.ending import USAGE, end
from swarmtui.cli.seeing import parse_filter_or_end, read_config_or_end
from swarmtui.engine.address import Address
from swarmtui.insight.attribution import Attribution, Rules, RulesError
from swarmtui.insight.claims import Claims
from swarmtui.insight.query import Query
from swarmtui.insight.query_fields import Kind
from swarmtui.inventory.inventory import Inventory, InventoryError
from swarmtui.inventory.reading import read_inventory

if TYPE_CHECKING:
    from swarmtui.insight.analyst import Analyst

NO_MACHINES = (
    "no machines: name an inventory with --inventory FILE, or several; docker-machine's store is "
    "found by itself"
)


@dataclass(frozen=True, kw_only=True)
class View:
    """Which swarm to see and how."""

    addresses: tuple[Address, ...]
    config: Config
    query: Query
    mine: str
    inventory: Inventory
    rules: Rules
    attribution: Attribution

    @cached_property
    def analyst(self) -> "Analyst":
        """Return what makes pictures, with the config's thresholds and nothing seen yet.

        A third of the program's modules are its parts: they are imported when it is first wanted.
        """
        from swarmtui.insight.analyst import Analyst  # noqa: PLC0415

        attribution, rules = self.attribution, self.rules
        return Analyst(
            place=attribution.place,
            pledges=rules.claims.pledged,
            machines=rules.machines,
            place_machine=attribution.place_machine,
            is_mine=attribution.is_mine,
            hear=attribution.hear,
            look_as=attribution.look_as,
            thresholds=self.config.problems,
        )

    def warn_of_misfits(self, kind: Kind) -> None:
        """Say on stderr which fields of the filter can match nothing among these."""
        for misfit in self.query.misfits(kind):
            click.echo(f"swarmtui: --filter: {misfit.term}: {misfit.reason}", err=True)


def open_view(options: Mapping[str, Any]) -> View:
    """Return what the connection and viewing options mean; end with one line if they cannot be.

    Without `inventory` there are no machines; with `finds_machines` false there are none but those
    it names: a simulated swarm is no business of the user's own machines. With `asks_managers`
    false there are no addresses, and there have to be machines.
    """
    left = dict(options)
    filter_, mine = left.pop("filter_"), left.pop("mine")
    claims_file, config_file = left.pop("claims"), left.pop("config")
    named: Sequence[str] | None = left.pop("inventory", None)
    config = read_config_or_end(config_file)
    finds_machines = left.pop("finds_machines", True)
    asks_managers = left.pop("asks_managers", True)
    inventory = Inventory()
    if named is not None:
        inventory = read_inventory_or_end(named, config=config, finds_machines=finds_machines)
    if not asks_managers and not inventory.machines:
        end(NO_MACHINES, status=USAGE)
    query = parse_filter_or_end(filter_)
    if config.hosts and not left["hosts"] and not left["context"]:
        left["hosts"] = config.hosts
    mine = mine or config.mine
    claims = _read_claims(claims_file or config.claims)
    rules = rules_of(config, claims=claims, machines=inventory.machines, mine=mine)
    return View(
        addresses=addresses_or_end(**left) if asks_managers else (),
        config=config,
        query=query,
        mine=mine,
        inventory=inventory,
        rules=rules,
        attribution=_make_attribution(rules),
    )


def read_inventory_or_end(
    names: Sequence[str], *, config: Config, finds_machines: bool = True
) -> Inventory:
    """Return the machines of the inventories named, with the warnings on stderr.

    With `finds_machines` those of the config when none is named, and docker-machine's store in any
    case. End with one line when an inventory cannot be used.
    """
    rules = rules_of(config, claims=Claims())
    try:
        inventory = read_inventory(
            names or (config.inventory if finds_machines else ()),
            env=os.environ,
            home=Path.home(),
            ssh_hosts=_list_ssh_hosts,
            finds_store=finds_machines,
            region_labels=rules.region_labels,
            contributor_labels=rules.contributor_labels,
        )
    except InventoryError as error:
        end(str(error), status=USAGE)
    for warning in inventory.warnings:
        click.echo(f"swarmtui: {warning}", err=True)
    return inventory


def _list_ssh_hosts(pattern: str) -> Sequence[str]:
    from swarmtui.ssh.config import list_hosts  # noqa: PLC0415 - few name their hosts this way
    from swarmtui.ssh.errors import SshError  # noqa: PLC0415

    try:
        return list_hosts(pattern, home=Path.home())
    except SshError as error:
        raise InventoryError(error.text) from None


def _read_claims(path: Path | None) -> Claims:
    try:
        claims = read_claims(path) if path else Claims()
    except ConfigError as error:
        end(str(error), status=USAGE)
    for warning in claims.warnings:
        click.echo(f"swarmtui: {path}: {warning}", err=True)
    return claims


def _make_attribution(rules: Rules) -> Attribution:
    try:
        return Attribution(rules)
    except RulesError as error:
        end(str(error), status=USAGE)
