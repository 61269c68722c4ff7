"""How each screen looks; only looks, behaviour is asserted elsewhere."""

from collections.abc import Callable

import msgspec
import pytest
from textual.pilot import Pilot

from swarmtui.insight.picture import Phase
from swarmtui.recording.damage import Damage
from tests.factories import at
from tests.tui.event import LEADERSHIP, event_picture
from tests.tui.machines import roll_call_picture, tailed_picture
from tests.tui.playing import FakeRecording, FakeReplaying, recording_status
from tests.tui.shell import make_app
from tests.tui.test_comparison_view import compared, earlier_picture

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


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_replay(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    gap = Damage(at(200), at(260), "60 s missing: 3 blocks are damaged")
    app, _ = make_app(event_picture(), replaying=FakeReplaying(damage=(gap,)))
    assert snap_compare(app, terminal_size=size)


def test_replay_paused_at_an_election(snap_compare: SnapCompare) -> None:
    replaying = FakeReplaying(at=at(-560), is_paused=True, speed=100.0)
    app, _ = make_app(event_picture(at=at(-560)), replaying=replaying)
    assert snap_compare(app, terminal_size=(120, 40), press=["2"])


def test_replay_asked_for_a_time_there_is_not(snap_compare: SnapCompare) -> None:
    app, _ = make_app(event_picture(), replaying=FakeReplaying())
    keys = ["t", "1", "4", "colon", "9", "9", "enter"]
    assert snap_compare(app, terminal_size=(80, 24), press=keys)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_comparison(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app, feed = make_app(earlier_picture(), replaying=FakeReplaying())

    async def compare(pilot: Pilot[None]) -> None:
        await pilot.pause()  # the feed begins after the first paint
        await compared(feed, pilot)

    assert snap_compare(app, terminal_size=size, run_before=compare)


def test_recording(snap_compare: SnapCompare) -> None:
    app, _ = make_app(event_picture(), recording=FakeRecording(recording_status()))
    assert snap_compare(app, terminal_size=(80, 24))


def test_recording_that_stopped_by_itself(snap_compare: SnapCompare) -> None:
    status = recording_status("failed", error="No space left on device")
    app, _ = make_app(event_picture(), recording=FakeRecording(status))
    assert snap_compare(app, terminal_size=(120, 40), press=["2"])


def test_bookmark_while_nothing_is_recorded(snap_compare: SnapCompare) -> None:
    app, _ = make_app(event_picture(), recording=FakeRecording())
    assert snap_compare(app, terminal_size=(80, 24), press=["b"])
