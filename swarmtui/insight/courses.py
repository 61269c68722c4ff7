"""The course that each region or contributor has taken: nodes ready and tasks running, over time.

All groups share their times. The points are evenly spaced, wider the longer it goes on; a group
that came later has had nothing before.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from heapq import nlargest
from typing import NamedTuple

import msgspec

STEP = timedelta(seconds=5)
MOST = 96
"""Points: what a chart as wide as half a screen shows of them."""
MOST_GROUPS = 100
"""Groups that are followed, the largest; in a swarm where each node has a region of its own, a
history of each would be larger than the swarm."""


class Standing(NamedTuple):
    """How a group stands at one moment."""

    nodes: int
    ready: int
    running: int


class Course(msgspec.Struct, frozen=True, array_like=True):
    """What one group had at each of the times."""

    ready: tuple[int, ...] = ()
    running: tuple[int, ...] = ()


class Courses(msgspec.Struct, frozen=True, kw_only=True):
    """The courses of all groups that are followed, for good."""

    times: tuple[datetime, ...] = ()
    """Oldest first."""
    by_name: Mapping[str, Course] = {}


class CoursesMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The courses, and how far apart their points are."""

    courses: Courses = Courses()
    step: timedelta = STEP


class CourseKeeper:
    """Takes points when it is time for one; work grows with the groups."""

    def __init__(self) -> None:
        self._courses = Courses()
        self._step = STEP

    def is_due(self, at: datetime) -> bool:
        """Tell whether it is time for a point."""
        times = self._courses.times
        return not times or at - times[-1] >= self._step

    def mark(self, at: datetime, standings: Mapping[str, Standing]) -> None:
        """Take a point of every group."""
        known = self._courses
        names: Sequence[str] = list(standings)
        if len(names) > MOST_GROUPS:
            names = nlargest(MOST_GROUPS, names, key=lambda name: (standings[name].nodes, name))
        blank = (0,) * len(known.times)
        new = Course(blank, blank)
        by_name = known.by_name
        longer = {name: _longer(by_name.get(name, new), standings[name]) for name in names}
        courses = Courses(times=(*known.times, at), by_name=longer)
        if len(courses.times) > MOST:
            courses = _thin(courses)
            self._step *= 2
        self._courses = courses

    def take(self) -> Courses:
        """Return the courses, for good."""
        return self._courses

    def remember(self) -> CoursesMemory:
        """Return the courses with the step."""
        return CoursesMemory(courses=self._courses, step=self._step)

    def recall(self, memory: CoursesMemory) -> None:
        """Begin with what was remembered."""
        self._courses, self._step = memory.courses, memory.step


def _longer(course: Course, standing: Standing) -> Course:
    return Course((*course.ready, standing.ready), (*course.running, standing.running))


def _thin(courses: Courses) -> Courses:
    """Return every second point, the newest among them."""
    first = (len(courses.times) - 1) % 2
    return Courses(
        times=courses.times[first::2],
        by_name={
            name: Course(course.ready[first::2], course.running[first::2])
            for name, course in courses.by_name.items()
        },
    )
