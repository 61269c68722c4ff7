"""Find out which services are looked at, so that their tasks are asked for first."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from swarmtui.insight.picture import Picture
from swarmtui.insight.query_fields import Kind
from swarmtui.stream.interest import Interest
from swarmtui.tui.view import View


@runtime_checkable
class Interested(Protocol):
    """A view that knows itself what should be asked first."""

    def interest(self) -> Interest:
        """Return what is on screen."""


class Rows(Protocol):
    """The rows of a table."""

    @property
    def ids_in_sight(self) -> Sequence[str]:
        """Return the ids of the rows on screen."""


class Table(Protocol):
    """A table."""

    @property
    def body(self) -> Rows:
        """Return its rows."""


@runtime_checkable
class Tabular(Protocol):
    """A view that is a table of one kind of thing."""

    KIND: Kind

    @property
    def table(self) -> Table:
        """Return the table."""


def interest_of(view: View | None, picture: Picture | None) -> Interest:
    """Return the services whose rows, or whose tasks' rows, are on screen."""
    looked_at: object = view
    if isinstance(looked_at, Interested):
        return looked_at.interest()
    if not isinstance(looked_at, Tabular) or picture is None:
        return Interest()
    return Interest(services_of(looked_at.KIND, looked_at.table.body.ids_in_sight, picture))


def services_of(kind: Kind, ids: Sequence[str], picture: Picture) -> frozenset[str]:
    """Return the services that rows of a kind are about; the others are about none."""
    match kind:
        case Kind.SERVICES:
            return frozenset(ids)
        case Kind.TASKS:
            tasks = (picture.snapshot.find_task(task_id) for task_id in ids)
            return frozenset(task.service_id for task in tasks if task is not None)
        case Kind.NODES | Kind.CONTAINERS | Kind.MACHINES | Kind.CONTRIBUTORS | Kind.HAPPENINGS:
            return frozenset()
