"""Elections are landmarks at once; incidents once, when their telling has settled."""

from collections.abc import Sequence

import pytest

from swarmtui.insight.picture import Election, Happening, HappeningKind, Severity
from swarmtui.recording.entries import Landmark, LandmarkKind
from swarmtui.recording.landmarks import SETTLED, Landmarks
from tests.factories import at

SETTLED_S = SETTLED.total_seconds()


def happening(
    text: str,
    second: float = 0,
    *,
    kind: HappeningKind = HappeningKind.NODES,
    severity: Severity = Severity.WARNING,
) -> Happening:
    return Happening(at=at(second), kind=kind, severity=severity, text=text)


def election(second: float, new: str = "mg1") -> Election:
    return Election(at=at(second), old_leader="mg0", new_leader=new, leaderless_s=12.4)


class Told:
    """Landmarks found so far, in a recording that began at noon."""

    def __init__(self) -> None:
        self._landmarks = Landmarks()
        self._landmarks.begin(at(0))
        self._elections: Sequence[Election] = ()

    def see(self, second: float, *lines: Happening) -> list[str]:
        """Return the texts that come of these lines of the timeline, all there are."""
        return texts(
            self._landmarks.see(elections=self._elections, happenings=lines, at=at(second))
        )

    def elect(self, second: float, *elections: Election) -> list[str]:
        """Return the texts that come of these elections, all there were."""
        self._elections = elections
        return self.see(second)

    def finish(self) -> list[str]:
        """Return the texts that had not settled."""
        return texts(self._landmarks.finish())


def texts(landmarks: Sequence[Landmark]) -> list[str]:
    return [landmark.text for landmark in landmarks]


def test_an_election_is_told_at_once_and_once() -> None:
    told = Told()
    assert told.elect(5, election(5)) == ["leader mg0 → mg1, 12.4 s without a leader"]
    assert told.elect(6, election(5)) == []
    assert told.elect(9, election(5), election(8, "mg2")) == [
        "leader mg0 → mg2, 12.4 s without a leader"
    ]


def test_the_line_of_an_election_is_no_incident_besides() -> None:
    told = Told()
    told.elect(5, election(5))
    line = happening("leader mg0 → mg1; 9 nodes unknown", 5, kind=HappeningKind.ELECTION)
    assert told.see(5 + SETTLED_S, line) == told.finish() == []


def test_a_leader_that_changed_unseen_is_an_incident() -> None:
    told = Told()
    line = happening("the leader probably changed unseen", 5, kind=HappeningKind.ELECTION)
    assert told.see(5, line) == []
    assert told.see(5 + SETTLED_S, line) == ["the leader probably changed unseen"]


def test_an_incident_waits_until_it_is_not_told_better() -> None:
    told = Told()
    assert told.see(0, happening("1 node went down")) == []
    assert told.see(20, happening("140 nodes went down")) == []
    assert told.see(SETTLED_S + 1, happening("140 nodes went down")) == []
    assert told.see(SETTLED_S + 20, happening("140 nodes went down")) == ["140 nodes went down"]
    assert told.see(SETTLED_S + 99, happening("141 nodes went down")) == []
    assert told.finish() == []


def test_two_incidents_that_began_together_are_two() -> None:
    told = Told()
    lines = (happening("9 nodes went down, eu"), happening("7 nodes went down, us"))
    told.see(0, *lines)
    assert told.see(SETTLED_S, *lines) == ["9 nodes went down, eu", "7 nodes went down, us"]


def test_a_line_that_was_taken_back_is_none() -> None:
    told = Told()
    told.see(0, happening("the leader probably changed unseen", kind=HappeningKind.ELECTION))
    assert told.see(SETTLED_S) == told.finish() == []


def test_at_the_end_it_is_told_as_far_as_it_is_known() -> None:
    told = Told()
    told.see(0, happening("1 node went down"))
    assert told.finish() == ["1 node went down"]
    assert told.finish() == []


@pytest.mark.parametrize(
    "line",
    [
        happening("node n1 came back", severity=Severity.INFO),
        happening("the collector ended", kind=HappeningKind.WATCH),
        happening("9 nodes went down", -1),
    ],
    ids=["good news", "of the watching alone", "before the recording"],
)
def test_what_is_not_worth_a_jump_is_no_landmark(line: Happening) -> None:
    told = Told()
    told.see(0, line)
    assert told.see(SETTLED_S, line) == told.finish() == []


def test_an_incident_stays_told_however_long_its_line_stays() -> None:
    told = Told()
    line = happening("9 nodes went down")
    told.see(0, line)
    assert len(told.see(SETTLED_S, line)) == 1
    for second in range(100, 5_000, 100):
        later = happening(f"{second} nodes went down", second)
        assert line.text not in told.see(second, line, later)


def test_a_landmark_says_when_it_began() -> None:
    landmarks = Landmarks()
    landmarks.begin(at(0))
    line = happening("9 nodes went down", 5)
    landmarks.see(elections=(), happenings=(line,), at=at(5))
    (found,) = landmarks.see(elections=(), happenings=(line,), at=at(5) + SETTLED)
    assert found == Landmark(at=at(5), kind=LandmarkKind.INCIDENT, text=line.text)
