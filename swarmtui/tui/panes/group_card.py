"""A region or a contributor in two lines, and what it had over time."""

from collections.abc import Sequence
from datetime import datetime

from swarmtui.insight.courses import Course, Courses
from swarmtui.insight.parts import GroupName
from swarmtui.insight.picture import Group, Picture, Sample
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import NodeState
from swarmtui.tui.lines import Line, Spans, cut, dim, joined, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.timeline import Timeline
from swarmtui.tui.states import health_glyph, node_glyph
from swarmtui.tui.words import count, percent, plural

CARD_LINES = 2


def card_lines(which: GroupName, picture: Picture, *, width: int) -> Sequence[Line]:
    """Return what a group is and how it does."""
    group = which.find(picture)
    if group is None:
        said = f"no nodes of {which.field} {plain(which.name)} at this time"
        return [Line((title(f" {said}"),))]
    name = (health_glyph(group.health), title(f" {plain(group.name)}"), dim(f"  {which.field}"))
    first = joined([name, *_nodes(group)], width=width - 2)
    second = joined([*_tasks(group, picture), *_reason(group)], width=width - 2)
    return [Line((Span(" "), *cut(each, width - 1))) for each in (first, second)]


def _nodes(group: Group) -> list[Spans]:
    ready = node_glyph(NodeState.READY)
    parts: list[Spans] = [
        (ready, Span(f" {count(group.ready)} of {plural(group.machines, 'node')} ready"))
    ]
    if group.pledged is not None:
        parts.append((dim("of "), Span(count(group.pledged)), dim(" pledged")))
    lost = {NodeState.DOWN: group.down - group.ghosts, NodeState.UNKNOWN: group.unknown}
    for state, number in lost.items():
        if number > 0:
            sign = node_glyph(state)
            parts.append((sign, Span(f" {count(number)} {state}", sign.meaning)))
    return [*parts, *([(dim(plural(group.ghosts, "ghost")),)] if group.ghosts else [])]


def _tasks(group: Group, picture: Picture) -> list[Spans]:
    share = percent(group.tasks_running, picture.tasks.running)
    running = plural(group.tasks_running, "task")
    parts: list[Spans] = [(Span(f"  {running} running"), dim(f", {share} of all"))]
    if group.failures_5m:
        parts.append((Span(f"{count(group.failures_5m)} failed in 5m", Meaning.BAD),))
    return parts


def _reason(group: Group) -> list[Spans]:
    return [(dim(plain(group.reason)),)] if group.reason else []


class GroupTimeline(Timeline):
    """The charts of the Overview, of one group."""

    which: GroupName | None = None

    def history(self, picture: Picture) -> Sequence[Sample]:
        """Return what the group had."""
        if self.which is None:
            return ()
        courses = picture.region_courses
        if self.which.field == "contributor":
            courses = picture.contributor_courses
        elections = [election.at for election in picture.leadership.elections]
        return samples_of(courses, self.which.name, elections)


def samples_of(courses: Courses, name: str, elections: Sequence[datetime]) -> Sequence[Sample]:
    """Return the course of a group as points of a chart; a leader's election is on the next one."""
    course = courses.by_name.get(name, Course())
    samples = []
    before: datetime | None = None
    for at, ready, running in zip(courses.times, course.ready, course.running, strict=False):
        is_marked = any(before is not None and before < each <= at for each in elections)
        samples.append(
            Sample(at, ready, down=0, unknown=0, running=running, desired=0, election=is_marked)
        )
        before = at
    return samples
