"""What the panes of the Overview say."""

import msgspec
import pytest

from swarmtui.insight.picture import (
    Happening,
    HappeningKind,
    NodeCounts,
    Phase,
    Sample,
    Severity,
    TaskCounts,
)
from swarmtui.swarm.words import TaskState
from swarmtui.tui.freshness import Freshness
from swarmtui.tui.lines import text_of, width_of
from swarmtui.tui.meaning import Meaning
from swarmtui.tui.panes.events import event_lines
from swarmtui.tui.panes.figures import figure_lines, joins_per_s
from swarmtui.tui.panes.groups import Layout, group_spans
from swarmtui.tui.panes.managers import manager_spans
from swarmtui.tui.panes.nothing_yet import nothing_lines
from swarmtui.tui.panes.pipeline import pipeline_lines, trend_of
from swarmtui.tui.panes.problems import problem_spans
from swarmtui.tui.panes.timeline import span_of, timeline_lines
from swarmtui.tui.words import clock_time
from tests.factories import at
from tests.tui.event import (
    HAPPENINGS,
    HOST,
    LEADERSHIP,
    PROBLEMS,
    REGIONS,
    event_history,
    event_picture,
    group,
    with_snapshot,
)


def figures(width: int = 120, **fields: object) -> str:
    picture = event_picture(**fields)
    return text_of(figure_lines(picture, width=width, now=at(0), fresh=Freshness()))


def tasks(**fields: object) -> TaskCounts:
    return msgspec.structs.replace(event_picture().tasks, **fields)


def test_figures_tell_the_nodes_by_state_with_sign_and_word() -> None:
    assert "NODES  2,384   ● 2,291 ready   ✗ 72 down   ○ 21 unknown" in figures()


def test_figures_tell_the_tasks_the_rate_and_the_time_to_go() -> None:
    assert "TASKS  96,287 / 100,000 running   +412/s   9 s to go" in figures()


def test_tasks_on_lost_nodes_are_told_apart() -> None:
    assert "95,102 on ready nodes · 1,185 on lost ones" in figures()


def test_pledges_ghosts_and_draining_nodes_are_told() -> None:
    assert "of 3,340 pledged · ◐ 3 drain · 28 ghosts" in figures()


def test_no_node_down_is_still_said() -> None:
    assert "✗ 0 down" in figures(nodes=NodeCounts(total=3, ready=3))


def test_no_progress_is_said_where_tasks_are_missing() -> None:
    assert "no progress" in figures(tasks=tasks(rate_per_s=0.0, left_s=None))
    assert "no progress" not in figures(tasks=tasks(running=100_000, rate_per_s=0.0, left_s=None))


def test_counts_of_the_manager_itself_are_told_as_such() -> None:
    assert "by the manager's count" in figures(width=200, tasks=tasks(counted_at=at(0)))
    assert "by the manager's count" not in figures(width=200)


def test_a_sum_that_is_not_whole_yet_says_so() -> None:
    picture = with_snapshot(event_picture(tasks=tasks(rate_per_s=0.0, left_s=None)), tasks_at={})
    said = text_of(figure_lines(picture, width=120, now=at(0), fresh=Freshness()))
    assert "no progress" not in said
    picture = with_snapshot(event_picture(), tasks_at={})
    said = text_of(figure_lines(picture, width=120, now=at(0), fresh=Freshness()))
    assert "loading, 0 of 1 services" in said


def test_figures_stand_below_each_other_when_narrow() -> None:
    lines = figures(width=80).splitlines()
    assert [line[1:6] for line in lines] == ["NODES", "     ", "TASKS", "     "]


def test_a_number_that_changed_is_bright() -> None:
    fresh = Freshness()
    figure_lines(event_picture(), width=120, now=at(0), fresh=fresh)
    changed = event_picture(tasks=tasks(running=96_300))
    lines = figure_lines(changed, width=120, now=at(1), fresh=fresh)
    spans = [span for line in lines for span in line.spans if span.meaning is Meaning.FRESH]
    assert [span.text for span in spans] == ["96,300"]


def test_joining_is_measured_over_two_minutes() -> None:
    history = event_history()[:40]
    rate = joins_per_s(history)
    assert rate is not None
    assert 2 < rate < 4


def test_the_pipeline_tells_each_state_with_its_oldest_age() -> None:
    said = text_of(pipeline_lines(event_picture(), width=50, now=at(0), fresh=Freshness()))
    assert "pending     1,901   41s" in said
    assert "allocated       0" in said


def test_the_pipeline_tells_failures_and_the_most_frequent_error() -> None:
    said = text_of(pipeline_lines(event_picture(), width=50, now=at(0), fresh=Freshness()))
    assert "in 5 min  388 failed · 61 rejected" in said
    assert "1,044 × no suitable node: insufficient resources" in said


def test_the_pipeline_fits_its_width() -> None:
    crowded = event_picture(tasks=tasks(by_state=dict.fromkeys(TaskState, 128000)))
    for line in pipeline_lines(crowded, width=50, now=at(0), fresh=Freshness()):
        assert width_of(line.spans) <= 50


def test_the_timeline_marks_elections_and_ends_with_the_newest_values() -> None:
    lines = timeline_lines(event_history(), width=80, height=5, now=at(0))
    said = text_of(lines)
    assert "┊" in said
    assert said.splitlines()[0].endswith("2,291")
    assert all(width_of(line.spans) <= 80 for line in lines)


def test_the_timeline_says_when_there_is_no_history() -> None:
    assert text_of(timeline_lines([], width=80, height=5, now=at(0))) == " no history yet"


def test_the_timeline_grows_in_steps() -> None:
    history = event_history()
    assert span_of(history, at(0)).total_seconds() == 20 * 60
    assert span_of(history[-10:], at(0)).total_seconds() == 2 * 60


def test_a_region_tells_its_health_by_sign_and_its_share_in_figures() -> None:
    said = text_of_spans(group_spans(REGIONS[0], Layout(76, 14)))
    assert said.startswith(" ✗ ap-southeast-1")
    assert "68 %" in said
    assert "291" in said


def text_of_spans(spans: tuple[tuple[str, Meaning], ...]) -> str:
    return "".join(text for text, _ in spans).rstrip()


def test_a_region_drops_columns_rather_than_overflow() -> None:
    for width in range(40, 120):
        spans = group_spans(group("a-region-with-a-very-long-name", 2384, 2000), Layout(width, 30))
        assert width_of(spans) <= width


def test_names_from_outside_are_made_harmless() -> None:
    said = text_of_spans(group_spans(group("\x1b[31m[red]", 1, 1), Layout(80, 12)))
    assert "\x1b" not in said
    assert "[red]" in said


def test_the_leader_has_a_star_and_its_tenure() -> None:
    leader = manager_spans(LEADERSHIP.managers[0], LEADERSHIP, at(0), name=4)
    assert text_of_spans(leader) == " ★ mg1   10.0.0.2         leader 12m"


def test_a_problem_tells_since_when_and_where_it_leads() -> None:
    said = text_of_spans(problem_spans(PROBLEMS[0], at(0), width=80))
    assert said.startswith(" ✗ ap-southeast-1: 64 of 200 nodes down within 30 s")
    assert said.endswith("48s  ⏎ nodes")


def test_events_stand_newest_first() -> None:
    said = text_of(event_lines(HAPPENINGS, width=120, height=3)).splitlines()
    assert said[0] == " EVENTS"
    assert said[1] == f" {clock_time(at(-48))}  ✗ 64 nodes went down, ap-southeast-1"
    assert len(said) == 3


def test_an_event_stays_on_its_line() -> None:
    event = Happening(
        at=at(0), kind=HappeningKind.NODES, severity=Severity.INFO, text="two\nlines " * 20
    )
    (_, line) = event_lines([event], width=60, height=5)
    assert width_of(line.spans) <= 60
    assert "\n" not in text_of([line])


def test_before_anything_is_seen_it_says_what_it_waits_for() -> None:
    said = text_of(nothing_lines(None, asked=HOST, waited="2s", width=80))
    assert f"connecting to {HOST}… 2s" in said


def test_right_after_an_election_tasks_on_unknown_nodes_are_no_loss() -> None:
    settling = msgspec.structs.replace(LEADERSHIP, phase=Phase.SETTLING)
    assert "1,185 on returning ones" in figures(leadership=settling)


@pytest.mark.parametrize(
    ("counts", "arrow"), [((9, 4, 4), "↓"), ((1, 4, 4), "↑"), ((4, 9, 4), " "), ((4,), " ")]
)
def test_a_state_that_fills_or_drains_says_so(counts: tuple[int, ...], arrow: str) -> None:
    history = [
        Sample(at(20.0 * i), 1, 0, 0, 0, 0, tasks={TaskState.PENDING: number})
        for i, number in enumerate(counts)
    ]
    assert trend_of(TaskState.PENDING, history) == arrow
