"""The dialog that tells all there is to know of one problem: evidence, nodes, a command to copy."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import chop_cells
from textual.binding import Binding, BindingType

from swarmtui.insight.picture import Picture, Problem
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import EMPTY, Line, cut, dim, title
from swarmtui.tui.lines_dialog import LinesDialog
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import ScreenWanted
from swarmtui.tui.states import node_glyph, severity_glyph
from swarmtui.tui.trusts import Trusts
from swarmtui.tui.words import age_since, clock_time, count, left, plural, wrap

MOST_NODES, FEW_NODES = 6, 3
"""Nodes that are named, on a screen of usual height and on a low one; Enter shows all of them."""
LOW = 30
NAME = 20
INDENT = 3


class ProblemDialog(LinesDialog):
    """Lies over a screen and tells of a problem; one that has ended stays as it was last."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="problem.open"),
        Binding("c", "copy_command", "Copy the command", id="problem.copy"),
        Binding("escape,i", "dismiss", "Close", id="problem.close"),
        Binding("q,ctrl+c", "app.quit", "Quit", id="problem.quit", show=False),
        Binding("down,j", "scroll(1)", "Down", id="problem.down", show=False),
        Binding("up,k", "scroll(-1)", "Up", id="problem.up", show=False),
        Binding("pagedown,space", "scroll(15)", "Page down", id="problem.page_down", show=False),
        Binding("pageup", "scroll(-15)", "Page up", id="problem.page_up", show=False),
    ]

    def __init__(self, problem: Problem, picture: Picture, *, now: datetime) -> None:
        super().__init__(id="problem")
        self._problem = problem
        self._picture = picture
        self._now = now
        self._is_over = False
        self._is_copied = False

    def follow(self, picture: Picture, trusts: Trusts, *, now: datetime) -> None:
        """Tell of the problem as the newest picture has it."""
        del trusts
        found = next((p for p in picture.problems if p.identity == self._problem.identity), None)
        self._is_over = found is None
        self._problem, self._picture, self._now = found or self._problem, picture, now
        self.draw()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is to copy."""
        del parameters
        return action != "copy_command" or bool(command_to_copy(self._problem))

    def action_open(self) -> None:
        """Ask for what the problem is about."""
        self.dismiss()
        self.app.post_message(ScreenWanted(self._problem.screen, self._problem.query))

    def action_copy_command(self) -> None:
        """Hand the command to the terminal's clipboard; nothing is ever run here."""
        self.app.copy_to_clipboard(command_to_copy(self._problem))
        self._is_copied = True
        self.draw()

    def lines_for(self, width: int) -> Sequence[Line]:
        """Return all there is to know of the problem."""
        return problem_lines(
            self._problem,
            self._picture,
            self._now,
            width=width,
            most_nodes=FEW_NODES if self.size.height < LOW else MOST_NODES,
            is_over=self._is_over,
            is_copied=self._is_copied,
        )


def command_to_copy(problem: Problem) -> str:
    """Return the command; empty when there is none, or one that is not what it looks like."""
    return problem.command if plain(problem.command) == problem.command else ""


def problem_lines(
    problem: Problem,
    picture: Picture,
    now: datetime,
    *,
    width: int,
    most_nodes: int = MOST_NODES,
    is_over: bool = False,
    is_copied: bool = False,
) -> Sequence[Line]:
    """Return all that is known of a problem, broken to the width."""
    glyph = severity_glyph(problem.severity)
    first, *more = wrap(plain(problem.text), width - INDENT) or [""]
    since = f"{age_since(problem.since, now)}, since {clock_time(problem.since)}"
    state = Span("   over", Meaning.OK) if is_over else dim(f"   {problem.severity} for")
    lines = [
        Line((Span(" "), glyph, title(f" {first}"))),
        *(Line((title(f"   {line}"),)) for line in more),
        Line((state, dim(f" · lasted {since}" if is_over else f" {since}"))),
        *_evidence(problem, width),
        *_nodes(problem, picture, now, most=most_nodes),
        *_command(problem, width, is_copied=is_copied),
    ]
    screen = f"⏎ opens {plain(problem.screen)} · " if problem.screen else ""
    lines += [EMPTY, Line((dim(f" {screen}esc closes"),))]
    return [Line(cut(line.spans, width)) for line in lines]


def _evidence(problem: Problem, width: int) -> Iterator[Line]:
    if problem.evidence:
        yield EMPTY
        yield Line((title(" EVIDENCE"),))
    for text in problem.evidence:
        for line in wrap(plain(text), width - INDENT):
            yield Line((Span(f"   {line}"),))


def _nodes(problem: Problem, picture: Picture, now: datetime, *, most: int) -> Iterator[Line]:
    if not problem.nodes:
        return
    yield EMPTY
    yield Line((title(f" {plural(len(problem.nodes), 'NODE').upper()}"),))
    for node_id in problem.nodes[:most]:
        yield _node(node_id, picture, now)
    rest = len(problem.nodes) - most
    if rest > 0:
        yield Line((dim(f"   … {count(rest)} more"),))


def _node(node_id: str, picture: Picture, now: datetime) -> Line:
    node = picture.snapshot.nodes.get(node_id)
    if node is None:
        return Line((dim(f"   {plain(node_id)} is gone"),))
    glyph = node_glyph(node.state)
    since = age_since(picture.states_since.get(node_id), now)
    place = picture.places.get(node_id)
    where = f" · {plain(place.region)} · {plain(place.contributor)}" if place else ""
    name = Span(f" {left(plain(node.hostname) or node_id, NAME)} ")
    return Line((Span("   "), glyph, name, Span(f"{node.state} {since}"), dim(where)))


def _command(problem: Problem, width: int, *, is_copied: bool) -> Iterator[Line]:
    if not problem.command:
        return
    hint = "   copied" if is_copied else "   c copies it; nothing is run from here"
    if not command_to_copy(problem):
        hint = "   not to be copied: there are characters in it that do not show"
    yield EMPTY
    yield Line((title(" COMMAND"), dim(hint)))
    for line in chop_cells(plain(problem.command), max(10, width - INDENT)):
        yield Line((Span(f"   {line}", Meaning.ACCENT),))
