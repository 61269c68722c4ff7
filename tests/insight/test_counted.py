"""What a manager counts itself goes before what its lists add up to, and is compared with it."""

from swarmtui.swarm.observation import CountsSeen
from swarmtui.swarm.words import NodeState, TaskState
from tests.factories import at, make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes


def tell_counts(
    story: Story, second: float, *, running: int, ready: int = 13, swarm: str = ""
) -> None:
    story.see(
        CountsSeen(
            taken_at=at(second),
            nodes={NodeState.READY: ready},
            tasks={TaskState.RUNNING: running, TaskState.PENDING: 0},
            cluster_id=swarm,
        )
    )


def running_story() -> Story:
    """Return a swarm of 13 ready nodes with 40 running tasks."""
    story = Story()
    story.show(make_managers() + make_nodes(10), 0)
    story.serve([make_service("s1", replicas=40)], 0)
    story.run([make_task(f"t{i}", slot=i, node_id="w0") for i in range(40)], 0)
    return story


def kinds(story: Story, second: float) -> list[str]:
    return [problem.kind for problem in story.analyst.picture(at(second)).problems]


def test_fresh_counts_go_before_the_lists() -> None:
    story = running_story()
    tell_counts(story, 1, running=38)
    tasks = story.analyst.picture(at(2)).tasks
    assert (tasks.running, tasks.by_state) == (38, {TaskState.RUNNING: 38})
    assert tasks.counted_at == at(1)


def test_counts_that_stopped_give_way_to_the_lists() -> None:
    story = running_story()
    tell_counts(story, 1, running=38)
    tasks = story.analyst.picture(at(20)).tasks
    assert (tasks.running, tasks.counted_at) == (40, None)


def test_the_step_from_lists_to_counts_is_no_progress() -> None:
    story = running_story()
    story.run([], 2)
    story.run([], 4)
    tell_counts(story, 5, running=10)
    tell_counts(story, 8, running=10)
    assert story.analyst.picture(at(8)).tasks.rate_per_s == 0


def test_counts_that_differ_from_the_lists_for_long_are_a_problem() -> None:
    story = running_story()
    for second in range(1, 110):
        tell_counts(story, second, running=80)
    assert "counts_differ" in kinds(story, 109)


def test_counts_that_differ_for_a_while_or_by_little_are_none() -> None:
    story = running_story()
    for second in range(1, 80):
        tell_counts(story, second, running=80)
    assert "counts_differ" not in kinds(story, 80)
    for second in range(80, 200):
        tell_counts(story, second, running=42)
    assert "counts_differ" not in kinds(story, 200)


def test_counts_that_move_may_be_ahead_of_the_lists() -> None:
    story = running_story()
    for second in range(1, 200):
        tell_counts(story, second, running=40 + 10 * second)
    assert "counts_differ" not in kinds(story, 200)


def test_counts_of_another_swarm_count_nothing() -> None:
    story = running_story()
    story.connect("tcp://m", "mg0", 0)
    tell_counts(story, 1, running=7, swarm="c2")
    assert story.analyst.picture(at(2)).tasks.running == 40


def test_metrics_that_cannot_be_read_are_said_and_nothing_else_is_lost() -> None:
    story = running_story()
    story.see(CountsSeen(taken_at=at(1), error="nobody listens at tcp://m:9323"))
    picture = story.analyst.picture(at(2))
    (problem,) = [problem for problem in picture.problems if problem.kind == "no_metrics"]
    assert "nobody listens" in problem.text
    assert picture.tasks.running == 40
