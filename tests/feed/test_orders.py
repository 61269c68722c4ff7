"""What a user wants of a player."""

from threading import Thread

from swarmtui.feed.orders import MOST_STEPS, Look, Note, Orders, Seek, Step
from swarmtui.insight.viewpoint import Viewpoint
from tests.factories import at


def take_all(orders: Orders) -> list[Seek | Step | Note | Look]:
    taken = []
    while (order := orders.take(timeout_s=0)) is not None:
        taken.append(order)
    return taken


def test_a_newer_time_to_go_to_takes_the_place_of_an_older_one() -> None:
    orders = Orders()
    for second in range(50):
        orders.seek(at(second))
    assert orders.sought == at(49)
    assert take_all(orders) == [Seek(at(49))]
    assert orders.sought is None


def test_steps_are_counted_but_not_without_end() -> None:
    orders = Orders()
    orders.step(forward=True)
    orders.step(forward=True)
    assert take_all(orders) == [Step(forward=True)] * 2
    for _ in range(50):
        orders.step(forward=False)
    assert take_all(orders) == [Step(forward=False)] * MOST_STEPS


def test_a_step_back_undoes_one_forward() -> None:
    orders = Orders()
    orders.step(forward=True)
    orders.step(forward=False)
    assert take_all(orders) == []


def test_steps_are_made_from_where_one_goes_to() -> None:
    orders = Orders()
    orders.step(forward=True)
    orders.seek(at(10))
    orders.step(forward=False)
    assert take_all(orders) == [Seek(at(10)), Step(forward=False)]


def test_no_bookmark_is_lost() -> None:
    orders = Orders()
    orders.note("one", at(1))
    orders.seek(at(5))
    orders.note("two", at(2))
    assert take_all(orders) == [Note("one", at(1)), Note("two", at(2)), Seek(at(5))]


def test_only_what_changes_the_way_is_urgent() -> None:
    orders = Orders()
    orders.nudge()
    orders.note("one", at(1))
    assert not orders.are_urgent
    orders.step(forward=True)
    assert orders.are_urgent


def test_a_reader_that_waits_is_woken() -> None:
    for order in (Orders.nudge, Orders.stop, lambda orders: orders.seek(at(1))):
        orders = Orders()
        reader = Thread(target=lambda box: box.take(timeout_s=None), args=(orders,))
        reader.start()
        order(orders)
        reader.join(timeout=10)
        assert not reader.is_alive()


def test_a_nudge_is_not_lost_on_a_reader_that_is_busy() -> None:
    orders = Orders()
    orders.nudge()
    assert orders.take(timeout_s=None) is None


def test_of_several_viewpoints_the_last_one_is_wanted() -> None:
    orders = Orders()
    orders.look_as(Viewpoint(mine="a"))
    orders.look_as(Viewpoint(mine="b"))
    orders.seek(at(3))
    assert orders.are_urgent
    assert take_all(orders) == [Look(Viewpoint(mine="b")), Seek(at(3))]
