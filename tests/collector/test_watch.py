"""One manager is watched at a time, and the next one when it is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from swarmtui.collector.inbox import Hint
from swarmtui.collector.poller import Clocks, Poller
from swarmtui.collector.watch import Watch
from swarmtui.engine.errors import EngineError
from swarmtui.stream.interest import Interest
from swarmtui.swarm.observation import (
    FailureKind,
    ManagerLost,
    ManagerSeen,
    NodesSeen,
    Observation,
    TasksSeen,
)
from tests.collector.fakes import FakeClock, FakeInbox, FakeManager, RawTask, convert
from tests.factories import at, make_manager, make_service, make_task

T = TypeVar("T")


class TestOverError(Exception):
    """Ends the endless watching."""

    __test__ = False


@dataclass
class Rack:
    """Managers by address, and everything the watch does with them."""

    clock: FakeClock = field(default_factory=FakeClock)
    managers: dict[str, FakeManager | EngineError] = field(default_factory=dict)
    seen: list[Observation] = field(default_factory=list)
    rests: list[float] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    listening: list[str] = field(default_factory=list)
    most_opened: int = 99

    def add(self, address: str, **fields: object) -> FakeManager:
        manager = FakeManager(clock=self.clock, host=address, **fields)  # type: ignore[arg-type]
        manager.nodes = [make_manager("m0", leader=True)]
        self.managers[address] = manager
        return manager

    def open(self, address: str) -> FakeManager:
        if len(self.opened) >= self.most_opened:
            raise TestOverError
        self.opened.append(address)
        manager = self.managers[address]
        if isinstance(manager, EngineError):
            raise manager
        return manager

    @contextmanager
    def listen(self, address: str) -> Iterator[None]:
        self.listening.append(address)
        try:
            yield
        finally:
            self.listening.remove(address)

    def watch(self) -> "Watch[str, RawTask]":
        clocks = Clocks(
            now=self.clock.now,
            monotonic=self.clock.monotonic,
            engine=self.clock.monotonic,
            worked=lambda: 0.0,
        )
        self.inbox = FakeInbox(self.clock)
        poller: Poller[RawTask] = Poller(
            emit=self.seen.append, convert=convert, inbox=self.inbox, clocks=clocks, duty=0.1
        )
        return Watch(
            list(self.managers),
            name_of=str,
            open_manager=self.open,
            poller=poller,
            emit=self.seen.append,
            clocks=clocks,
            listen=self.listen,
            rest=self.rests.append,
        )

    def of(self, kind: type[T]) -> list[T]:
        return [seen for seen in self.seen if isinstance(seen, kind)]


def fail_at(manager: FakeManager, number: int, error: Exception) -> None:
    """Let a manager fail from its `number`th answer on."""

    def trouble(path: str) -> None:
        del path
        if len(manager.asked) >= number:
            raise error

    manager.trouble = trouble


def refused(text: str = "refused") -> EngineError:
    return EngineError(FailureKind.REFUSED, text)


@pytest.fixture
def rack() -> Rack:
    return Rack()


def test_a_manager_says_who_it_is_and_then_what_it_knows(rack: Rack) -> None:
    manager = rack.add("a")
    manager.services = [make_service("s1")]
    manager.tasks = {"s1": [RawTask(make_task("t1"))]}
    fail_at(manager, 4, TestOverError())
    with pytest.raises(TestOverError):
        rack.watch().run()
    assert [type(seen).__name__ for seen in rack.seen] == [
        "ManagerSeen",
        "NodesSeen",
        "ServicesSeen",
        "TasksSeen",
    ]
    assert manager.asked[:3] == ["/nodes", "/services", "/tasks s1"]
    assert manager.closed


def test_when_a_manager_is_lost_the_next_is_asked_without_a_rest(rack: Rack) -> None:
    fail_at(rack.add("a"), 3, refused("a is gone"))
    fail_at(rack.add("b"), 3, TestOverError())
    with pytest.raises(TestOverError):
        rack.watch().run()
    (lost,) = rack.of(ManagerLost)
    assert (lost.host, lost.next_host, lost.text) == ("a", "b", "a is gone")
    assert [seen.host for seen in rack.of(ManagerSeen)] == ["a", "b"]
    assert rack.rests == [0.0]
    assert rack.listening == []


def test_what_is_known_is_not_told_again_by_the_next_manager(rack: Rack) -> None:
    fail_at(rack.add("a"), 3, refused())
    fail_at(rack.add("b"), 3, TestOverError())
    with pytest.raises(TestOverError):
        rack.watch().run()
    assert [len(seen.changed) for seen in rack.of(NodesSeen)] == [1, 0]


def test_a_manager_of_another_swarm_is_refused_with_both_ids(rack: Rack) -> None:
    fail_at(rack.add("a", cluster_id="ours"), 3, refused())
    rack.add("b", cluster_id="theirs")
    rack.most_opened = 2
    with pytest.raises(TestOverError):
        rack.watch().run()
    lost = rack.of(ManagerLost)[1]
    assert lost.kind is FailureKind.OTHER_SWARM
    assert "ours" in lost.text
    assert "theirs" in lost.text
    assert len(rack.of(ManagerSeen)) == 1


def test_rests_grow_only_when_all_managers_have_been_asked_in_vain(rack: Rack) -> None:
    rack.managers = {"a": refused(), "b": refused()}
    rack.most_opened = 10
    with pytest.raises(TestOverError):
        rack.watch().run()
    assert rack.rests == [0.0, 1.0, 0.0, 2.0, 0.0, 4.0, 0.0, 5.0, 0.0, 5.0]


def test_a_single_manager_is_tried_again_after_a_second(rack: Rack) -> None:
    manager = rack.add("a")
    fail_at(manager, 3, refused())
    rack.most_opened = 3
    with pytest.raises(TestOverError):
        rack.watch().run()
    assert rack.rests == [1.0, 2.0, 4.0]


def test_one_unusable_answer_is_said_and_borne_but_three_are_a_loss(rack: Rack) -> None:
    fail_at(rack.add("a"), 2, EngineError(FailureKind.BROKEN, "not JSON"))
    fail_at(rack.add("b"), 1, TestOverError())
    with pytest.raises(TestOverError):
        rack.watch().run()
    assert [(lost.host, lost.next_host) for lost in rack.of(ManagerLost)] == [
        ("a", "a"),
        ("a", "a"),
        ("a", "b"),
    ]


def test_an_answer_that_hung_tells_since_when_it_was_owed(rack: Rack) -> None:
    manager = rack.add("a")

    def hang_once(path: str) -> None:
        if len(manager.asked) == 3:
            rack.clock.pass_(12.4)
        if len(manager.asked) > 4:
            raise TestOverError

    manager.trouble = hang_once
    with pytest.raises(TestOverError):
        rack.watch().run()
    first, second = rack.of(NodesSeen)[:2]
    assert first.asked_at == at(0)
    assert second.asked_at is not None
    assert (second.taken_at - second.asked_at).total_seconds() == pytest.approx(12.41)


def test_a_hang_in_another_list_is_owed_until_the_nodes_are_seen(rack: Rack) -> None:
    manager = rack.add("a")
    manager.services = [make_service("s1")]

    def hang_in_tasks(path: str) -> None:
        if path.startswith("/tasks"):
            rack.clock.pass_(12.4)
        if len(rack.of(NodesSeen)) == 2:
            raise TestOverError

    manager.trouble = hang_in_tasks
    with pytest.raises(TestOverError):
        rack.watch().run()
    seen = rack.of(NodesSeen)[1]
    assert seen.asked_at is not None
    assert (seen.taken_at - seen.asked_at).total_seconds() > 12.4


def test_a_loss_and_the_hang_after_it_are_owed_together(rack: Rack) -> None:
    fail_at(rack.add("a"), 3, refused())
    second = rack.add("b")

    def trouble(path: str) -> None:
        rack.clock.pass_(12)
        if path != "/nodes" and len(rack.of(NodesSeen)) > 1:
            raise TestOverError

    second.trouble = trouble
    with pytest.raises(TestOverError):
        rack.watch().run()
    (lost,) = rack.of(ManagerLost)
    assert rack.of(NodesSeen)[1].asked_at == lost.asked_at


@pytest.mark.parametrize("message", [Interest(frozenset({"s2"})), Hint("s2")])
def test_messages_change_what_is_asked_next(rack: Rack, message: Interest | Hint) -> None:
    manager = rack.add("a")
    manager.services = [make_service(f"s{n}") for n in range(4)]

    def trouble(path: str) -> None:
        if path == "/services" and isinstance(message, Interest):
            rack.inbox.put(message)
        if len(rack.of(TasksSeen)) == 4 and isinstance(message, Hint):
            rack.inbox.put(message)
        if len(manager.asked) == 60:
            raise TestOverError

    manager.trouble = trouble
    with pytest.raises(TestOverError):
        rack.watch().run()
    tasks = [path for path in manager.asked if path.startswith("/tasks")]
    if isinstance(message, Interest):
        assert tasks[0] == "/tasks s2"
    assert tasks.count("/tasks s2") >= tasks.count("/tasks s1")


def test_a_manager_that_gives_up_on_a_list_is_asked_for_it_in_portions(rack: Rack) -> None:
    manager = rack.add("a")
    manager.services = [make_service("s1")]
    manager.tasks = {"s1": [RawTask(make_task(f"{digit}t")) for digit in "08dz"]}

    def give_up_on_whole_lists(path: str) -> None:
        if path == "/tasks s1":
            raise EngineError(FailureKind.OVERLOADED, "gave up")
        if rack.of(TasksSeen):
            raise TestOverError

    manager.trouble = give_up_on_whole_lists
    with pytest.raises(TestOverError):
        rack.watch().run()
    (lost,) = rack.of(ManagerLost)
    assert (lost.host, lost.next_host) == ("a", "a")
    assert sum(path.startswith("/tasks s1 ") for path in manager.asked) == 4
    (seen,) = rack.of(TasksSeen)
    assert sorted(task.id for task in seen.changed) == ["0t", "8t", "dt", "zt"]
    assert seen.complete


def test_a_service_removed_between_two_lists_is_no_loss_of_the_manager(rack: Rack) -> None:
    """Its tasks are not asked for again; the next list of services will not have it."""
    manager = rack.add("a")
    manager.services = [make_service("s1"), make_service("s2")]

    def remove(path: str) -> None:
        if path == "/tasks s1":
            raise EngineError(FailureKind.GONE, "service s1 not found")
        if manager.asked.count("/tasks s2") > 1:
            raise TestOverError

    manager.trouble = remove
    with pytest.raises(TestOverError):
        rack.watch().run()
    assert rack.of(ManagerLost) == []
    first = manager.asked.index("/tasks s1")
    listed_again = manager.asked.index("/services", first)
    assert "/tasks s1" not in manager.asked[first + 1 : listed_again]
