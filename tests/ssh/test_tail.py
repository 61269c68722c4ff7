"""One tail: what it says of its connection, when it samples, and how it comes back."""

import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest

from swarmtui.ssh.commands import Command
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.handshakes import Handshakes
from swarmtui.ssh.tail import Tail, TailObservation
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen, StatsSeen, SwarmState, TailSeen, TailState
from tests.factories import make_unknown_key
from tests.ssh.fake_door import NOON, End, FakeDoor, FakeTime, Opening, Silence, Step
from tests.ssh.frames import line, painted_by_20, painted_by_28, unknown_line

MACHINE = Machine(name="w1", addr="10.0.0.1")
FRAME = painted_by_28(line())
UNREACHABLE = SshError(SshFailure.UNREACHABLE, "w1 (10.0.0.1): nobody listens")


def stats(*steps: Step) -> Opening:
    """Return a login whose `docker stats` prints this."""
    return {Command.STATS: steps}


def frames(seconds: float, frame: bytes = FRAME) -> list[Step]:
    """Return what comes in so many seconds: a frame each half second."""
    return [Silence(0.5), frame] * round(seconds * 2)


class Played:
    """A tail that has followed a script to its end."""

    def __init__(self, *openings: Opening, introduces: bool = False) -> None:
        self.time = FakeTime()
        self.seen: list[TailObservation] = []
        self.door = FakeDoor(*openings, time=self.time)
        tail = Tail(
            MACHINE,
            door=self.door,
            turns=Handshakes(),
            emit=self.seen.append,
            clocks=self.time.clocks,
            introduces=introduces,
        )
        self.door.finish = tail.close
        tail.run()
        # The login after the script's last one is what ended it.
        assert self.seen.pop() == TailSeen(
            taken_at=self.time.now(), machine="w1", state=TailState.CONNECTING
        )

    @property
    def tails(self) -> list[TailSeen]:
        return [seen for seen in self.seen if isinstance(seen, TailSeen)]

    @property
    def states(self) -> list[TailState]:
        return [seen.state for seen in self.tails]

    @property
    def stats(self) -> list[StatsSeen]:
        return [seen for seen in self.seen if isinstance(seen, StatsSeen)]


def seconds_of(seen: Sequence[StatsSeen | TailSeen]) -> list[float]:
    return [(each.taken_at - NOON).total_seconds() for each in seen]


def test_it_connects_and_is_live_with_the_first_frame() -> None:
    played = Played(stats(Silence(2), FRAME, End()))
    assert played.states == [TailState.CONNECTING, TailState.LIVE, TailState.RETRYING]
    assert seconds_of(played.tails) == [0, 2, 2]
    (seen,) = played.stats
    assert (seen.machine, seen.taken_at) == ("w1", NOON + timedelta(seconds=2))
    assert [each.cpu_percent for each in seen.containers] == [99.37]
    assert played.door.logins[0].commands == [Command.STATS]
    assert played.door.is_all_closed


@pytest.mark.parametrize("paint", [painted_by_20, painted_by_28])
def test_it_samples_once_a_second_the_newest_frame(paint: type) -> None:
    numbered = [
        step for number in range(20) for step in (Silence(0.5), paint(line(CPUPerc=f"{number}%")))
    ]
    played = Played(stats(*numbered, End()))
    times = seconds_of(played.stats)
    assert [b - a for a, b in itertools.pairwise(times)] == [1.0] * (len(times) - 1)
    assert 9 <= len(times) <= 10
    percents = [seen.containers[0].cpu_percent or 0 for seen in played.stats]
    assert [b - a for a, b in itertools.pairwise(percents)] == [2] * (len(times) - 1)


def test_frames_that_come_a_little_late_still_give_a_sample_a_second() -> None:
    late: list[Step] = [Silence(0.501), FRAME] * 119
    assert 58 <= len(Played(stats(*late, End())).stats) <= 60


def test_a_machine_without_containers_is_live() -> None:
    played = Played(stats(*frames(60, painted_by_28()), End()))
    assert TailState.STALE not in played.states
    assert all(seen.containers == () for seen in played.stats)


def test_silence_is_said_after_ten_seconds_and_ends_the_connection_after_thirty() -> None:
    played = Played(stats(FRAME, Silence(100)))
    assert played.states[1:] == [TailState.LIVE, TailState.STALE, TailState.RETRYING]
    assert seconds_of(played.tails)[2:] == [10, 30]
    stale, lost = played.tails[2:]
    assert stale.text == "w1 (10.0.0.1): no stats for 10 s; connecting anew in 20 s if none come"
    assert lost.text == "w1 (10.0.0.1): no stats for 30 s; connecting anew"
    assert lost.retry_at is not None
    assert played.door.is_all_closed


def test_data_after_a_silence_makes_it_live_again() -> None:
    played = Played(stats(FRAME, Silence(15), FRAME, Silence(0.5), FRAME, End()))
    assert played.states[1:4] == [TailState.LIVE, TailState.STALE, TailState.LIVE]
    assert seconds_of(played.tails)[1:4] == [0, 10, 15]


def test_a_connection_that_never_says_anything_is_given_up() -> None:
    played = Played(stats(Silence(100)))
    assert played.states == [TailState.CONNECTING, TailState.STALE, TailState.RETRYING]
    assert seconds_of(played.tails) == [0, 10, 30]


def test_an_engine_that_hangs_is_stale_though_its_cli_goes_on_painting() -> None:
    hung = painted_by_28(unknown_line())
    played = Played(stats(FRAME, *frames(40, hung), End()))
    assert played.states[1:] == [TailState.LIVE, TailState.STALE, TailState.RETRYING]
    assert seconds_of(played.tails)[2] == pytest.approx(10, abs=1)
    assert [each.cpu_percent for each in played.stats[-1].containers] == [None]


def test_a_shell_that_prints_something_else_is_not_live() -> None:
    greetings: list[Step] = [Silence(0.1), b"motd motd motd\n"] * 400
    played = Played(stats(*greetings))
    assert played.states == [TailState.CONNECTING, TailState.STALE, TailState.RETRYING]
    assert played.stats == []


def test_it_comes_back_later_each_time_but_not_later_than_a_minute() -> None:
    played = Played(*[UNREACHABLE] * 8)
    assert set(played.states) == {TailState.CONNECTING, TailState.RETRYING}
    assert played.time.waits == [2, 4, 8, 16, 32, 60, 60, 60]
    retrying = [seen for seen in played.tails if seen.state is TailState.RETRYING]
    assert [seen.text for seen in retrying] == ["w1 (10.0.0.1): nobody listens"] * 8
    assert retrying[0].retry_at == NOON + timedelta(seconds=2)


def test_what_is_asked_for_while_it_tries_is_done_when_that_has_failed() -> None:
    """A key that becomes known while a connection is being made was not known to that one."""
    time = FakeTime()
    door = FakeDoor(SshError(SshFailure.UNKNOWN_KEY, "not known"), stats(FRAME), time=time)
    seen: list[TailObservation] = []
    tail = Tail(MACHINE, door=door, turns=Handshakes(), emit=seen.append, clocks=time.clocks)
    door.opening = lambda: tail.retry() if len(door.opened) == 1 else None
    door.finish = tail.close
    tail.run()
    assert [each.state for each in seen if isinstance(each, TailSeen)][:3] == [
        TailState.CONNECTING,
        TailState.REFUSED,
        TailState.LIVE,
    ]
    assert time.waits[0] == 60
    assert seconds_of([each for each in seen if isinstance(each, StatsSeen)]) == [0]


def test_ten_seconds_of_data_make_it_come_back_soon_again() -> None:
    played = Played(*[UNREACHABLE] * 3, stats(*frames(11), UNREACHABLE), UNREACHABLE)
    assert played.time.waits == [2, 4, 8, 2, 4]


def test_a_machine_that_drops_it_at_once_is_not_hammered() -> None:
    played = Played(*[stats(FRAME, End())] * 6)
    assert played.time.waits == [2, 4, 8, 16, 32, 60]


@pytest.mark.parametrize(
    "failure", [SshFailure.DENIED, SshFailure.NO_DOCKER, SshFailure.NO_PERMISSION]
)
def test_what_only_a_person_can_mend_is_tried_seldom(failure: SshFailure) -> None:
    played = Played(*[SshError(failure, "no")] * 6)
    assert played.time.waits == [60, 120, 240, 480, 600, 600]


@pytest.mark.parametrize("failure", [SshFailure.UNKNOWN_KEY, SshFailure.CHANGED_KEY])
def test_a_refused_host_key_is_said_once_and_looked_at_each_minute(failure: SshFailure) -> None:
    text = "w1 (10.0.0.1): its key is not known"
    key = make_unknown_key() if failure is SshFailure.UNKNOWN_KEY else None
    refused = SshError(failure, text, unknown_key=key)
    played = Played(refused, refused, refused, stats(FRAME, End()))
    assert played.states == [
        TailState.CONNECTING,
        TailState.REFUSED,
        TailState.LIVE,
        TailState.RETRYING,
    ]
    assert played.tails[1].text == "w1 (10.0.0.1): its key is not known"
    assert played.tails[1].retry_at is None
    assert [tail.unknown_key for tail in played.tails[:3]] == [None, key, None]
    assert played.time.waits[:3] == [60, 60, 60]


@pytest.mark.parametrize(
    ("end", "text"),
    [
        (End(), "w1 (10.0.0.1): `docker stats` ended, as it does when its engine stops"),
        (End(127, "sh: 1: docker: not found"), "w1 (10.0.0.1): no docker command there; is it"),
        (
            End(1, "permission denied while trying to connect to the Docker daemon socket at …"),
            "w1 (10.0.0.1): this user may not talk to docker; add the user to the group docker",
        ),
        (
            End(
                1, "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"
            ),
            "w1 (10.0.0.1): docker is installed, but its engine does not run; start it there",
        ),
        (End(126, "sh: docker: Permission denied"), "w1 (10.0.0.1): this user may not run docker"),
        (End(1, "something\x1b[2J new\n"), "w1 (10.0.0.1): docker complains: something· new"),
        (End(2), "w1 (10.0.0.1): docker ended with exit status 2 without a word"),
    ],
)
def test_why_docker_stats_ended_is_said_in_one_line(end: End, text: str) -> None:
    (retrying,) = [s for s in Played(stats(end)).tails if s.state is TailState.RETRYING]
    assert retrying.text.startswith(text)
    assert "\n" not in retrying.text


def test_it_asks_who_the_machine_is_before_it_tails_when_told_to() -> None:
    info = b'{"ServerVersion":"28.2.2","Swarm":{"NodeID":"abc","LocalNodeState":"active"}}\n'
    played = Played({Command.INFO: [info, End()], Command.STATS: [FRAME, End()]}, introduces=True)
    assert played.door.logins[0].commands == [Command.INFO, Command.STATS]
    (machine,) = [seen for seen in played.seen if isinstance(seen, MachineSeen)]
    assert (machine.node_id, machine.swarm_state) == ("abc", SwarmState.ACTIVE)
    assert len(played.stats) == 1
    assert played.door.is_all_closed
