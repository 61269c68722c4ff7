"""What `status` says to an operator."""

import io
from typing import Any

import pytest

from swarmtui.cli.printed.ages import spell_age, spell_seconds
from swarmtui.cli.printed.paper import Paper, cells
from swarmtui.cli.printed.status_text import write_status
from swarmtui.insight.picture import (
    Election,
    Health,
    NodeCounts,
    Phase,
    Picture,
    Quorum,
    ServiceLoad,
    Severity,
    TaskCounts,
)
from swarmtui.swarm.observation import FailureKind, ManagerLost
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import ServiceMode, TaskState
from tests.cli.pictures import (
    HOSTILE,
    make_group,
    make_leadership,
    make_picture,
    make_problem,
    make_snapshot,
)
from tests.factories import at, make_service, make_task

SEEN = Paper(width=80, height=24)


def printed(picture: Picture, *, paper: Paper = SEEN, restricted_to: str = "") -> str:
    stream = io.StringIO()
    write_status(picture, stream=stream, paper=paper, restricted_to=restricted_to)
    return stream.getvalue()


def line_of(label: str, picture: Picture) -> str:
    """Return what stands behind a label."""
    lines = printed(picture, paper=Paper()).splitlines()
    return next((line[len(label) :].strip() for line in lines if line.startswith(label)), "")


def make_healthy(**fields: Any) -> Picture:
    """Return a swarm in which everything is as it should be."""
    well = make_group(ready=2, down=0, failures_5m=0, health=Health.HEALTHY, reason="")
    defaults: dict[str, Any] = {
        "health": Health.HEALTHY,
        "nodes": NodeCounts(total=5, ready=5),
        "tasks": TaskCounts(
            desired=5, running=5, running_on_ready=5, by_state={TaskState.RUNNING: 5}
        ),
        "service_loads": {"s1": ServiceLoad(3, 3, 0), "s2": ServiceLoad(2, 2, 0)},
        "regions": (well,),
        "contributors": (well,),
        "problems": (),
    }
    return make_picture(**(defaults | fields))


def test_a_healthy_swarm_takes_few_lines() -> None:
    lines = printed(make_healthy()).splitlines()
    assert len(lines) <= 12
    assert lines[0] == "swarm 8f3kq2 · ● healthy"


def test_the_first_line_says_which_swarm_and_how_it_is() -> None:
    assert printed(make_picture()).splitlines()[0] == "swarm 8f3kq2 · ▲ degraded"


def test_off_a_terminal_words_say_what_glyphs_do() -> None:
    text = printed(make_picture(), paper=Paper())
    assert not set("●○✗★◐▲") & set(text)
    assert "4 ready · 1 down" in text


def test_the_manager_asked_is_named_with_its_role() -> None:
    assert line_of("asked", make_picture()).startswith("tcp://10.0.0.2:2376, a follower")


def test_a_leader_known_since_the_first_look_leads_for_at_least_that_long() -> None:
    assert line_of("leader", make_picture()) == "mg1 for at least 9s"


def test_a_tenure_seen_from_its_beginning_is_exact() -> None:
    leadership = make_leadership(tenure_is_exact=True)
    assert line_of("leader", make_picture(leadership=leadership)) == "mg1 for 9s"


def test_one_look_says_nothing_of_the_tenure() -> None:
    leadership = make_leadership(leading_since=at(9))
    assert line_of("leader", make_picture(leadership=leadership)) == "mg1"


def test_elections_are_counted_with_the_time_they_took() -> None:
    election = Election(at=at(5), old_leader="mg2", new_leader="mg1", leaderless_s=12.4)
    leadership = make_leadership(elections=(election,), leaderless_s=12.4)
    line = line_of("leader", make_picture(leadership=leadership))
    assert line.endswith("elections 1 · leaderless 12s in all")


def test_an_election_says_since_when_nobody_leads_and_what_waits() -> None:
    leadership = make_leadership(phase=Phase.ELECTING, since=at(2))
    line = line_of("leader", make_picture(leadership=leadership))
    assert line == "none for 8s: election, joins and updates wait (last: mg1)"


def test_after_an_election_the_nodes_on_their_way_back_are_counted() -> None:
    leadership = make_leadership(phase=Phase.SETTLING, settling=1200)
    assert "1,200 nodes on their way back" in line_of("leader", make_picture(leadership=leadership))


@pytest.mark.parametrize(
    ("managers", "reachable", "words"),
    [
        (3, 3, "may lose 1"),
        (3, 2, "may lose none"),
        (3, 1, "quorum lost: 1 more needed"),
        (1, 1, "may lose none"),
    ],
)
def test_the_margin_is_said_in_words(managers: int, reachable: int, words: str) -> None:
    quorum = Quorum(managers=managers, reachable=reachable, needed=managers // 2 + 1)
    picture = make_picture(leadership=make_leadership(quorum=quorum))
    assert words in line_of("quorum", picture)


def test_running_on_lost_nodes_is_told_apart() -> None:
    line = line_of("tasks", make_picture())
    assert line == "4 of 5 running · 3 on ready nodes · 1 on lost ones"


def test_states_before_running_come_with_the_oldest_age() -> None:
    assert line_of("pipeline", make_picture()) == "pending 1 oldest 10s"


def test_nothing_on_its_way_leaves_the_line_out() -> None:
    assert "pipeline" not in printed(make_healthy())


def test_every_part_says_how_old_it_is() -> None:
    line = line_of("seen", make_picture())
    assert line == "nodes 1s ago · services 1s ago · tasks 2.5s ago"


def test_what_was_never_seen_is_not_called_zero() -> None:
    text = printed(Picture(at=at(0), snapshot=Snapshot()), paper=Paper())
    assert "swarm not known · cannot tell" in text
    assert "no manager answered" in text
    assert "0 of 0" not in text
    assert "nodes never · services never · tasks never" in text


def test_services_whose_tasks_were_not_seen_are_counted() -> None:
    picture = make_picture(snapshot=make_snapshot(tasks_at={"s1": at(9)}))
    assert "not seen of 1 of 2 services" in line_of("tasks", picture)


def test_why_there_is_no_new_data_is_said() -> None:
    lost = ManagerLost(taken_at=at(9), host="h", kind=FailureKind.REFUSED, text="no answer from h")
    assert line_of("lost", make_picture(snapshot=make_snapshot(lost=lost))) == "no answer from h"


def test_a_problem_stands_with_its_severity_and_age() -> None:
    assert "✗ critical     8s  1 of 2 nodes down within 30 s" in printed(make_picture())


def test_a_long_problem_is_folded_and_never_cut_on_a_terminal() -> None:
    text = "word " * 60
    lines = printed(make_picture(problems=(make_problem(text=text),))).splitlines()
    assert sum(line.split().count("word") for line in lines) == 60
    assert max(map(cells, lines)) <= 80


def test_only_services_short_of_tasks_are_listed() -> None:
    text = printed(make_picture())
    assert "api" in text
    assert "web" not in text


def test_a_finished_job_is_not_short_of_tasks() -> None:
    job = make_service("s2", name="job", mode=ServiceMode.REPLICATED_JOB, replicas=2)
    done = [make_task(i, service="s2", state="complete", desired="complete") for i in "ab"]
    snapshot = make_snapshot(services={"s2": job}, tasks={"s2": {t.id: t for t in done}})
    loads = {"s2": ServiceLoad(2, 0, 0)}
    picture = make_healthy(snapshot=snapshot, service_loads=loads)
    assert line_of("services", picture) == "1, none short of tasks"


def test_groups_that_are_well_share_one_line() -> None:
    assert line_of("regions", make_healthy()) == "1, all well: fr-par 2/2"


def test_groups_nobody_was_placed_in_are_left_out() -> None:
    picture = make_picture(regions=(make_group("unplaced"),), contributors=())
    text = printed(picture)
    assert "unplaced" not in text
    assert "REGION" not in text


def test_a_group_that_is_not_well_says_why() -> None:
    assert "1 of 2 nodes down" in printed(make_picture(), paper=Paper())


def test_a_share_is_never_rounded_up_to_all() -> None:
    group = make_group(nodes=1200, ready=1199, down=1)
    assert "1,199  99 %" in printed(make_picture(regions=(group,)), paper=Paper())


def test_a_terminal_shows_the_worst_groups_and_says_how_many_more_there_are() -> None:
    bad = [make_group(f"bad-{i}") for i in range(2)]
    well = [make_group(f"well-{i}", health=Health.HEALTHY, reason="") for i in range(20)]
    picture = make_picture(regions=(*bad, *well))
    assert "… 19 more, all well" in printed(picture)
    assert "well-19" in printed(picture, paper=Paper())


def test_everything_bad_at_once_fits_one_screen() -> None:
    many = [make_group(f"bad-{i}") for i in range(50)]
    problems = [make_problem(text=f"problem {i}") for i in range(50)]
    services = {f"s{i}": make_service(f"s{i}") for i in range(50)}
    picture = make_picture(
        snapshot=make_snapshot(services=services),
        service_loads={id_: ServiceLoad(3, 1, 0) for id_ in services},
        regions=many,
        contributors=many,
        problems=problems,
    )
    assert len(printed(picture, paper=Paper(width=120, height=40)).splitlines()) <= 40


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_every_line_fits_the_terminal(width: int) -> None:
    picture = make_picture(
        problems=(make_problem(text="a" * 300), make_problem(severity=Severity.INFO)),
        regions=(make_group("r" * 100, reason="why " * 50),),
    )
    lines = printed(picture, paper=Paper(width=width, height=24)).splitlines()
    assert max(map(cells, lines)) <= width


def test_a_filter_is_said_to_be_one() -> None:
    head = printed(make_picture(), paper=Paper(), restricted_to="region:fr-par").splitlines()[0]
    assert head.endswith("only where region:fr-par")


@pytest.mark.parametrize("paper", [SEEN, Paper()])
def test_hostile_text_is_harmless_wherever_it_stands(paper: Paper) -> None:
    group = make_group(HOSTILE, reason=HOSTILE)
    picture = make_picture(
        snapshot=make_snapshot(
            services={"s2": make_service("s2", name=HOSTILE, update_state=HOSTILE)},
            lost=ManagerLost(taken_at=at(9), host=HOSTILE, kind=FailureKind.REFUSED, text=HOSTILE),
        ),
        leadership=make_leadership(leader=HOSTILE),
        problems=(make_problem(text=HOSTILE, subject=HOSTILE),),
        regions=(group,),
        contributors=(group,),
    )
    text = printed(picture, paper=paper, restricted_to=HOSTILE)
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(text)
    assert "[red]" in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0s"),
        (0.44, "0.4s"),
        (9.96, "10s"),
        (41.9, "41s"),
        (182, "3m02"),
        (720, "12m"),
        (7080, "1h58"),
        (183_600, "2d3h"),
    ],
)
def test_a_duration_is_said_in_few_letters(seconds: float, words: str) -> None:
    assert spell_seconds(seconds) == words


def test_a_clock_that_runs_ahead_gives_no_negative_age() -> None:
    assert spell_age(at(5), at(0)) == "0s"
