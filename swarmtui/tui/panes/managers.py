"""Leader and quorum: every manager, who leads, how often that changed and what it cost."""

from collections.abc import Sequence
from datetime import datetime

from textual.message import Message

from swarmtui.insight.picture import Leadership, ManagerLine, Phase, Picture
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import Line, Spans, cut, dim, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import NodeOpened
from swarmtui.tui.panes.choice_pane import Choice, ChoicePane
from swarmtui.tui.states import LEADER, reachability_glyph
from swarmtui.tui.words import age, age_since, left, plural, seconds_between, tenure

ADDRESS = 16
MOST_NAME = 14


class Managers(ChoicePane):
    """A line for the elections, then one a manager."""

    def heads(self, picture: Picture, now: datetime) -> Sequence[Line]:
        """Return the title with the quorum, and the elections so far."""
        leadership = picture.leadership
        lines = [_quorum(leadership), _elections(leadership, now)]
        return [Line(cut(spans, self.size.width)) for spans in lines]

    def choices(self, picture: Picture, now: datetime) -> Sequence[Choice]:
        """Return one line a manager."""
        leadership = picture.leadership
        longest = max((len(line.hostname) for line in leadership.managers), default=0)
        name = min(longest, MOST_NAME)
        return [
            Choice(
                line.node_id, cut(manager_spans(line, leadership, now, name=name), self.size.width)
            )
            for line in leadership.managers
        ]

    def message_for(self, key: str, picture: Picture) -> Message | None:
        """Ask for the manager's node."""
        return NodeOpened(key) if key in picture.snapshot.nodes else None


def _quorum(leadership: Leadership) -> Spans:
    quorum = leadership.quorum
    if not quorum.managers:
        return (title(" LEADER AND QUORUM"), dim("  no manager seen yet"))
    answer = f"  {quorum.reachable} of {quorum.managers} reachable, {quorum.needed} needed"
    return (
        title(" LEADER AND QUORUM"),
        Span(answer, Meaning.DIM if quorum.margin else Meaning.WARN),
    )


def _elections(leadership: Leadership, now: datetime) -> Spans:
    number = len(leadership.elections)
    if not number:
        return (dim("   no election while watching"),)
    last = leadership.elections[-1]
    return (
        Span(f"   {plural(number, 'election')}"),
        dim(f", last {age_since(last.at, now)} ago · leaderless "),
        Span(age(leadership.leaderless_s)),
    )


def manager_spans(line: ManagerLine, leadership: Leadership, now: datetime, *, name: int) -> Spans:
    """Return the line of one manager."""
    glyph = LEADER if line.leader else reachability_glyph(line.reachability)
    return (
        Span(" "),
        glyph,
        Span(f" {left(plain(line.hostname), name)}"),
        dim(f"  {left(plain(line.addr), ADDRESS)} "),
        _role(line, leadership, now),
    )


def _role(line: ManagerLine, leadership: Leadership, now: datetime) -> Span:
    if not line.leader:
        meaning = reachability_glyph(line.reachability).meaning
        return Span(str(line.reachability), Meaning.DIM if meaning is Meaning.OK else meaning)
    if leadership.phase in {Phase.ELECTING, Phase.LOST}:
        return Span("led until now", Meaning.WARN)
    if leadership.leading_since is None:
        return Span("leader")
    at_least = "" if leadership.tenure_is_exact else "≥"
    return Span(f"leader {at_least}{tenure(seconds_between(leadership.leading_since, now))}")
