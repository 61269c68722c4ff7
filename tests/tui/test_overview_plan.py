"""How the Overview shares its height among its panes."""

import pytest

from swarmtui.tui.views.overview_plan import Heights, plan


def used(heights: Heights, *, wide: bool) -> int:
    rows = [heights.figures, heights.problems, heights.events]
    if wide:
        return sum(rows) + heights.timeline + heights.regions
    return sum(rows) + sum((heights.timeline, heights.pipeline, heights.regions, heights.managers))


@pytest.mark.parametrize("size", [(120, 36), (200, 46), (100, 30), (80, 21), (80, 47), (60, 20)])
@pytest.mark.parametrize("groups", [0, 1, 15, 400])
def test_panes_use_the_height_and_no_more(size: tuple[int, int], groups: int) -> None:
    width, height = size
    heights = plan(width, height, groups=groups, managers=3)
    assert used(heights, wide=width >= 100) == height


def test_contributors_stand_beside_regions_only_where_there_is_room() -> None:
    assert plan(120, 37, groups=9, managers=3).contributors == 0
    assert plan(200, 47, groups=9, managers=3).contributors > 0


def test_a_low_narrow_screen_leaves_the_quorum_to_the_header() -> None:
    assert plan(80, 21, groups=9, managers=3).managers == 0


def test_every_manager_of_seven_has_a_line() -> None:
    assert plan(120, 37, groups=1, managers=7).managers >= 9


def test_contributors_take_the_place_of_regions_where_wanted() -> None:
    heights = plan(120, 37, groups=9, managers=3, by_contributor=True)
    assert heights.regions == 0
    assert heights.contributors == plan(120, 37, groups=9, managers=3).regions
