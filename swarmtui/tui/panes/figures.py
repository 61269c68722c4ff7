"""The big figures: how many nodes and tasks there are, should be, and are getting."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from swarmtui.insight.picture import NodeCounts, Phase, Picture, Sample, TaskCounts
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import NodeState
from swarmtui.tui.freshness import Freshness
from swarmtui.tui.lines import Line, Spans, dim, joined, pad, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import PicturePane
from swarmtui.tui.states import DRAIN, PAUSE, node_glyph
from swarmtui.tui.words import count, plural, rate, to_go

SIDE_BY_SIDE = 116
"""Cells from which on nodes and tasks stand beside each other, with all they have to say."""
INDENT = "        "
JOIN_WINDOW = timedelta(minutes=2)


class Figures(PicturePane):
    """Nodes and tasks in big figures."""

    def lines_for(self, picture: Picture, now: datetime) -> Sequence[Line]:
        """Return the figures side by side, or one below the other when narrow."""
        return figure_lines(picture, width=self.size.width, now=now, fresh=self.fresh)


def figure_lines(
    picture: Picture, *, width: int, now: datetime, fresh: Freshness
) -> Sequence[Line]:
    """Return two lines of two columns, or four lines of one."""
    side_by_side = width >= SIDE_BY_SIDE
    room = width // 2 if side_by_side else width
    nodes = [
        _headed("NODES", picture.nodes.total, _node_states(picture.nodes, now, fresh), room),
        _indented(_joining(picture, now, fresh), room),
    ]
    tasks = [
        _tasks_line(picture, now, fresh, room),
        _indented(_placement(picture), room),
    ]
    if side_by_side:
        return [Line((*a, *b)) for a, b in zip(nodes, tasks, strict=True)]
    return [Line(spans) for spans in (*nodes, *tasks)]


def _headed(name: str, total: int, parts: list[Spans], room: int) -> Spans:
    head = (Span(" "), title(f"{name}  "), title(count(total)), Span("   "))
    used = sum(len(span.text) for span in head)
    return pad((*head, *joined(parts, width=room - used - 1, between="   ")), room)


def _indented(parts: list[Spans], room: int) -> Spans:
    return pad((Span(INDENT), *joined(parts, width=room - len(INDENT) - 1)), room)


def _node_states(nodes: NodeCounts, now: datetime, fresh: Freshness) -> list[Spans]:
    parts = []
    for state, number in (
        (NodeState.READY, nodes.ready),
        (NodeState.DOWN, nodes.down),
        (NodeState.UNKNOWN, nodes.unknown),
        (NodeState.DISCONNECTED, nodes.disconnected),
    ):
        if number or state in {NodeState.READY, NodeState.DOWN}:
            parts.append(_state(node_glyph(state), number, str(state), now, fresh))
    return parts


def _state(glyph: Span, number: int, word: str, now: datetime, fresh: Freshness) -> Spans:
    is_quiet = number == 0
    meaning = Meaning.DIM if is_quiet else Meaning.PLAIN
    shown = Span(glyph.text, Meaning.DIM) if is_quiet else glyph
    changed = fresh.meaning(word, number, now=now, otherwise=meaning)
    return (shown, Span(f" {count(number)}", changed), dim(f" {word}"))


def _joining(picture: Picture, now: datetime, fresh: Freshness) -> list[Spans]:
    nodes = picture.nodes
    pledged = sum(group.pledged or 0 for group in picture.contributors)
    per_s = joins_per_s(picture.history)
    return [
        (dim("of "), Span(count(pledged)), dim(" pledged")) if pledged else (),
        (Span(rate(per_s)), dim(" joining")) if per_s is not None and abs(per_s) > 0.01 else (),
        _state(DRAIN, nodes.drain, "drain", now, fresh) if nodes.drain else (),
        _state(PAUSE, nodes.pause, "pause", now, fresh) if nodes.pause else (),
        (Span(plural(nodes.ghosts, "ghost")),) if nodes.ghosts else (),
    ]


def joins_per_s(history: Sequence[Sample]) -> float | None:
    """Return how fast the number of nodes grew over the last two minutes; `None` at first."""
    if len(history) < 2:
        return None
    last = history[-1]
    first = next(s for s in history if s.at >= last.at - JOIN_WINDOW)
    passed_s = (last.at - first.at).total_seconds()
    return (_nodes(last) - _nodes(first)) / passed_s if passed_s > 0 else None


def _nodes(sample: Sample) -> int:
    return sample.ready + sample.down + sample.unknown


def _tasks_line(picture: Picture, now: datetime, fresh: Freshness, room: int) -> Spans:
    tasks = picture.tasks
    running = fresh.meaning("running", tasks.running, now=now, otherwise=Meaning.TITLE)
    head: Spans = (
        Span(" "),
        title("TASKS  "),
        Span(count(tasks.running), running),
        dim(f" / {count(tasks.desired)} running"),
    )
    loading = _loading(picture.snapshot)
    # What is still being loaded has no pace of its own yet.
    parts: list[Spans] = [head, loading] if loading else [head, *_progress(tasks)]
    if tasks.counted_at is not None:
        parts.append((dim("by the manager's count"),))
    return pad(joined(parts, width=room - 1, between="   "), room)


def _loading(snapshot: Snapshot) -> Spans:
    """Return how much is still missing: half a sum must not read like a loss."""
    if snapshot.services_at is None:
        return (dim("not seen yet"),)
    if snapshot.has_all_tasks:
        return ()
    seen = sum(service in snapshot.tasks_at for service in snapshot.services)
    return (dim(f"loading, {count(seen)} of {count(len(snapshot.services))} services"),)


def _progress(tasks: TaskCounts) -> list[Spans]:
    moving = abs(tasks.rate_per_s) > 0.01
    speed = (Span(rate(tasks.rate_per_s)),) if moving else ()
    if tasks.running >= tasks.desired:
        return [speed]
    if tasks.left_s is not None:
        return [speed, (Span(to_go(tasks.left_s)),)]
    return [speed or (Span("no progress", Meaning.WARN),)]


def _placement(picture: Picture) -> list[Spans]:
    tasks = picture.tasks
    return [
        (Span(count(tasks.running_on_ready)), dim(" on ready nodes")),
        (_elsewhere(tasks.running_on_lost, picture.leadership.phase),),
    ]


def _elsewhere(lost: int, phase: Phase) -> Span:
    """Return what runs on nodes that are not ready; right after an election that is no loss."""
    if phase is Phase.SETTLING:
        return dim(f"{count(lost)} on returning ones")
    return Span(f"{count(lost)} on lost ones", Meaning.WARN if lost else Meaning.DIM)
