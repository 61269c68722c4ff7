"""Draw a recording from begin to end, where one is in it, and what is there; pure."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import sqrt
from typing import NamedTuple

from swarmtui.feed.status import ReplayStatus
from swarmtui.recording.damage import Damage
from swarmtui.recording.entries import Landmark, LandmarkKind
from swarmtui.swarm.text import plain
from swarmtui.tui.charts import EIGHTHS_UP
from swarmtui.tui.lines import Line, Spans, cut, dim, spread, width_of
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.words import age, clock_time, plural

POSITION = Span("┃", Meaning.MARKED)
GAP = Span("░", Meaning.WARN)
MARK = Span("=", Meaning.MARKED)
"""The time that another one will be compared with."""
LANDMARKS = {
    LandmarkKind.ELECTION: Span("★", Meaning.ACCENT),
    LandmarkKind.INCIDENT: Span("▲", Meaning.WARN),
    LandmarkKind.BOOKMARK: Span("◆", Meaning.ACCENT),
}
_RANK = (LandmarkKind.INCIDENT, LandmarkKind.ELECTION, LandmarkKind.BOOKMARK)
"""Of several in one column the last of these is shown."""

NEAR = timedelta(seconds=3)
"""For so long after it a landmark is told, at least."""
STATE = 11
"""Cells of the word for what the playing does."""


class Course(NamedTuple):
    """What happened when, a cell a column; the same until something is added."""

    begins: datetime
    until: datetime
    """What the last column ends with: the end, or one a little earlier while that moves."""
    cells: Sequence[Span]

    @property
    def each(self) -> timedelta:
        """Return how much time a column is."""
        return (self.until - self.begins) / max(1, len(self.cells))

    def place(self, at: datetime) -> int:
        """Return the column of a time; the nearest when it lies outside."""
        whole = self.until - self.begins
        share = (at - self.begins) / whole if whole else 0
        return max(0, min(len(self.cells) - 1, int(share * len(self.cells))))


class Scrub(NamedTuple):
    """What the bar is drawn from."""

    status: ReplayStatus
    course: Course
    mark: datetime | None = None
    notice: str = ""


def columns_of(status: ReplayStatus, *, width: int) -> int:
    """Return how many columns the bar has between the begin and the end."""
    return max(0, width - 2 * len(_label(status.begins, status)) - 4)


def draw_course(status: ReplayStatus, density: Sequence[int]) -> Course:
    """Return the columns: densities, and in their place what is worth more."""
    cells = [Span(EIGHTHS_UP[height], Meaning.CHART) for height in levels(density)]
    course = Course(status.begins, status.ends, cells)
    if not cells:
        return course
    for damage in status.damage:
        first, last = course.place(damage.begins), course.place(damage.ends)
        cells[first : last + 1] = [GAP] * (last + 1 - first)
    for kind in _RANK:
        for landmark in status.landmarks:
            if landmark.kind is kind:
                cells[course.place(landmark.at)] = LANDMARKS[kind]
    return course


def levels(density: Sequence[int]) -> list[int]:
    """Return a height from 1 to 8 for each number; roots, so that a launch leaves the rest seen."""
    most = sqrt(max(density, default=0))
    if not most:
        return [1] * len(density)
    return [1 + (max(1, round(7 * sqrt(number) / most)) if number > 0 else 0) for number in density]


def time_at(x: int, scrub: Scrub) -> datetime | None:
    """Return the time a cell of the bar stands for; the labels stand for the begin and the end."""
    last = len(scrub.course.cells) - 1
    if last < 1:
        return None
    place = x - len(_label(scrub.status.begins, scrub.status)) - 2
    share = max(0.0, min(1.0, place / last))
    return scrub.course.begins + (scrub.course.until - scrub.course.begins) * share


def scrub_lines(scrub: Scrub, *, width: int) -> Sequence[Line]:
    """Return the bar, and below it where one is and what is there."""
    room = width - 2
    at_left, at_right = _state(scrub.status), _told(scrub)
    told = cut(at_right, max(0, room - min(room // 2, width_of(at_left)) - 3))
    below = spread(at_left, told, width=room)
    return [_bar(scrub), Line((Span(" "), *below))]


def _label(moment: datetime, status: ReplayStatus) -> str:
    """Return a time of day, with the day where the recording has several."""
    begins, ends = status.begins.astimezone(), status.ends.astimezone()
    shown = clock_time(moment)
    if begins.date() == ends.date():
        return shown
    return f"{moment.astimezone():%d %b} {shown[:5]}"


def _bar(scrub: Scrub) -> Line:
    status = scrub.status
    if not scrub.course.cells:
        return Line()
    begins, ends = _label(status.begins, status), _label(status.ends, status)
    return Line((dim(f" {begins} "), *_cells(scrub), dim(f" {ends}")))


def _cells(scrub: Scrub) -> Spans:
    """Return the course with the position and the mark in it; what is still to come is dim."""
    course = scrub.course
    here = course.place(scrub.status.at)
    cells = [
        *course.cells[:here],
        *(
            dim(text) if meaning is Meaning.CHART else Span(text, meaning)
            for text, meaning in course.cells[here:]
        ),
    ]
    if scrub.mark is not None:
        cells[course.place(scrub.mark)] = MARK
    cells[here] = POSITION
    return _merged(cells)


def _merged(cells: Sequence[Span]) -> Spans:
    """Return the spans with neighbours of one meaning in one."""
    spans: list[Span] = []
    for text, meaning in cells:
        if spans and spans[-1].meaning is meaning:
            spans[-1] = Span(spans[-1].text + text, meaning)
        else:
            spans.append(Span(text, meaning))
    return tuple(spans)


def _state(status: ReplayStatus) -> Spans:
    sign, word = playing(status)
    passed = age((status.at - status.begins).total_seconds())
    whole = age((status.ends - status.begins).total_seconds())
    return (
        sign,
        Span(f" {word}".ljust(STATE)),
        Span(f"{status.speed:g}×".rjust(5), Meaning.TITLE),
        Span(" lags" if status.lags else "", Meaning.WARN),
        Span(f"  {position(status)}", Meaning.TITLE),
        dim(f"  {passed} of {whole}"),
    )


def playing(status: ReplayStatus) -> tuple[Span, str]:
    """Return the sign and the word for what the playing does."""
    if status.is_paused:
        return Span("‖", Meaning.WARN), "paused"
    if status.is_at_end and status.is_following:
        return Span("◉", Meaning.OK), "following"
    if status.is_at_end:
        return Span("■", Meaning.WARN), "at end"
    return Span("▶", Meaning.OK), "playing"


def position(status: ReplayStatus) -> str:
    """Return the time one is at; while it stands to the millisecond, as steps are that small."""
    shown = clock_time(status.at)
    if not status.is_paused:
        return shown
    return f"{shown}.{status.at.microsecond // 1000:03}"


def _told(scrub: Scrub) -> Spans:
    """Return what there is to say: what went wrong, what was done, what is here."""
    status = scrub.status
    if status.error:
        return (Span(f"✗ {plain(status.error)}", Meaning.BAD),)
    if status.heading_for is not None:
        return (dim(f"going to {clock_time(status.heading_for)}…"),)
    if scrub.notice:
        return (Span(plain(scrub.notice), Meaning.ACCENT),)
    return _here(scrub)


def _here(scrub: Scrub) -> Spans:
    status = scrub.status
    if damage := find_damage(status.damage, status.at):
        return (GAP, Span(f" {plain(damage.text)}", Meaning.WARN))
    if landmark := find_landmark(scrub):
        return (LANDMARKS[landmark.kind], Span(f" {landmark.kind}: {plain(landmark.text)}"))
    if status.damage:
        return (GAP, dim(f" {plural(len(status.damage), 'damaged place')}"))
    return ()


def find_damage(damage: Sequence[Damage], at: datetime) -> Damage | None:
    """Return what is missing at a time; `None` when nothing is."""
    return next((each for each in damage if each.begins <= at <= each.ends), None)


def find_landmark(scrub: Scrub) -> Landmark | None:
    """Return the landmark one is at or has just passed, by the time or by the width of a column."""
    status = scrub.status
    passed = bisect_right(status.landmarks, status.at, key=lambda landmark: landmark.at)
    if not passed:
        return None
    last = status.landmarks[passed - 1]
    return last if status.at - last.at <= max(NEAR, scrub.course.each) else None
