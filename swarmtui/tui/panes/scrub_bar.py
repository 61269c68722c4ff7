"""The scrub bar: a recording from begin to end, what happened when, and where one is in it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.events import Click, Resize
from textual.message import Message

from swarmtui.feed.status import ReplayStatus
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.panes.scrub_lines import (
    Course,
    Scrub,
    columns_of,
    draw_course,
    scrub_lines,
    time_at,
)

Density = Callable[[int], Sequence[int]]
"""Returns how much changed in each of so many equal parts of the recording."""


class ScrubBar(Pane):
    """Two lines; a click on the upper one goes there."""

    DEFAULT_CSS = """
    ScrubBar { height: 2; background: $surface; }
    """

    class Sought(Message):
        """A time was clicked."""

        def __init__(self, at: datetime) -> None:
            super().__init__()
            self.at = at

    def __init__(self, density: Density) -> None:
        super().__init__(id="scrub-bar")
        self._find_density = density
        self._scrub: Scrub | None = None
        self._notice = ""

    def show(self, status: ReplayStatus, *, mark: datetime | None = None) -> None:
        """Show where the playing is; its course is drawn anew only when something was added."""
        self._scrub = Scrub(status, self._course_of(status), mark, self._notice)
        self._draw()

    def say(self, notice: str) -> None:
        """Say something until something else is said; nothing when it is empty."""
        self._notice = notice
        if self._scrub is not None:
            self._scrub = self._scrub._replace(notice=notice)
            self._draw()

    def on_resize(self, event: Resize) -> None:
        """Draw for the new width."""
        del event
        if self._scrub is not None:
            self.show(self._scrub.status, mark=self._scrub.mark)
        self.refresh()

    def on_click(self, event: Click) -> None:
        """Tell which time was clicked."""
        at = time_at(event.x, self._scrub) if self._scrub and event.y == 0 else None
        if at is not None:
            self.post_message(self.Sought(at))

    def _course_of(self, status: ReplayStatus) -> Course:
        columns = columns_of(status, width=self.size.width)
        if self._scrub is None or not _still_holds(self._scrub, status, columns):
            return draw_course(status, self._find_density(columns) if columns else ())
        return self._scrub.course

    def _draw(self) -> None:
        if self._scrub is not None and self.size.width:
            self.paint(scrub_lines(self._scrub, width=self.size.width))


def _still_holds(scrub: Scrub, status: ReplayStatus, columns: int) -> bool:
    """Tell whether the course drawn before is right; one that grows may lack up to a column."""
    before, course = scrub.status, scrub.course
    return (
        len(course.cells) == columns
        and status.landmarks == before.landmarks
        and status.damage == before.damage
        and course.until <= status.ends <= course.until + course.each
    )
