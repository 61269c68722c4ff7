"""What the shell needs of a view, and where one can be."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from swarmtui.insight.parts import GroupName
from swarmtui.insight.picture import Picture
from swarmtui.insight.query import Query


class View(Protocol):
    """A screenful, called only while it is visible."""

    display: bool

    def show(self, picture: Picture, query: Query) -> None:
        """Show the newest picture, as far as the filter means it, with the ages of now."""

    def tick(self, now: datetime) -> None:
        """Let ages grow; about once a second, while no picture comes."""

    def focus(self) -> object:
        """Take the keys."""


@dataclass(frozen=True)
class Spot:
    """Where the user is, or was."""

    view: str
    """Id of the view."""
    node_id: str = ""
    """The node that is drilled into; empty on other views."""
    group: GroupName | None = None
    """The region or contributor that is drilled into; `None` on other views."""
    filter: str = ""
    """The filter that stood there."""
