"""Print the nodes, services or tasks of a picture that a query matches."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, TextIO, assert_never

import msgspec

from swarmtui.cli.printed.formats import Format, write_csv, write_json_array
from swarmtui.cli.printed.node_rows import NODE_COLUMNS, NodeRow, iterate_nodes
from swarmtui.cli.printed.paper import Paper
from swarmtui.cli.printed.service_rows import SERVICE_COLUMNS, ServiceRow, iterate_services
from swarmtui.cli.printed.table import Column, write_table
from swarmtui.cli.printed.task_rows import TaskRow, iterate_tasks, task_columns
from swarmtui.insight.picture import Picture
from swarmtui.insight.query import EVERYTHING, Query
from swarmtui.insight.query_fields import Kind


class Table(StrEnum):
    """What there is a table of: what a manager tells."""

    NODES = "nodes"
    SERVICES = "services"
    TASKS = "tasks"

    @property
    def kind(self) -> Kind:
        """Return what a filter takes its rows for."""
        return Kind(self.value)


class Listing(NamedTuple):
    """The rows of one table: how to go through them, and how they read as text."""

    row: type[msgspec.Struct]
    iterate: Callable[[], Iterable[msgspec.Struct]]
    """Begins anew at each call, so that nobody has to hold all rows."""
    columns: Sequence[Column[Any]]


def write_rows(
    table: Table,
    picture: Picture,
    *,
    query: Query = EVERYTHING,
    format: Format,  # noqa: A002 - the option's own name
    stream: TextIO,
    paper: Paper,
) -> None:
    """Write the rows that match; JSON is one array, CSV and text begin with a head."""
    listing = list_rows(table, picture, query=query)
    match format:
        case Format.JSON:
            write_json_array(listing.iterate(), stream)
        case Format.CSV:
            rows = map(msgspec.structs.astuple, listing.iterate())
            write_csv(listing.row.__struct_fields__, rows, stream)
        case Format.TEXT:
            write_table(listing.columns, listing.iterate, stream=stream, paper=paper)
        case _:
            assert_never(format)


def list_rows(table: Table, picture: Picture, *, query: Query = EVERYTHING) -> Listing:
    """Return the rows of a table that match."""
    match table:
        case Table.NODES:
            return Listing(NodeRow, lambda: iterate_nodes(picture, query=query), NODE_COLUMNS)
        case Table.SERVICES:
            return Listing(
                ServiceRow, lambda: iterate_services(picture, query=query), SERVICE_COLUMNS
            )
        case Table.TASKS:
            columns = task_columns(picture.at)
            return Listing(TaskRow, lambda: iterate_tasks(picture, query=query), columns)
        case _:
            assert_never(table)
