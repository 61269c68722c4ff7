"""Ask a machine for `docker info`, and read of the answer what the roll call needs.

The answer also holds proxies, registries and labels, any of which may carry a password: only the
fields named here are ever decoded.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from swarmtui.ssh.clocks import Clocks
from swarmtui.ssh.commands import Command
from swarmtui.ssh.complaints import explain, label_of
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.ports import Login, Running
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen, SwarmState
from swarmtui.swarm.text import plain

LIMIT_S = 20.0
"""An election makes a manager's engine wait for 12 s, a lost quorum for 20 s at most."""
MOST_BYTES = 1 << 22

_UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError)


class _Manager(msgspec.Struct):
    Addr: str = ""


class _Swarm(msgspec.Struct):
    NodeID: str = ""
    LocalNodeState: str = ""
    ControlAvailable: bool = False
    Error: str = ""
    RemoteManagers: list[_Manager] | None = None


class _Info(msgspec.Struct):
    ServerVersion: str = ""
    SystemTime: str = ""
    Swarm: _Swarm | None = None
    ServerErrors: list[str] | None = None
    """What went wrong on the way to the engine; the exit status is 0 all the same up to 20.10."""


_decode = msgspec.json.Decoder(_Info).decode


def ask_info(
    login: Login, machine: Machine, *, clocks: Clocks, limit_s: float = LIMIT_S
) -> MachineSeen:
    """Return what a machine says of itself; raise `SshError` when its docker says nothing."""
    running = login.run(Command.INFO)
    try:
        asked_at = clocks.now()
        output = _read_all(running, machine, clocks.monotonic, limit_s)
        answered_at = clocks.now()
        status = _status_of(running)
        complaint = running.complaint
    finally:
        running.close()
    return read_info(
        output,
        machine,
        asked_at=asked_at,
        answered_at=answered_at,
        status=status,
        complaint=complaint,
    )


def read_info(
    output: bytes,
    machine: Machine,
    *,
    asked_at: datetime,
    answered_at: datetime,
    status: int | None = 0,
    complaint: str = "",
) -> MachineSeen:
    """Return what the output of `docker info` says; raise `SshError` when it says nothing.

    The clock offset counts from half way between question and answer.
    """
    info = _find_info(output)
    if info is None or info.ServerErrors or not info.ServerVersion:
        complaint = complaint or " ".join((info and info.ServerErrors) or [])
        if not complaint and not status:
            raise SshError(SshFailure.BROKEN, f"{label_of(machine)}: {_misread(info)}")
        raise explain(machine, complaint, status=status)
    swarm = info.Swarm or _Swarm()
    return MachineSeen(
        taken_at=answered_at,
        machine=machine.name,
        reachable=True,
        error=_find_strange_state(swarm),
        docker_version=plain(info.ServerVersion),
        swarm_state=_state_of(swarm),
        node_id=plain(swarm.NodeID),
        is_manager=swarm.ControlAvailable,
        managers=tuple(sorted(plain(m.Addr) for m in swarm.RemoteManagers or () if m.Addr)),
        join_error=plain(swarm.Error),
        clock_offset_s=_offset(info.SystemTime, asked_at + (answered_at - asked_at) / 2),
    )


def _read_all(
    running: Running, machine: Machine, monotonic: Callable[[], float], limit_s: float
) -> bytes:
    deadline = monotonic() + limit_s
    pieces: list[bytes] = []
    size = 0
    while True:
        try:
            data = running.read(max(0.0, deadline - monotonic()))
        except TimeoutError:
            break
        if not data:
            return b"".join(pieces)
        pieces.append(data)
        size += len(data)
        if size > MOST_BYTES or monotonic() > deadline:
            break
    if size > MOST_BYTES:
        text = f"{label_of(machine)}: answers `docker info` without end; look at its shell"
        raise SshError(SshFailure.BROKEN, text)
    text = f"{label_of(machine)}: no answer to `docker info` for {limit_s:g} s; is its engine hung?"
    raise SshError(SshFailure.TIMED_OUT, text)


def _status_of(running: Running) -> int | None:
    try:
        return running.wait(5)
    except TimeoutError:
        return None


def _find_info(output: bytes) -> _Info | None:
    """Return the answer, which stands on one line; a shell may print a greeting before it."""
    for line in reversed(output.splitlines()):
        if line.startswith(b"{"):
            try:
                return _decode(line)
            except _UNREADABLE:
                return None
    return None


def _misread(info: _Info | None) -> str:
    if info is None:
        return "what came is not the answer of `docker info`; does its shell print something else?"
    return "answers `docker info` like no docker engine does; is it podman?"


def _state_of(swarm: _Swarm) -> SwarmState | None:
    try:
        return SwarmState(swarm.LocalNodeState or SwarmState.INACTIVE)
    except ValueError:
        return None


def _find_strange_state(swarm: _Swarm) -> str:
    if _state_of(swarm) is not None:
        return ""
    return f"its swarm state is {plain(swarm.LocalNodeState)[:40]!r}, which is not known here"


def _offset(system_time: str, middle: datetime) -> float | None:
    try:
        theirs = msgspec.convert(system_time, datetime, strict=False)
    except _UNREADABLE:
        return None
    if theirs.tzinfo is None:
        return None
    # Year 1 is what Go prints for no time at all.
    return None if theirs.year < 1970 else (theirs - middle.astimezone(UTC)).total_seconds()
