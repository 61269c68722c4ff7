"""Keyframes come when playing on would take long, and build on what leaves little to read."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from swarmtui.recording.blocks import BlockKind
from swarmtui.recording.intake import MOST_CHANGES_AT_FIRST
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.words import TaskState
from tests.factories import (
    at,
    make_node,
    make_service,
    make_task,
    nodes_seen,
    services_seen,
    tasks_seen,
)
from tests.recording.recorded import first_look, pulse, record, recording


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evening.rec"


def test_there_is_a_keyframe_every_half_minute(path: Path) -> None:
    played = record(path, [pulse(second) for second in range(100)])
    assert [each.at for each in played.keyframes] == [at(0), at(30), at(60), at(90)]
    assert [each.after for each in played.keyframes] == [0, 30, 60, 90]


def test_a_keyframe_comes_early_where_much_changes(path: Path) -> None:
    half = MOST_CHANGES_AT_FIRST // 2 + 1
    tasks = [make_task(f"t{i}") for i in range(half)]
    with recording(path) as begun:
        begun.see(pulse(0), tasks_seen(tasks, second=1), pulse(12), tasks_seen(tasks, second=13))
        begun.see(pulse(14), tasks_seen(tasks, second=14), tasks_seen(tasks, second=15), pulse(16))
        played = begun.play()
    assert [each.at for each in played.keyframes] == [at(0), at(13), at(16)]


def test_a_keyframe_comes_early_where_nodes_change_or_services_go_with_their_tasks(
    path: Path,
) -> None:
    nodes = [make_node(f"n{i}") for i in range(MOST_CHANGES_AT_FIRST // 6 + 1)]
    tasks = [make_task(f"t{i}") for i in range(MOST_CHANGES_AT_FIRST // 2 + 1)]
    with recording(path) as begun:
        begun.see(pulse(0), nodes_seen(nodes, second=1), pulse(6))
        begun.see(services_seen([make_service()], second=7), tasks_seen(tasks, second=8))
        begun.see(services_seen([], second=9, removed=("s1",)), pulse(12))
        played = begun.play()
    assert [each.at for each in played.keyframes] == [at(0), at(6), at(9)]


def test_keyframes_do_not_pile_up_where_the_disk_is_slow(path: Path) -> None:
    tasks = [make_task(f"t{i}") for i in range(MOST_CHANGES_AT_FIRST + 1)]
    with recording(path) as begun:
        begun.hurry(pulse(0), *(tasks_seen(tasks, second=10 * n) for n in range(1, 5)))
        played = begun.play()
    assert 0 < len(played.keyframes) < 4


def bases(path: Path, steps: Iterable[Iterable[int]]) -> list[int]:
    """Return on which keyframe each builds, so many before it; 0 on none."""
    return [each.base for each in record(path, changing(steps)).keyframes][2:]


def test_keyframes_build_on_the_one_before_until_the_same_changed_again_and_again(
    path: Path,
) -> None:
    assert bases(path, [range(1)] * 9) == [1, 1, 1, 4, 1, 1, 1, 4, 1]
    fresh = [range(10 * n, 10 * n + 10) for n in range(9)]
    assert bases(path.with_name("b.rec"), fresh) == [1] * 9


def test_a_keyframe_is_whole_where_most_is_new(path: Path) -> None:
    played = record(path, changing([range(90)]))
    assert [each.kind for each in played.keyframes] == [BlockKind.WHOLE] * 3


def changing(steps: Iterable[Iterable[int]]) -> Iterator[Observation]:
    """Yield a first look at a hundred tasks, and half a minute apart, which of them change."""
    yield from [*first_look(tasks=100), pulse(30)]
    for step, numbers in enumerate(steps):
        state = ("failed", "running")[step % 2]
        changed = [make_task(f"t{number}", state=state) for number in numbers]
        yield tasks_seen(changed, second=30 * step + 60)


def test_what_linked_keyframes_tell_comes_together(path: Path) -> None:
    story = changing([range(20 * step, 20 * step + 20) for step in (0, 2, 4)])
    played = record(path, story)
    assert [each.kind for each in played.keyframes][2:] == [BlockKind.LINKED] * 3
    tasks = played.keyframes[-1].moment.snapshot.tasks["s1"].values()
    assert sum(task.state is TaskState.FAILED for task in tasks) == 40
