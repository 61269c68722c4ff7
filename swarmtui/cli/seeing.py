"""How to see what is seen, live or recorded: the config, the filter, the theme, or one line."""

from pathlib import Path

from swarmtui.cli.config import Config, ConfigError, default_config_path, read_config
from swarmtui.cli.ending import USAGE, end
from swarmtui.insight.query import Query, parse_query
from swarmtui.insight.query_syntax import QueryError, point_at
from swarmtui.swarm.text import plain


def read_config_or_end(path: Path | None) -> Config:
    """Return what the config file says; end with one line when it cannot be used."""
    try:
        return read_config(path, default=default_config_path())
    except ConfigError as error:
        end(str(error), status=USAGE)


def parse_filter_or_end(text: str) -> Query:
    """Return the filter; end with what is wrong with it."""
    try:
        return parse_query(text)
    except QueryError as error:
        end(f"--filter: {error.message}\n{point_at(text, error)}", status=USAGE)


def check_theme(name: str) -> str | None:
    """Return the theme of this name, or `None` for the usual one; end with one line for others."""
    from swarmtui.tui.themes import list_names  # noqa: PLC0415 - printing commands have none

    if name and name not in list_names():
        end(f"there is no theme {plain(name)}; there are {', '.join(list_names())}", status=USAGE)
    return name or None
