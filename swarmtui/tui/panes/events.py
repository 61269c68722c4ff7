"""Events: what happened, newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from swarmtui.insight.picture import Happening, Picture, Severity
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import Line, cut, dim, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import PicturePane
from swarmtui.tui.states import severity_glyph
from swarmtui.tui.words import clock_time


class Events(PicturePane):
    """As many of the newest happenings as fit."""

    GROWS_OLD: ClassVar[bool] = False

    def lines_for(self, picture: Picture, now: datetime) -> Sequence[Line]:
        """Return the title and a line a happening."""
        del now
        return event_lines(picture.happenings, width=self.size.width, height=self.size.height)


def event_lines(happenings: Sequence[Happening], *, width: int, height: int) -> Sequence[Line]:
    """Return the newest happenings that fit below the title."""
    head = Line((title(" EVENTS"),))
    if not happenings:
        return [head, Line((dim("   nothing happened while watching"),))]
    newest = list(reversed(happenings))[: height - 1]
    return [head, *(_line(happening, width) for happening in newest)]


def _line(happening: Happening, width: int) -> Line:
    glyph = severity_glyph(happening.severity)
    meaning = Meaning.DIM if happening.severity is Severity.INFO else Meaning.PLAIN
    said = (
        dim(f" {clock_time(happening.at)}  "),
        glyph,
        Span(f" {plain(happening.text)}", meaning),
    )
    return Line(cut(said, width))
