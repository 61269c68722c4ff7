"""Hold the views, make each when it is first wanted, and feed the one that is visible."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, cast

from msgspec.structs import replace
from textual.containers import Container
from textual.widget import Widget

from swarmtui.insight.picture import Picture
from swarmtui.insight.query import EVERYTHING, Query
from swarmtui.stream.interest import Interest
from swarmtui.tui.comparing import Compared, ShowingCompared
from swarmtui.tui.forgetting import Forgetful
from swarmtui.tui.looking import interest_of
from swarmtui.tui.tails import Tailing, Tails
from swarmtui.tui.trusts import Trusts
from swarmtui.tui.view import Spot, View

Clock = Callable[[], datetime]
Maker = Callable[[Clock], Widget]
Makers = dict[str, Maker]


class Stage(Container):
    """Shows one view at a time."""

    BLANK: ClassVar[bool] = True  # children cover all of it: its own lines need no painting

    def __init__(self, makers: Makers, *, clock: Clock) -> None:
        super().__init__(id="stage")
        self._makers = makers
        self._clock = clock
        self._views: dict[str, View] = {}
        self._shown: View | None = None
        self._picture: Picture | None = None
        self._query = EVERYTHING
        self.tails = Tails()
        self.trusts = Trusts()
        self.compared: Compared | None = None
        """What the comparison shows."""

    @property
    def shown(self) -> View | None:
        """Return the view that is on screen."""
        return self._shown

    def has(self, name: str) -> bool:
        """Tell whether there is a view of this name."""
        return name in self._makers

    async def enter(self, spot: Spot, query: Query) -> None:
        """Show the view of a spot."""
        self._query = query
        view = self._views.get(spot.view) or await self._make(spot.view)
        if self._shown is not None and self._shown is not view:
            self._shown.display = False
        self._shown, view.display = view, True
        _point(view, spot)
        self._feed()
        view.tick(self._clock())
        view.focus()

    def show(self, picture: Picture, query: Query) -> None:
        """Show the newest picture in the view on screen."""
        self._picture, self._query = picture, query
        self.trusts = self.trusts.settle(picture.machines)
        self._feed()

    def forget(self) -> None:
        """Take the next picture for the first one, in every view."""
        for widget in self.query("*"):
            if isinstance(widget, Forgetful):
                widget.forget()

    def tick(self, now: datetime) -> None:
        """Let ages grow in the view on screen."""
        if self._shown is not None:
            self._shown.tick(now)

    def interest(self) -> Interest:
        """Return what the view on screen wants asked first, what is tailed, and what trusted."""
        interest = interest_of(self._shown, self._picture)
        tails = interest.tails | self.tails.wanted
        return replace(interest, tails=tails, trusts=self.trusts.wishes)

    async def _make(self, name: str) -> View:
        widget = self._makers[name](self._clock)
        await self.mount(widget)
        self._views[name] = cast("View", widget)
        return self._views[name]

    def _feed(self) -> None:
        shown: object = self._shown
        if isinstance(shown, Tailing):
            shown.take_tails(self.tails)
        if isinstance(shown, ShowingCompared) and self.compared is not None:
            shown.take_compared(self.compared)
        if self._shown is not None and self._picture is not None:
            self._shown.show(self._picture, self._query)


def _point(view: View, spot: Spot) -> None:
    """Have a view of one thing show the one that was drilled into."""
    if spot.node_id:
        from swarmtui.tui.views.node import NodeView  # noqa: PLC0415 - not before one is opened

        cast("NodeView", view).point_at(spot.node_id)
    elif spot.group is not None:
        from swarmtui.tui.views.group import GroupView  # noqa: PLC0415 - not before one is opened

        cast("GroupView", view).point_at(spot.group)
