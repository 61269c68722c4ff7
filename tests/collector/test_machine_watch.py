"""Tails and roll calls, as far as they are wanted."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from threading import Event, Thread

from swarmtui.collector.machine_watch import MachineWatch
from swarmtui.collector.reach import Reach
from swarmtui.collector.roll_calls import PACE_S, RollCalls
from swarmtui.collector.settings import SshDefaults
from swarmtui.collector.tailing import NO_WAY, Tailing
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.stream.interest import Interest
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.stats import (
    MachineSeen,
    StatsSeen,
    TailSeen,
    TailState,
    TrustOutcome,
    TrustWish,
    UnknownKey,
)
from tests.collector.fakes import FakeClock
from tests.factories import (
    NOON,
    at,
    machine_seen,
    make_machine,
    make_node,
    make_unknown_key,
    nodes_seen,
    stats_seen,
)


class FakeShell:
    """A way to machines that notes what is wanted of it."""

    def __init__(self) -> None:
        self.opened = 0
        self.wanted: list[list[str]] = []
        self.called: list[list[str]] = []
        self.emit: Callable[[StatsSeen | TailSeen | MachineSeen], None] = lambda _: None
        self.trusted: list[str] = []
        self.retried = 0
        self.refusal: SshError | None = None

    def open_tails(self, emit: Callable[[StatsSeen | TailSeen | MachineSeen], None]) -> "FakeShell":
        self.opened += 1
        self.emit = emit
        return self

    def want(self, machines: Iterable[Machine]) -> None:
        self.wanted.append([machine.name for machine in machines])

    def retry_refused(self) -> None:
        self.retried += 1

    def trust_key(self, machine: Machine, key: UnknownKey) -> str:
        self.trusted.append(f"{machine.name} {machine.addr} {key.fingerprint}")
        if self.refusal is not None:
            raise self.refusal
        return key.file

    def call_roll(self, machines: Sequence[Machine]) -> Iterator[MachineSeen]:
        self.called.append([machine.name for machine in machines])
        for machine in machines:
            yield machine_seen(machine.name, f"node-of-{machine.name}")


def make_tailing(*machines: Machine) -> tuple[Tailing, FakeShell, list[TailSeen]]:
    shell, seen = FakeShell(), list[TailSeen]()
    tailing = Tailing(
        Reach(machines, ssh=SshDefaults()),
        open_tails=lambda: shell.open_tails(lambda _: None),
        trust=lambda *_: None,
        emit=seen.append,
        now=lambda: NOON,
    )
    return tailing, shell, seen


def tell(tailing: Tailing, *news: Interest | Observation) -> None:
    for each in news:
        tailing.hear(each)  # type: ignore[arg-type]
        tailing.follow()


def test_nothing_is_opened_until_a_tail_is_wanted() -> None:
    tailing, shell, _ = make_tailing(make_machine("m1"))
    tell(tailing, nodes_seen([make_node("n1")]), Interest(frozenset({"s1"})), machine_seen("m1"))
    assert shell.opened == 0
    tell(tailing, Interest(tails=frozenset({"m1"})))
    assert (shell.opened, shell.wanted) == (1, [["m1"]])


def test_the_tails_follow_what_is_wanted() -> None:
    tailing, shell, _ = make_tailing(make_machine("m1"), make_machine("m2"))
    for names in ({"m1"}, {"m1", "m2"}, {"m1", "m2"}, set()):
        tell(tailing, Interest(tails=frozenset(names)))
    assert shell.wanted == [["m1"], ["m1", "m2"], []]


def test_news_that_wait_are_acted_on_at_once() -> None:
    tailing, shell, _ = make_tailing(*(make_machine(f"m{i}") for i in range(9)))
    for i in range(9):
        tailing.hear(Interest(tails=frozenset({f"m{i}"})))
    tailing.follow()
    assert shell.wanted == [["m8"]]


def test_a_node_that_is_wanted_before_it_is_known_is_tailed_once_it_is() -> None:
    tailing, shell, seen = make_tailing()
    tell(tailing, Interest(tails=frozenset({"n1"})))
    assert (shell.wanted, seen) == ([], [])
    tell(tailing, nodes_seen([make_node("n1")]))
    assert shell.wanted == [["n1"]]


def test_nodes_that_only_change_their_state_do_not_trouble_the_tails() -> None:
    tailing, shell, _ = make_tailing()
    tell(tailing, nodes_seen([make_node("n1")]), Interest(tails=frozenset({"n1"})))
    tell(tailing, nodes_seen([make_node("n1", state="unknown")]))
    assert shell.wanted == [["n1"]]


def test_a_machine_that_says_which_node_it_is_takes_over() -> None:
    tailing, shell, _ = make_tailing(make_machine("m1"))
    tell(tailing, nodes_seen([make_node("n1")]), Interest(tails=frozenset({"n1"})))
    tell(tailing, machine_seen("m1", "n1"))
    assert shell.wanted == [["n1"], ["m1"]]


def test_a_node_without_a_way_to_it_is_said_once_and_taken_back() -> None:
    tailing, shell, seen = make_tailing()
    lost = make_node("n1", addr="")
    tell(tailing, nodes_seen([lost]), Interest(tails=frozenset({"n1"})))
    tell(tailing, nodes_seen([lost, make_node("n2")]))
    assert [(each.machine, each.state, each.text) for each in seen] == [
        ("n1", TailState.RETRYING, NO_WAY)
    ]
    assert shell.opened == 0
    tell(tailing, nodes_seen([make_node("n1", addr="10.0.0.9")]))
    assert seen[-1].state is TailState.ENDED
    assert shell.wanted == [["n1"]]


def test_a_node_without_a_way_to_it_that_nobody_wants_any_more_is_ended() -> None:
    tailing, _, seen = make_tailing()
    tell(tailing, nodes_seen([make_node("n1", addr="")]), Interest(tails=frozenset({"n1"})))
    tell(tailing, Interest())
    assert [each.state for each in seen] == [TailState.RETRYING, TailState.ENDED]


def make_roll_calls(*machines: Machine) -> tuple[RollCalls, FakeShell, list[str], FakeClock]:
    shell, seen, clock = FakeShell(), list[str](), FakeClock()
    calls = RollCalls(
        machines,
        call=shell.call_roll,
        emit=lambda answer: seen.append(answer.machine),
        rest=clock.pass_,
    )
    return calls, shell, seen, clock


def test_the_roll_is_called_again_and_again_while_it_is_wanted() -> None:
    calls, shell, seen, clock = make_roll_calls(make_machine("m1"), make_machine("m2"))
    calls.want(True)
    calls.call_next()
    calls.call_next()
    assert seen == ["m1", "m2"] * 2
    assert clock.seconds == 2 * PACE_S
    assert shell.called == [["m1", "m2"]] * 2


def test_the_roll_is_not_called_while_nobody_looks() -> None:
    shell, done = FakeShell(), Event()
    calls = RollCalls(
        [make_machine("m1")],
        call=shell.call_roll,
        emit=lambda _: None,
        rest=lambda _: done.set(),
    )
    calls.want(True)
    calls.want(False)
    thread = Thread(target=calls.call_next)
    thread.start()
    assert not done.wait(0.05)
    assert shell.called == []
    calls.want(True)
    assert done.wait(10)
    thread.join(10)
    assert shell.called == [["m1"]]


def make_watch(*machines: Machine) -> tuple[MachineWatch, FakeShell, list[Observation]]:
    shell, seen = FakeShell(), list[Observation]()
    watch = MachineWatch(
        machines,
        ssh=SshDefaults(),
        shell=shell,
        emit=seen.append,
        now=lambda: NOON,
        rest=lambda _: None,
    )
    return watch, shell, seen


def test_what_tails_see_leaves_and_who_a_machine_is_goes_to_the_tailing_too() -> None:
    watch, shell, seen = make_watch(make_machine("m1"))
    watch.see(nodes_seen([make_node("n1")]))
    watch.want(Interest(tails=frozenset({"n1"})))
    watch.tailing.follow()
    shell.emit(stats_seen("n1"))
    shell.emit(machine_seen("m1", "n1"))
    watch.tailing.follow()
    assert [type(each) for each in seen] == [StatsSeen, MachineSeen]
    assert shell.wanted == [["n1"], ["m1"]]


def test_only_a_wanted_roll_call_is_called() -> None:
    watch, shell, seen = make_watch(make_machine("m1"))
    watch.want(Interest(roll_call=True))
    watch.roll_calls.call_next()
    assert shell.called == [["m1"]]
    assert [each.machine for each in seen if isinstance(each, MachineSeen)] == ["m1"]


def test_without_machines_there_is_no_roll_to_call() -> None:
    watch, _, _ = make_watch()
    assert watch.targets == (watch.tailing.run, watch.trusting.run)
    watch, _, _ = make_watch(make_machine())
    assert watch.targets == (watch.tailing.run, watch.trusting.run, watch.roll_calls.run)


KEY = make_unknown_key()


def wish(machine: str = "m1", *, second: float = 0) -> TrustWish:
    return TrustWish(machine=machine, key=KEY, asked_at=at(second))


def want(watch: MachineWatch, *wishes: TrustWish, tails: Collection[str] = ()) -> None:
    """Tell an interest, and do what it asks for of tails."""
    watch.want(Interest(tails=frozenset(tails), trusts=frozenset(wishes)))
    watch.tailing.follow()


def told(seen: Sequence[Observation]) -> list[MachineSeen]:
    return [each for each in seen if isinstance(each, MachineSeen)]


def test_a_yes_writes_the_key_tells_so_and_asks_those_who_were_refused_and_the_machine() -> None:
    watch, shell, seen = make_watch(make_machine("m1", addr="10.0.0.7"))
    want(watch, wish(), tails=["m1"])
    watch.trusting.do_next()
    assert shell.trusted == [f"m1 10.0.0.7 {KEY.fingerprint}"]
    assert (shell.retried, shell.called) == (1, [["m1"]])
    written, answer = told(seen)
    assert written.trust == TrustOutcome(wish=wish(), file=KEY.file)
    assert (written.machine, written.reachable, written.unknown_key) == ("m1", False, None)
    assert (answer.node_id, answer.trust) == ("node-of-m1", None)


def test_a_wish_is_done_once_however_often_it_is_told() -> None:
    watch, shell, _ = make_watch(make_machine("m1"), make_machine("m2"))
    want(watch, wish())
    want(watch, wish(), tails=["m1"])
    want(watch, wish(), wish("m2"))
    watch.trusting.do_next()
    watch.trusting.do_next()
    assert [text.split()[0] for text in shell.trusted] == ["m1", "m2"]
    want(watch)
    want(watch, wish(second=9))
    watch.trusting.do_next()
    assert [text.split()[0] for text in shell.trusted] == ["m1", "m2", "m1"]


def test_a_refusal_is_told_with_the_key_there_is_now_and_nothing_is_retried() -> None:
    watch, shell, seen = make_watch(make_machine("m1"))
    now = make_unknown_key(fingerprint="SHA256:another")
    shell.refusal = SshError(SshFailure.UNKNOWN_KEY, "m1: another key now", unknown_key=now)
    want(watch, wish(), tails=["m1"])
    watch.trusting.do_next()
    (refused,) = told(seen)
    assert refused.trust == TrustOutcome(wish=wish(), text="m1: another key now")
    assert (refused.error, refused.unknown_key) == ("m1: another key now", now)
    assert (shell.retried, shell.called) == (0, [])


def test_a_yes_to_a_node_goes_to_its_address_and_one_to_nobody_is_said_to() -> None:
    watch, shell, seen = make_watch()
    watch.see(nodes_seen([make_node("n1", addr="10.0.0.9")]))
    want(watch, wish("n1"))
    watch.trusting.do_next()
    assert shell.trusted == [f"n1 10.0.0.9 {KEY.fingerprint}"]
    want(watch, wish("n2"))
    watch.trusting.do_next()
    assert told(seen)[-1].trust == TrustOutcome(wish=wish("n2"), text="no way to n2 any more")
    assert len(shell.trusted) == 1
