"""What stands in place of a screen until anything of the swarm was seen."""

from collections.abc import Sequence
from datetime import datetime

from textual.events import Resize

from swarmtui.insight.picture import Picture
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import EMPTY, Line, dim, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.words import age_since, wrap


class NothingYet(Pane):
    """Says what is waited for, or why nothing can be seen and what to do."""

    _asked = ""
    _started_at: datetime | None = None
    _picture: Picture | None = None

    def show(self, picture: Picture | None, *, asked: str, started_at: datetime) -> None:
        """Take what is known; `tick` paints it."""
        self._picture, self._asked, self._started_at = picture, asked, started_at

    def tick(self, now: datetime) -> None:
        """Let the seconds count."""
        if self._started_at is not None and self.size.width:
            waited = age_since(self._started_at, now)
            self.paint(
                nothing_lines(
                    self._picture, asked=self._asked, waited=waited, width=self.size.width
                )
            )

    def on_resize(self, event: Resize) -> None:
        """Break the lines anew."""
        del event
        self.refresh()


def nothing_lines(
    picture: Picture | None, *, asked: str, waited: str, width: int
) -> Sequence[Line]:
    """Return the words, broken to the width; where nobody is `asked` it is a recording."""
    lost = picture.snapshot.lost if picture is not None else None
    if lost is None and not asked:
        return [EMPTY, Line((dim(" nothing of a swarm had been seen at this time"),))]
    if lost is None:
        return [EMPTY, Line((Span(f" connecting to {plain(asked)}… "), dim(waited)))]
    said = [Line((Span(f" {text}"),)) for text in wrap(plain(lost.text), width - 2)]
    return [
        EMPTY,
        Line((Span(" ✗ ", Meaning.BAD), title("Nothing of a swarm was seen yet"))),
        EMPTY,
        *said,
        EMPTY,
        Line((dim(f" Trying again, for {waited} now.   q quits" if asked else ""),)),
    ]
