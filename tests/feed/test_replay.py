"""A recording as a feed, with real recordings and a clock that is moved by hand."""

import threading
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from swarmtui.feed.replay import Replay
from swarmtui.insight.claim import Claim, Claims
from swarmtui.insight.picture import Picture, Place
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.recording.entries import LandmarkKind
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from swarmtui.stream.interest import Interest
from tests.factories import NOON, at, make_node, nodes_seen
from tests.feed.tapes import Taped, Viewer, make_recording, viewing


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_recording(tmp_path_factory.mktemp("tapes") / "event.rec")


def nodes_of(picture: Picture) -> int:
    return len(picture.snapshot.nodes)


def test_it_begins_at_the_beginning_and_plays_as_time_passes(tape: Path) -> None:
    with viewing(tape) as viewer:
        first = viewer.see()
        assert (first.at, nodes_of(first)) == (NOON, 3)
        viewer.real.now += 45
        picture = viewer.see(lambda picture: picture.at > NOON)
        assert (picture.at, nodes_of(picture)) == (at(45), 7)
        assert viewer.replay.now() == at(45)
        assert viewer.status.ends == at(600)


def test_it_begins_where_it_is_told_to(tape: Path) -> None:
    for wanted, begins in ((at(120), at(120)), (at(-5), NOON), (at(9999), at(600))):
        with viewing(tape, starts_at=wanted) as viewer:
            assert viewer.replay.now() == begins
            assert viewer.see().at == begins


def test_time_passes_at_the_speed(tape: Path) -> None:
    with viewing(tape) as viewer:
        viewer.see()
        viewer.replay.faster()
        viewer.replay.faster()
        assert viewer.status.speed == 5
        viewer.real.now += 10
        assert nodes_of(viewer.see_at(at(50))) == 8
        viewer.replay.set_speed(0.1)
        viewer.real.now += 100
        assert nodes_of(viewer.see_at(at(60))) == 9


def test_paused_it_stands_where_it_was_at_the_key(tape: Path) -> None:
    with viewing(tape) as viewer:
        viewer.see()
        viewer.real.now += 31
        viewer.replay.toggle_pause()
        assert nodes_of(viewer.see_at(at(31))) == 6
        viewer.real.now += 500
        assert (viewer.replay.now(), viewer.status.is_paused) == (at(31), True)
        viewer.replay.toggle_pause()
        viewer.real.now += 9
        assert nodes_of(viewer.see_at(at(40))) == 7


def test_one_goes_to_any_time_and_sees_it_at_once(tape: Path) -> None:
    with viewing(tape) as viewer:
        assert nodes_of(viewer.pause_at(500)) == 53
        viewer.replay.seek(at(15))
        assert nodes_of(viewer.see_at(at(15))) == 4
        viewer.replay.seek(at(-100))
        assert nodes_of(viewer.see_at(NOON)) == 3
        viewer.replay.seek(at(100_000))
        assert nodes_of(viewer.see_at(at(600))) == 63


def test_where_it_is_going_is_told_before_it_is_there(tape: Path) -> None:
    recording = Recording.open(tape)
    replay = Replay(recording, clock=lambda: 0.0)
    replay.seek(at(300))
    assert replay.status().heading_for == at(300)
    assert replay.now() == NOON
    replay.stop()


def test_it_plays_on_from_where_one_went(tape: Path) -> None:
    with viewing(tape) as viewer:
        viewer.see()
        viewer.replay.seek(at(200))
        viewer.see_at(at(200))
        viewer.real.now += 5
        assert viewer.see(lambda picture: picture.at > at(200)).at == at(205)


def test_steps_lead_from_change_to_change_and_pause(tape: Path) -> None:
    with viewing(tape) as viewer:
        viewer.see()
        viewer.replay.seek(at(95))
        viewer.see_at(at(95))
        viewer.replay.step(forward=True)
        assert nodes_of(viewer.see_at(at(100))) == 13
        assert viewer.status.is_paused
        viewer.replay.step(forward=True)
        assert nodes_of(viewer.see_at(at(110))) == 14
        viewer.replay.step(forward=False)
        assert nodes_of(viewer.see_at(at(100))) == 13
        viewer.replay.step(forward=False)
        assert nodes_of(viewer.see_at(at(90))) == 12


def test_a_step_beyond_the_first_or_last_change_leads_to_the_begin_or_end(tape: Path) -> None:
    with viewing(tape) as viewer:
        viewer.pause_at(5)
        viewer.replay.step(forward=False)
        viewer.see_at(NOON)
        viewer.replay.step(forward=False)
        assert viewer.see().at == NOON
        viewer.replay.seek(at(600))
        viewer.see_at(at(600))
        viewer.replay.step(forward=True)
        assert viewer.see().at == at(600)


def test_the_same_time_shows_the_same_picture_however_one_came_there(tape: Path) -> None:
    with viewing(tape) as viewer:
        viewer.see()
        for second in range(7, 211, 7):
            viewer.real.now += 7
            there = viewer.see_at(at(second))
        viewer.replay.toggle_pause()
        for way in (at(590), at(0), at(209)):
            viewer.replay.seek(way)
            viewer.see_at(way)
            viewer.replay.seek(at(210))
            assert viewer.see_at(at(210)) == there


def test_elections_and_bookmarks_are_jumped_to_forward_and_back(tape: Path) -> None:
    with viewing(tape) as viewer:
        viewer.pause_at(0)
        (election,) = viewer.status.landmarks
        assert (election.at, election.kind) == (at(300), LandmarkKind.ELECTION)
        viewer.replay.jump(forward=True)
        viewer.see_at(at(300))
        viewer.replay.jump(forward=True)
        viewer.replay.jump(forward=False)
        assert viewer.status.heading_for is None
        viewer.replay.seek(at(400))
        viewer.see_at(at(400))
        viewer.replay.jump(forward=False)
        viewer.see_at(at(300))


def test_a_jump_back_while_it_plays_leaves_the_landmark_just_reached(tmp_path: Path) -> None:
    with viewing(make_recording(tmp_path / "event.rec")) as viewer:
        viewer.see()
        for second in (100, 280):
            viewer.replay.bookmark(f"at {second}", at(second))
        viewer.wait_for(lambda status: len(status.landmarks) == 3, "the bookmarks")
        viewer.replay.set_speed(10)
        viewer.replay.seek(at(290))
        viewer.see_at(at(290))
        viewer.replay.jump(forward=True)
        viewer.see_at(at(300))
        viewer.real.now += 0.9
        viewer.see_at(at(309))
        viewer.replay.jump(forward=False)
        viewer.see_at(at(280))
        viewer.real.now += 2.5
        viewer.see_at(at(305))
        viewer.replay.jump(forward=False)
        viewer.see_at(at(300))


def test_a_bookmark_is_kept_beside_the_file(tmp_path: Path) -> None:
    path = make_recording(tmp_path / "event.rec")
    before = path.read_bytes()
    with viewing(path) as viewer:
        viewer.see()
        viewer.replay.bookmark("the lights went out", at(77))
        status = viewer.wait_for(lambda status: len(status.landmarks) == 2, "the bookmark")
        mark = status.landmarks[0]
        assert (mark.at, mark.text) == (at(77), "the lights went out")
    assert path.read_bytes() == before
    with viewing(path) as viewer:
        assert len(viewer.status.landmarks) == 2


def test_a_bookmark_that_cannot_be_kept_is_said_and_playing_goes_on(tmp_path: Path) -> None:
    path = make_recording(tmp_path / "event.rec")
    (tmp_path / "event.rec.bookmarks").mkdir()
    with viewing(path) as viewer:
        viewer.see()
        viewer.replay.bookmark("nobody reads this", at(77))
        status = viewer.wait_for(lambda status: bool(status.error), "an error")
        assert "the bookmark is not saved" in status.error
        assert not status.is_paused
        viewer.replay.seek(at(10))
        viewer.wait_for(lambda status: not status.error, "no error any more")


def test_at_the_end_time_stands(tape: Path) -> None:
    with viewing(tape, starts_at=at(590)) as viewer:
        viewer.see()
        viewer.real.now += 3600
        last = viewer.see_at(at(600))
        assert nodes_of(last) == 63
        status = viewer.wait_for(lambda status: status.is_at_end, "the end")
        assert (status.at, status.is_paused, status.is_following) == (at(600), False, False)
        viewer.replay.seek(at(10))
        viewer.see_at(at(10))
        viewer.wait_for(lambda status: not status.is_at_end, "not the end")


def test_a_recording_that_is_followed_is_waited_for_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "growing.rec"
    taped = Taped(path)
    taped.see(nodes_seen([make_node("n1")], whole=True), nodes_seen([make_node("n2")], second=5))
    wait_until_written(path)
    with viewing(path, follow=True, starts_at=at(5)) as viewer:
        assert nodes_of(viewer.see_at(at(5))) == 2
        assert viewer.status.is_following
        viewer.wait_for(lambda status: status.is_at_end, "the end")
        taped.see(nodes_seen([make_node("n3")], second=20))
        assert nodes_of(viewer.see_later(at(20))) == 3
        taped.close()
        assert viewer.let_pass(lambda status: not status.is_following, "its end").is_at_end


def test_one_that_goes_on_in_another_file_of_its_name_is_followed_there(tmp_path: Path) -> None:
    path = make_recording(tmp_path / "full.rec")
    with viewing(path, follow=True, starts_at=at(600)) as viewer:
        viewer.see_at(at(600))
        path.rename(tmp_path / "full.rec.1")
        second = Taped(path, begins=at(605))
        second.see(nodes_seen([make_node("n1")], second=605, whole=True))
        second.see(nodes_seen([make_node("n2")], second=620))
        second.close()
        assert nodes_of(viewer.see_later(at(620))) == 2
        assert (viewer.status.begins, viewer.status.ends) == (at(605), at(620))


def wait_until_written(path: Path) -> None:
    """Wait until the recorder has written what it has seen."""
    opened = threading.Event()
    while not opened.wait(0.05):
        try:
            with Recording.open(path) as recording:
                if recording.ends >= at(5):
                    opened.set()
        except RecordingError:
            continue


def test_it_can_be_seen_with_the_eyes_of_another_contributor(tmp_path: Path) -> None:
    places = {"n1": Place(contributor="NIPA", mine=True), "n2": Place(contributor="INET, ScaleUp")}
    nodes = [nodes_seen([make_node("n1")], whole=True), nodes_seen([make_node("n2")], second=5)]
    path = make_recording(tmp_path / "event.rec", nodes, place=lambda node: places[node.id])
    for mine, owned in (("", ["n1"]), ("inet", ["n2"]), ("nobody", [])):
        with viewing(path, open_playhead=partial(Playhead, mine=mine), starts_at=at(5)) as viewer:
            seen = viewer.see().places
            assert [id_ for id_, place in seen.items() if place.mine] == owned


def test_what_is_on_screen_is_nothing_to_a_recording(tape: Path) -> None:
    with viewing(tape) as viewer:
        viewer.replay.want(Interest(frozenset({"s1"})))
        assert viewer.see().at == NOON


def test_the_density_covers_the_whole_recording(tape: Path) -> None:
    with viewing(tape) as viewer:
        viewer.see()
        assert sum(viewer.replay.density(6)) >= 60
        assert len(viewer.replay.density(6)) == 6


def test_stopped_it_lets_go_of_the_file_and_of_its_thread(tape: Path) -> None:
    viewer = Viewer(tape)
    viewer.see()
    viewer.replay.stop()
    viewer.replay.wait_until_closed(timeout_s=10)
    assert "replay" not in {thread.name for thread in threading.enumerate()}
    never_started = Replay(Recording.open(tape))
    never_started.stop()


def test_a_time_is_shown_no_later_than_it_is_played(tape: Path) -> None:
    with viewing(tape) as viewer:
        viewer.see()
        viewer.replay.set_speed(1000)
        viewer.real.now += 60
        assert viewer.replay.now() <= at(600)
        assert viewer.see_at(at(600)).at - NOON == timedelta(minutes=10)


def mine_in(picture: Picture) -> list[str]:
    return [id_ for id_, place in picture.places.items() if place.mine]


def test_who_looks_can_change_while_it_is_played_and_while_it_is_paused(tmp_path: Path) -> None:
    places = {"n1": Place(contributor="NIPA", mine=True), "n2": Place(contributor="INET, ScaleUp")}
    nodes = [nodes_seen([make_node("n1")], whole=True), nodes_seen([make_node("n2")], second=5)]
    path = make_recording(tmp_path / "event.rec", nodes, place=lambda node: places[node.id])
    with viewing(path, starts_at=at(5)) as viewer:
        assert mine_in(viewer.see()) == ["n1"]
        viewer.replay.look_as(Viewpoint(mine="inet"))
        assert mine_in(viewer.see(lambda picture: mine_in(picture) != ["n1"])) == ["n2"]
        viewer.replay.toggle_pause()
        claims = Claims(by_id={"n2": Claim("Eve")}, pledged={"Eve": 4})
        viewer.replay.look_as(Viewpoint(mine="eve", claims=claims))
        claimed = viewer.see(lambda picture: picture.places["n2"].contributor == "Eve")
        assert mine_in(claimed) == ["n2"]
        assert [g.pledged for g in claimed.contributors if g.name == "Eve"] == [4]
        viewer.replay.look_as(Viewpoint())
        assert mine_in(viewer.see(lambda picture: not mine_in(picture))) == []


def test_a_viewpoint_shows_the_same_wherever_one_comes_from(tape: Path) -> None:
    with Recording.open(tape) as recording:
        gone_to, changed = Playhead(recording, mine="nipa"), Playhead(recording)
        gone_to.seek(at(300))
        changed.seek(at(300))
        changed.look_as(Viewpoint(mine="nipa"))
        assert changed.picture() == gone_to.picture()
