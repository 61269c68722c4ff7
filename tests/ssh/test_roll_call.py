"""The roll call: what `docker info` says, and every machine gets its line."""

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from swarmtui.ssh.commands import Command
from swarmtui.ssh.docker_info import MOST_BYTES, read_info
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.roll_call import ask_machine, call_roll
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen, SwarmState
from tests.ssh.fake_door import NOON, End, FakeDoor, FakeLogin, FakeTime, Silence, Step

MACHINE = Machine(name="w1", addr="10.0.0.1")
SWARM = json.loads(
    (Path(__file__).parents[1] / "data" / "payloads" / "info-swarm.json").read_text()
)


def info(**changes: Any) -> bytes:
    answer = {
        "ServerVersion": "20.10.24",
        "SystemTime": "2026-07-22T12:00:01.500000001Z",
        "Swarm": SWARM,
        "HttpProxy": "http://me:secret@proxy:3128",
        "Labels": ["password=secret"],
    }
    return json.dumps(answer | changes).encode() + b"\n"


def read(output: bytes, *, status: int = 0, complaint: str = "") -> MachineSeen:
    return read_info(
        output,
        MACHINE,
        asked_at=NOON,
        answered_at=NOON + timedelta(seconds=1),
        status=status,
        complaint=complaint,
    )


def failure(output: bytes, *, status: int = 0, complaint: str = "") -> SshError:
    with pytest.raises(SshError) as caught:
        read(output, status=status, complaint=complaint)
    return caught.value


def ask(*steps: Step) -> MachineSeen:
    time = FakeTime()
    door = FakeDoor({Command.INFO: steps}, time=time)
    seen = ask_machine(MACHINE, door=door, clocks=time.clocks)
    assert door.is_all_closed
    return seen


def test_a_manager_says_who_it_is_and_whom_it_knows() -> None:
    assert read(info()) == MachineSeen(
        taken_at=NOON + timedelta(seconds=1),
        machine="w1",
        reachable=True,
        docker_version="20.10.24",
        swarm_state=SwarmState.ACTIVE,
        node_id="zl6enyab4m5nr18t7dmaeioxl",
        is_manager=True,
        managers=("127.0.0.22:22377",),
        clock_offset_s=1.0,
    )


def test_the_clock_offset_counts_from_half_the_round_trip() -> None:
    assert read(info(SystemTime="2026-07-22T12:00:00.5Z")).clock_offset_s == 0
    assert read(info(SystemTime="2026-07-22T19:00:30.5+07:00")).clock_offset_s == 30
    assert read(info(SystemTime="2026-07-22T11:59:30.5Z")).clock_offset_s == -30


@pytest.mark.parametrize("said", ["", "soon", "0001-01-01T00:00:00Z", "2026-07-22T12:00:00"])
def test_a_clock_that_cannot_be_read_is_unknown(said: str) -> None:
    assert read(info(SystemTime=said)).clock_offset_s is None


@pytest.mark.parametrize(
    ("swarm", "state", "is_in"),
    [
        ({"LocalNodeState": "inactive"}, SwarmState.INACTIVE, False),
        ({"LocalNodeState": "", "RemoteManagers": None}, SwarmState.INACTIVE, False),
        ({"LocalNodeState": "pending", "NodeID": ""}, SwarmState.PENDING, False),
        ({"LocalNodeState": "locked"}, SwarmState.LOCKED, False),
        ({"LocalNodeState": "error", "NodeID": "x"}, SwarmState.ERROR, False),
        ({"LocalNodeState": "active", "NodeID": "x"}, SwarmState.ACTIVE, True),
        (None, SwarmState.INACTIVE, False),
    ],
)
def test_only_an_active_node_with_an_id_is_in(
    swarm: dict[str, Any], state: SwarmState, is_in: bool
) -> None:
    seen = read(info(Swarm=swarm))
    assert (seen.swarm_state, seen.is_in) == (state, is_in)


def test_a_state_that_is_not_known_is_said_and_is_not_in() -> None:
    seen = read(info(Swarm={"LocalNodeState": "asleep\x1b[2J", "NodeID": "x"}))
    assert (seen.swarm_state, seen.is_in) == (None, False)
    assert seen.error == "its swarm state is 'asleep·', which is not known here"


def test_why_it_could_not_join_is_told() -> None:
    swarm = {"LocalNodeState": "pending", "Error": "rpc error:\n could not find\x1b[31m CA"}
    assert read(info(Swarm=swarm)).join_error == "rpc error:  could not find· CA"


def test_nothing_but_the_named_fields_is_kept() -> None:
    assert "secret" not in repr(read(info()))


def test_a_greeting_before_the_answer_is_passed_over() -> None:
    assert read(b"Welcome to {Ubuntu}\n{}\n" + info()).is_in


@pytest.mark.parametrize(
    ("output", "status", "complaint", "kind", "text"),
    [
        (
            (
                b'{"ServerErrors":["Cannot connect to the Docker daemon at unix:///x.sock. Is the '
                b'docker daemon running?"],"ClientInfo":{}}\n'
            ),
            0,
            "",
            SshFailure.NO_DOCKER,
            "its engine does not run",
        ),
        (
            (
                b'{"ServerErrors":["permission denied while trying to connect to the Docker daemon '
                b'socket at unix:///x.sock"]}'
            ),
            0,
            "",
            SshFailure.NO_PERMISSION,
            "may not talk to docker",
        ),
        (
            b'{"ServerVersion":"","Swarm":{"LocalNodeState":""}}',
            1,
            "permission denied while trying to connect to the Docker daemon socket at unix:///x",
            SshFailure.NO_PERMISSION,
            "may not talk to docker",
        ),
        (b"", 127, "bash: line 1: docker: command not found", SshFailure.NO_DOCKER, "no docker"),
        (b"", 0, "", SshFailure.BROKEN, "is not the answer of `docker info`"),
        (b"hello\n", 0, "", SshFailure.BROKEN, "is not the answer of `docker info`"),
        (b"{]", 0, "", SshFailure.BROKEN, "is not the answer of `docker info`"),
        (b'{"ServerVersion":["a"]}', 0, "", SshFailure.BROKEN, "is not the answer"),
        (b'{"a":' * 100_000, 0, "", SshFailure.BROKEN, "is not the answer"),
        (b'{"host":{"arch":"amd64"}}', 0, "", SshFailure.BROKEN, "is it podman?"),
        (b"", 1, "This account is closed\x07", SshFailure.BROKEN, "complains: This account is c"),
    ],
)
def test_why_docker_says_nothing_is_one_line(
    output: bytes, status: int, complaint: str, kind: SshFailure, text: str
) -> None:
    error = failure(output, status=status, complaint=complaint)
    assert error.failure is kind
    assert text in error.text
    assert error.text.startswith("w1 (10.0.0.1): ")
    assert error.text.isprintable()


def test_an_answer_in_pieces_is_put_together() -> None:
    answer = info()
    assert ask(answer[:10], Silence(1), answer[10:], End()).is_in


def test_a_machine_that_does_not_answer_is_left_after_its_time() -> None:
    seen = ask(Silence(100))
    assert not seen.reachable
    assert seen.error == "w1 (10.0.0.1): no answer to `docker info` for 20 s; is its engine hung?"
    assert seen.taken_at == NOON + timedelta(seconds=20)


def test_a_machine_that_answers_drop_by_drop_is_left_after_its_time_too() -> None:
    drops: list[Step] = [Silence(1), b" "] * 100
    assert "for 20 s" in ask(*drops).error


def test_an_answer_without_end_is_left() -> None:
    assert "without end" in ask(*[b"x" * 65_536] * (MOST_BYTES // 65_536 + 2)).error


def test_a_connection_that_breaks_is_told() -> None:
    broken = SshError(SshFailure.BROKEN, "w1 (10.0.0.1): the connection broke")
    assert ask(b"{", broken).error == "w1 (10.0.0.1): the connection broke"


def test_every_machine_gets_its_line_whatever_becomes_of_the_others() -> None:
    time = FakeTime()

    class Door:
        def open(self, machine: Machine) -> FakeLogin:
            if machine.name.endswith("3"):
                raise SshError(SshFailure.DENIED, f"{machine.addr}: no key was taken")
            return FakeLogin({Command.INFO: [info(), End()]}, time)

    machines = [Machine(name=f"m{number}", addr=f"10.0.0.{number}") for number in range(100)]
    seen = {each.machine: each for each in call_roll(machines, door=Door(), clocks=time.clocks)}
    assert sorted(seen) == sorted(machine.name for machine in machines)
    assert sum(each.reachable for each in seen.values()) == 90
    assert seen["m13"].error == "10.0.0.13: no key was taken"


def test_answers_come_as_they_come_and_no_more_are_asked_than_allowed() -> None:
    time = FakeTime()
    held = threading.Event()
    lock = threading.Lock()
    asked: list[str] = []
    most = 0

    class Door:
        def open(self, machine: Machine) -> FakeLogin:
            nonlocal most
            with lock:
                asked.append(machine.name)
                most = max(most, len(asked))
            if machine.name == "m0":
                held.wait(20)
            with lock:
                asked.remove(machine.name)
            return FakeLogin({Command.INFO: [info(), End()]}, time)

    machines = [Machine(name=f"m{number}", addr="10.0.0.1") for number in range(20)]
    answers = call_roll(machines, door=Door(), clocks=time.clocks, most_at_once=4)
    early = [next(answers).machine for _ in range(19)]
    assert "m0" not in early
    held.set()
    assert next(answers).machine == "m0"
    assert most <= 4
    assert list(answers) == []


def test_nobody_is_asked_after_the_caller_has_left() -> None:
    time = FakeTime()
    opened: list[str] = []

    class Door:
        def open(self, machine: Machine) -> FakeLogin:
            opened.append(machine.name)
            return FakeLogin({Command.INFO: [info(), End()]}, time)

    machines = [Machine(name=f"m{number}", addr="10.0.0.1") for number in range(1000)]
    answers = call_roll(machines, door=Door(), clocks=time.clocks, most_at_once=1)
    next(answers)
    answers.close()
    assert len(opened) < 1000


def test_an_empty_inventory_is_no_trouble() -> None:
    assert list(call_roll([], door=FakeDoor(time=FakeTime()))) == []
