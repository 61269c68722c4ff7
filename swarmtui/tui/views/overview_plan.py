"""Decide how many lines each pane of the Overview gets; pure."""

from dataclasses import dataclass, replace

from swarmtui.tui.panes.figures import SIDE_BY_SIDE

TWO_COLUMNS = 100
"""Cells from which on panes stand side by side."""
THREE_COLUMNS = 160
"""Cells from which on contributors stand beside regions."""
PIPELINE = 6
TALL = 42
"""Lines from which on the timeline is drawn larger."""
SECOND_LINES = 34
"""Lines from which on one column has room for every pane."""


@dataclass(frozen=True)
class Heights:
    """Lines of each pane, blank lines below it included; 0 hides it."""

    figures: int = 0
    timeline: int = 0
    pipeline: int = 0
    regions: int = 0
    contributors: int = 0
    managers: int = 0
    problems: int = 0
    events: int = 0
    gap: int = 1
    """Blank lines at the end of a pane of choices."""


def plan(
    width: int, height: int, *, groups: int, managers: int, by_contributor: bool = False
) -> Heights:
    """Return the heights for a size; they follow the size and slow counts, never the news.

    Where only one of the two fits, contributors stand in the place of regions if wanted.
    """
    heights = _by_region(width, height, groups=groups, managers=managers)
    if not by_contributor or heights.contributors:
        return heights
    return replace(heights, regions=0, contributors=heights.regions)


def _by_region(width: int, height: int, *, groups: int, managers: int) -> Heights:
    if width >= TWO_COLUMNS:
        return _wide(width, height, groups=groups, managers=managers)
    return _narrow(height, groups=groups, managers=managers)


def _wide(width: int, height: int, *, groups: int, managers: int) -> Heights:
    trend = PIPELINE + (1 if height < TALL else 2)
    figures = 3 if width >= SIDE_BY_SIDE else 5
    room = max(0, height - figures - trend)
    wanted = max(groups + 2, managers + 3, 4)
    where = min(wanted, max(6, room * 2 // 5))
    problems = max(3, (room - where) * 3 // 5)
    return Heights(
        figures=figures,
        timeline=trend,
        pipeline=trend,
        regions=where,
        contributors=where if width >= THREE_COLUMNS else 0,
        managers=where,
        problems=problems,
        events=max(0, room - where - problems),
    )


def _narrow(height: int, *, groups: int, managers: int) -> Heights:
    has_all = height >= SECOND_LINES
    pipeline = PIPELINE + 1 if has_all else 0
    quorum = managers + 3 if has_all else 0
    timeline = 4
    room = max(0, height - 4 - timeline - pipeline - quorum)
    regions = min(max(groups + 2, 4), max(3, room * 2 // 5))
    problems = max(3, (room - regions) * 3 // 5)
    return Heights(
        figures=4,
        timeline=timeline,
        pipeline=pipeline,
        regions=regions,
        managers=quorum,
        problems=problems,
        events=max(0, room - regions - problems),
        gap=1 if has_all else 0,
    )
