"""How each screen looks; only looks, behaviour is asserted elsewhere."""

from collections.abc import Callable

import msgspec
import pytest

from swarmtui.insight.picture import Phase
from tests.factories import at
from tests.tui.event import LEADERSHIP, event_picture
from tests.tui.machines import roll_call_picture, tailed_picture
from tests.tui.shell import make_app

SnapCompare = Callable[..., bool]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_overview(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app, _ = make_app(event_picture())
    assert snap_compare(app, terminal_size=size)


def test_overview_on_light(snap_compare: SnapCompare) -> None:
    app, _ = make_app(event_picture(), theme="swarm-light")
    assert snap_compare(app, terminal_size=(120, 40))


def test_overview_during_an_election(snap_compare: SnapCompare) -> None:
    electing = msgspec.structs.replace(LEADERSHIP, phase=Phase.ELECTING, since=at(-8))
    app, _ = make_app(event_picture(leadership=electing))
    assert snap_compare(app, terminal_size=(120, 40))


def test_node(snap_compare: SnapCompare) -> None:
    app, _ = make_app(event_picture())
    assert snap_compare(app, terminal_size=(120, 40), press=["2", *["down"] * 8, "enter"])


def test_help(snap_compare: SnapCompare) -> None:
    app, _ = make_app(event_picture())
    assert snap_compare(app, terminal_size=(120, 40), press=["question_mark"])


def test_stats(snap_compare: SnapCompare) -> None:
    app, _ = make_app(tailed_picture())
    keys = ["2", *["down"] * 3, *["space", "down"] * 5, "x", "7"]
    assert snap_compare(app, terminal_size=(120, 40), press=keys)


def test_roll_call(snap_compare: SnapCompare) -> None:
    app, _ = make_app(roll_call_picture(), opens="rollcall")
    assert snap_compare(app, terminal_size=(120, 40))


def test_machine_with_an_unknown_key(snap_compare: SnapCompare) -> None:
    app, _ = make_app(roll_call_picture(), opens="rollcall")
    assert snap_compare(app, terminal_size=(80, 24), press=["enter"])
