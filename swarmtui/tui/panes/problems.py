"""Problems, loudest first: Enter leads to what each concerns, `i` tells all that is known of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from swarmtui.insight.picture import Picture, Problem
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import Line, Spans, dim, pad, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import ProblemOpened, ScreenWanted
from swarmtui.tui.panes.choice_pane import Choice, ChoicePane
from swarmtui.tui.states import severity_glyph
from swarmtui.tui.words import age_since, count, right

SINCE = 7
LEADS = 12


class Problems(ChoicePane):
    """A list of what an operator wants to know of."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "i",
            "explain",
            "Why",
            id="problems.explain",
            tooltip="why: the evidence, and a command to copy",
        ),
    ]

    def heads(self, picture: Picture, now: datetime) -> Sequence[Line]:
        """Return the title, and what it means that there is no problem."""
        del now
        problems = self.listed(picture)
        if problems:
            number = Span(f"  {count(len(problems))}", Meaning.DIM)
            hint = (Span("   i", Meaning.ACCENT), dim(" tells why")) if self.has_focus else ()
            head = pad((title(" PROBLEMS"), number, *hint), self.size.width - SINCE - LEADS)
            return [Line((*head, dim(right("since", SINCE))))]
        known = picture.snapshot.nodes_at is not None
        said = (Span("   ● ", Meaning.OK), dim("none")) if known else (dim("   not known yet"),)
        return [Line((title(" PROBLEMS"),)), Line(said)]

    def choices(self, picture: Picture, now: datetime) -> Sequence[Choice]:
        """Return one line a problem."""
        return [
            Choice(_key(problem), problem_spans(problem, now, width=self.size.width))
            for problem in self.listed(picture)
        ]

    def listed(self, picture: Picture) -> Sequence[Problem]:
        """Return the problems to be shown: all of them."""
        return picture.problems

    def message_for(self, key: str, picture: Picture) -> Message | None:
        """Ask for the screen that shows what is meant."""
        problem = _find(key, picture)
        return ScreenWanted(problem.screen, problem.query) if problem else None

    def action_explain(self) -> None:
        """Ask for everything that is known of the problem under the cursor."""
        picture, key = self.picture, self.key_at_cursor
        problem = _find(key, picture) if picture is not None else None
        if picture is not None and problem is not None:
            self.post_message(ProblemOpened(problem, picture))


def _find(key: str, picture: Picture) -> Problem | None:
    return next((problem for problem in picture.problems if _key(problem) == key), None)


def _key(problem: Problem) -> str:
    return f"{problem.kind} {problem.subject}"


def problem_spans(problem: Problem, now: datetime, *, width: int) -> Spans:
    """Return the line of one problem: what, since when, and where Enter leads."""
    glyph = severity_glyph(problem.severity)
    said = pad((Span(" "), glyph, Span(f" {plain(problem.text)}")), width - SINCE - LEADS)
    since = right(age_since(problem.since, now), SINCE)
    return (*said, dim(since), dim(f"  ⏎ {problem.screen}"))
