"""What regions and contributors had over time."""

from datetime import timedelta

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.courses import MOST, MOST_GROUPS, STEP, CourseKeeper, Standing
from tests.factories import at, make_node, nodes_seen, services_seen


def keep(*standings: dict[str, Standing], every: timedelta = STEP) -> CourseKeeper:
    keeper = CourseKeeper()
    for n, each in enumerate(standings):
        when = at(0) + n * every
        if keeper.is_due(when):
            keeper.mark(when, each)
    return keeper


def test_a_group_that_came_later_had_nothing_before() -> None:
    one, two = Standing(3, 3, 9), Standing(5, 4, 2)
    courses = keep({"a": one}, {"a": one}, {"a": two, "b": one}).take()
    assert courses.times == (at(0), at(5), at(10))
    assert courses.by_name["a"].ready == (3, 3, 4)
    assert courses.by_name["b"].ready == (0, 0, 3)
    assert courses.by_name["b"].running == (0, 0, 9)


def test_a_day_is_a_bounded_number_of_points_from_its_begin_to_its_end() -> None:
    seconds = 86_400 // 5
    courses = keep(*({"a": Standing(1, n, n)} for n in range(seconds))).take()
    assert MOST // 2 <= len(courses.times) <= MOST
    assert courses.times[-1] - courses.times[0] > timedelta(hours=22)
    assert list(courses.by_name["a"].ready) == sorted(courses.by_name["a"].ready)
    gaps = {b - a for a, b in zip(courses.times, courses.times[1:], strict=False)}
    assert len(gaps) == 1


def test_of_too_many_groups_the_largest_are_followed() -> None:
    many = {f"g{n}": Standing(n, n, 0) for n in range(3 * MOST_GROUPS)}
    followed = keep(many, many).take().by_name
    assert len(followed) == MOST_GROUPS
    assert min(course.ready[-1] for course in followed.values()) == 2 * MOST_GROUPS


def test_what_was_taken_never_changes() -> None:
    keeper = keep({"a": Standing(1, 1, 1)})
    before = keeper.take()
    keeper.mark(at(60), {"a": Standing(2, 2, 2)})
    assert before.by_name["a"].ready == (1,)


def test_what_was_remembered_goes_on_as_if_nothing_had_been() -> None:
    points = [{"a": Standing(1, n, n)} for n in range(3 * MOST)]
    lived = keep(*points)
    recalled = CourseKeeper()
    recalled.recall(keep(*points[: 2 * MOST]).remember())
    for n in range(2 * MOST, 3 * MOST):
        when = at(0) + n * STEP
        if recalled.is_due(when):
            recalled.mark(when, points[n])
    assert recalled.take() == lived.take()


def test_a_picture_tells_the_courses_of_regions_and_contributors() -> None:
    analyst = Analyst(place=Attribution(Rules()).place)
    analyst.see(services_seen([], whole=True))
    for second in (0, 10, 20):
        state = "down" if second == 20 else "ready"
        node = make_node("n", labels={"region": "iad", "owner": "eve"}, state=state)
        analyst.see(nodes_seen([node], second=second))
    picture = analyst.picture(at(20))
    assert picture.region_courses.by_name["iad"].ready == (1, 1, 0)
    assert picture.contributor_courses.by_name["eve"].ready == (1, 1, 0)
