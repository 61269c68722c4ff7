"""A report tells of problems, groups and happenings as its pictures show them."""

from datetime import timedelta

from swarmtui.insight.picture import HappeningKind, Severity
from swarmtui.insight.report import Gap, Incident, Note, Origin, Report
from swarmtui.insight.report_playing import choose_times
from swarmtui.insight.thresholds import Thresholds
from tests.depth import every
from tests.factories import (
    at,
    make_service,
    make_task,
)
from tests.insight.evening import HOUR, Told, make_told, report_of
from tests.insight.story import in_region, make_managers, make_nodes


def incidents_of(kind: str, report: Report) -> list[Incident]:
    """Return the incidents of one kind; stories this short poll too seldom for fresh data."""
    return [incident for incident in report.incidents if incident.kind == kind]


def test_a_region_that_goes_away_is_one_incident_with_begin_and_end() -> None:
    told = Told()
    nodes = [*make_nodes(20, "a", **in_region("eu")), *make_nodes(20, "b", **in_region("us"))]
    told.show([*make_managers(), *nodes], 0)
    told.serve([], 0)
    told.turn([f"a{n}" for n in range(8)], "down", 1000)
    told.turn([f"a{n}" for n in range(8, 14)], "down", 1010)
    told.turn([f"a{n}" for n in range(14)], "ready", 1500)
    report = report_of(told.seen, ends=HOUR)
    (incident,) = incidents_of("region_down", report)
    assert incident.severity is Severity.CRITICAL
    assert (incident.subject, incident.size, incident.since) == ("eu", 14, at(1000))
    assert "14 of 20 nodes" in incident.text
    assert incident.until is not None
    assert at(1500) <= incident.until <= at(1508)
    assert len(incident.nodes) == 14


def test_a_problem_that_is_back_at_once_is_one_incident() -> None:
    told = make_told(9)
    for second in (100, 120, 140):
        told.turn(["w1"], "down", second)
        told.turn(["w1"], "ready", second + 10)
    (incident,) = incidents_of("nodes_down", report_of(told.seen, ends=600))
    assert incident.since == at(100)


def test_a_problem_that_comes_back_later_is_another_incident() -> None:
    told = make_told(9)
    for second in (100, 400):
        told.turn(["w1"], "down", second)
        told.turn(["w1"], "ready", second + 10)
    incidents = incidents_of("nodes_down", report_of(told.seen, ends=600))
    assert [i.since for i in incidents] == [at(100), at(400)]


def test_a_region_that_goes_on_losing_nodes_is_one_incident() -> None:
    told = Told()
    told.show([*make_managers(), *make_nodes(20, "a", **in_region("eu"))], 0)
    told.serve([], 0)
    told.turn(["a0", "a1", "a2", "a3"], "down", 100)
    told.show(make_nodes(30, "b", **in_region("eu")), 103)  # four of fifty are no outage any more
    told.turn(["a0"], "ready", 127)
    told.turn(["b0"], "down", 128)
    told.turn(["b1"], "down", 155)
    (incident,) = incidents_of("region_down", report_of(told.seen, ends=300))
    assert (incident.since, incident.until, incident.size) == (at(100), None, 5)


def test_a_manager_out_of_reach_twice_is_two_incidents_since_it_was_seen() -> None:
    told = make_told()
    for second in (200, 400):
        told.lead("mg0", second, away=["mg2"])
        told.lead("mg0", second + 20)
    incidents = incidents_of("quorum", report_of(told.seen, ends=600))
    assert [each.since for each in incidents] == [at(200.4), at(400.8)]


def test_services_that_fail_for_one_reason_are_one_incident_however_many_they_are() -> None:
    told = Told()
    told.show([*make_managers(), *make_nodes(10)], 0)
    services = [make_service(f"s{n}", name=f"web{n}") for n in range(6)]
    told.serve(services, 0)
    for service in services:
        told.run([], 0, service=service.id)
    for n in range(200):
        # Of three services at first, of six later: the number in the subject changes.
        which, second = f"s{n % (3 if n < 100 else 6)}", 100 + 2 * n
        fields = {"node_id": f"w{n % 10}", "service": which, "state": "failed"}
        told.run([make_task(f"f{n}", slot=n + 1, since=at(second), **fields)], second)
    failing = incidents_of("failing", report_of(told.seen, ends=600))
    (together,) = [each for each in failing if " services fail" in each.text]
    assert "6 services fail" in together.text
    assert together.until is None


def test_an_incident_that_lasts_has_no_end() -> None:
    told = make_told(9)
    told.turn(["w1"], "down", 100, message="heartbeat failure")
    (incident,) = incidents_of("nodes_down", report_of(told.seen, ends=600))
    assert incident.until is None
    assert incident.text == "w1 is down: heartbeat failure"


def test_the_incident_of_a_missing_leader_ends_with_the_election_and_names_no_seconds() -> None:
    told = make_told()
    told.lead(None, 1000)
    told.lead("mg1", 1013.5)
    report = report_of(told.seen, ends=HOUR)
    (incident,) = incidents_of("no_leader", report)
    assert incident.text == "no leader: election; joins and updates wait"
    assert (incident.since, incident.until) == (at(1000), at(1013.5))


def test_silence_that_was_no_election_is_no_incident() -> None:
    told = make_told()
    for second in range(100, 110):
        told.hang("/nodes", 100, second)
    assert told.problem("no_leader") is not None
    told.show([], 111, asked=100)
    assert incidents_of("no_leader", report_of(told.seen, ends=200)) == []


def test_silence_that_was_an_election_is_one() -> None:
    told = make_told()
    for second in range(100, 110):
        told.hang("/nodes", 100, second)
    told.lead("mg1", 111, asked=100)
    (incident,) = incidents_of("no_leader", report_of(told.seen, ends=200))
    assert (incident.since, incident.until) == (at(100), at(111))
    assert incident.text == "no leader: probably an election; joins and updates wait"


def test_a_short_incident_of_a_long_day_is_seen_at_its_landmark() -> None:
    told = Told()
    told.show([*make_managers(), *make_nodes(20, "a", **in_region("eu"))], 0)
    told.serve([], 0)
    told.turn([f"a{n}" for n in range(14)], "down", 40_000)
    told.turn([f"a{n}" for n in range(14)], "ready", 40_040)
    without = report_of(told.seen, ends=24 * HOUR)
    report = report_of(told.seen, ends=24 * HOUR, moments=[at(40_000)])
    assert incidents_of("region_down", without) == []
    assert len(incidents_of("region_down", report)) == 1


def test_groups_tell_who_gave_what() -> None:
    told = Told()
    ours = make_nodes(3, "a", labels={"region": "eu", "contributor": "ann"})
    theirs = make_nodes(1, "b", labels={"region": "us", "contributor": "bob"})
    told.show([*ours, *theirs], 0)
    told.serve([make_service("s1", replicas=4)], 0)
    told.run([make_task(f"t{n}", node_id=f"a{n % 3}", since=at(-60)) for n in range(3)], 0)
    told.run([make_task("t9", node_id="b0", since=at(99))], 100)
    told.run([make_task("f1", node_id="a1", state="failed", desired="shutdown")], 200)
    told.turn(["a2"], "down", 300)
    told.remove(["b0"], 400)
    report = report_of(told.seen, ends=600, pledges={"ann": 5, "zoe": 2})
    ann, bob, zoe = report.contributors
    assert (ann.name, ann.pledged, ann.joined, ann.share) == ("ann", 5, 3, 0.75)
    assert (ann.ready, ann.tasks, ann.failures) == (3, 3, 1)
    assert (ann.left.total, ann.left.ready, ann.left.down) == (3, 2, 1)
    assert (bob.name, bob.pledged, bob.joined, bob.ready, bob.left.total) == ("bob", None, 1, 1, 0)
    assert (zoe.name, zoe.pledged, zoe.joined, zoe.share) == ("zoe", 2, 0, 0)
    assert [line.name for line in report.regions] == ["eu", "us"]
    assert report.leaves == 1


def test_failures_on_a_node_that_is_gone_count_for_its_contributor() -> None:
    told = Told()
    told.show(make_nodes(2, "a", labels={"contributor": "ann"}), 0)
    told.serve([make_service("s1")], 0)
    told.run([], 0, service="s1")
    told.run([make_task("f1", node_id="a1", state="failed", desired="shutdown")], 100.2)
    told.remove(["a1"], 100.4)
    (ann,) = report_of(told.seen, ends=600).contributors
    assert ann.failures == 1


def make_hole(failures: int) -> Told:
    """Return ten nodes that run `web`, one of which fails so many of its tasks."""
    told = Told()
    told.show([*make_managers(), *make_nodes(10, labels={"region": "eu", "contributor": "ann"})], 0)
    told.serve([make_service("s1", name="web", replicas=40)], 0)
    told.run([make_task(f"t{n}", node_id=f"w{n % 10}", since=at(-60)) for n in range(40)], 0)
    for n in range(failures):
        told.run(
            [make_task(f"f{n}", node_id="w3", state="failed", since=at(1000 + 10 * n))],
            1000 + 10 * n,
        )
    return told


def test_a_node_that_swallows_tasks_is_named_with_what_it_swallowed() -> None:
    (hole,) = report_of(make_hole(12).seen, ends=HOUR).black_holes
    assert (hole.node_id, hole.hostname) == ("w3", "w3")
    assert (hole.region, hole.contributor) == ("eu", "ann")
    assert (hole.failures, hole.services) == (12, ("web",))
    assert at(1040) <= hole.since <= at(1050)
    assert at(1340) <= hole.until <= at(1400)


def test_a_node_that_fails_now_and_then_is_no_black_hole() -> None:
    assert report_of(make_hole(4).seen, ends=HOUR).black_holes == ()


def test_what_a_node_swallowed_is_named_from_the_threshold_set_on() -> None:
    thresholds = Thresholds(failures=4)
    (hole,) = report_of(make_hole(4).seen, ends=HOUR, thresholds=thresholds).black_holes
    assert (hole.failures, hole.services) == (4, ("web",))


def test_points_of_plots_are_bounded_and_hold_every_dip() -> None:
    told = make_told(9, running=3)
    for second in range(2, 4 * HOUR, every(10)):
        told.show([], second)
    told.turn([f"w{n}" for n in range(9)], "unknown", 7001)
    told.turn([f"w{n}" for n in range(9)], "ready", 7003)
    report = report_of(told.seen, ends=4 * HOUR)
    assert len(report.node_course) <= 3 * 240
    assert min(sample.ready for sample in report.node_course) == 3
    times = [sample.at for sample in report.node_course]
    assert times == sorted(set(times))


def test_the_number_of_pictures_grows_with_the_length_only_to_a_step_of_two_minutes() -> None:
    assert len(choose_times(at(0), at(60))) == 61
    assert len(choose_times(at(0), at(HOUR))) == 501
    assert len(choose_times(at(0), at(24 * HOUR))) == 721
    moments = [at(n) for n in range(24 * HOUR)]
    assert len(choose_times(at(0), at(24 * HOUR), moments)) < 721 + 601


def test_pictures_are_taken_at_the_begin_and_at_the_end() -> None:
    times = choose_times(at(0.3), at(100.9), [at(5), at(500)])
    assert (times[0], times[-1]) == (at(0.3), at(100.9))


def test_a_report_of_no_time_at_all_has_one_picture() -> None:
    assert list(choose_times(at(5), at(5))) == [at(5)]


def test_happenings_are_told_once_in_their_final_words() -> None:
    told = make_told(9)
    told.lead("mg1", 100, asked=88)
    told.turn([f"w{n}" for n in range(9)], "unknown", 101)
    told.turn([f"w{n}" for n in range(9)], "ready", 106)
    lines = report_of(told.seen, ends=HOUR).happenings
    (election,) = [line.text for line in lines if line.kind is HappeningKind.ELECTION]
    assert election.startswith("leader mg0 → mg1, 12 s without a leader; 9 nodes unknown, all back")


def test_many_happenings_leave_the_loud_ones() -> None:
    told = make_told(9)
    told.turn(["w1"], "down", 10)
    for n in range(2, 1500):
        told.serve([make_service("s1", name="web", replicas=n)], 10 * n)
    lines = report_of(told.seen, ends=5 * HOUR).happenings
    assert len(lines) == 300
    assert "node w1 went down" in [line.text for line in lines]
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_what_is_missing_and_noted_is_told_where_it_is_of_the_time() -> None:
    day = Origin(
        begins=at(0),
        ends=at(HOUR),
        missing=[Gap(at(10), at(20), "early"), Gap(at(90), at(120), "in it")],
        notes=[Note(at(50), "early"), Note(at(150), "launch"), Note(at(500), "late")],
    )
    report = report_of(make_told().seen, begins=100, ends=200, origin=day)
    assert [gap.text for gap in report.missing] == ["in it"]
    assert [note.text for note in report.notes] == ["launch"]
    assert report.length == timedelta(seconds=100)
