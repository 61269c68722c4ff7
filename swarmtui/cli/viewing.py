"""What the options that say how to see a swarm add up to: config, claims, filter."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from swarmtui.cli.config import (
    Config,
    ConfigError,
    default_config_path,
    read_claims,
    read_config,
    rules_of,
)
from swarmtui.cli.connection import addresses_or_end
from swarmtui.cli.ending import USAGE, end
from swarmtui.engine.address import Address
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, RulesError
from swarmtui.insight.claims import Claims
from swarmtui.insight.query import Query, parse_query
from swarmtui.insight.query_fields import Kind
from swarmtui.insight.query_syntax import QueryError, point_at


@dataclass(frozen=True, kw_only=True)
class View:
    """Which swarm to see and how."""

    addresses: tuple[Address, ...]
    config: Config
    query: Query
    mine: str
    analyst: Analyst

    def warn_of_misfits(self, kind: Kind) -> None:
        """Say on stderr which fields of the filter can match nothing among these."""
        for misfit in self.query.misfits(kind):
            click.echo(f"swarmtui: --filter: {misfit.term}: {misfit.reason}", err=True)


def open_view(options: Mapping[str, Any]) -> View:
    """Return what the connection and viewing options mean; end with one line if they cannot be."""
    left = dict(options)
    filter_, mine = left.pop("filter_"), left.pop("mine")
    claims_file, config_file = left.pop("claims"), left.pop("config")
    config = _read_config(config_file)
    query = _parse_query(filter_)
    if config.hosts and not left["hosts"] and not left["context"]:
        left["hosts"] = config.hosts
    mine = mine or config.mine
    return View(
        addresses=addresses_or_end(**left),
        config=config,
        query=query,
        mine=mine,
        analyst=_make_analyst(config, claims_file or config.claims, mine),
    )


def _read_config(path: Path | None) -> Config:
    try:
        return read_config(path, default=default_config_path())
    except ConfigError as error:
        end(str(error), status=USAGE)


def _make_analyst(config: Config, claims_file: Path | None, mine: str) -> Analyst:
    try:
        claims = read_claims(claims_file) if claims_file else Claims()
        place = Attribution(rules_of(config, claims=claims, mine=mine)).place
    except (ConfigError, RulesError) as error:
        end(str(error), status=USAGE)
    for warning in claims.warnings:
        click.echo(f"swarmtui: {claims_file}: {warning}", err=True)
    return Analyst(place=place, pledges=claims.pledged)


def _parse_query(text: str) -> Query:
    try:
        return parse_query(text)
    except QueryError as error:
        end(f"--filter: {error.message}\n{point_at(text, error)}", status=USAGE)
