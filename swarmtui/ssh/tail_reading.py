"""Read one running `docker stats` to its end: sample it, and notice when it falls silent."""

from collections.abc import Callable, Sequence
from typing import NoReturn

from swarmtui.ssh.clocks import Clocks
from swarmtui.ssh.complaints import explain, label_of
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.ports import Running
from swarmtui.ssh.stats_lines import Frame, FrameParser, FrameReader
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import ContainerStats, StatsSeen, TailState

STALE_S = 10.0
"""Without data: said to be stale."""
LOST_S = 30.0
"""Without data: given up. Keepalives of ssh do not tell a black hole for many minutes."""
SAMPLE_S = 1.0


class Reading:
    """What comes of one command, until it ends or has been silent for too long.

    Only numbers count as data: the CLI goes on painting `--` when its engine hangs, and a shell
    that prints something else prints it for ever.
    """

    def __init__(
        self,
        running: Running,
        machine: Machine,
        *,
        clocks: Clocks,
        emit: Callable[[StatsSeen], None],
        say: Callable[[TailState, str], None],
    ) -> None:
        self._running = running
        self._machine = machine
        self._clocks = clocks
        self._emit = emit
        self._say = say
        self._frames = FrameReader()
        self._parser = FrameParser()
        self._began_at = self._heard_at = self._due_at = clocks.monotonic()
        self._is_live = False
        self._is_stale = False

    @property
    def lasted_s(self) -> float:
        """Return from when to when there was data, in seconds."""
        return self._heard_at - self._began_at

    def run(self) -> NoReturn:
        """Read and emit until there is nothing more to come; always ends with an `SshError`."""
        while True:
            limit_s = LOST_S if self._is_stale else STALE_S
            data = self._read(limit_s)
            now = self._clocks.monotonic()
            if data is not None:
                self._take(data, now)
            if now - self._heard_at >= limit_s:
                self._miss()

    def _read(self, limit_s: float) -> bytes | None:
        """Return what comes next, or `None` when the time is up."""
        left_s = self._heard_at + limit_s - self._clocks.monotonic()
        try:
            data = self._running.read(max(0.0, left_s))
        except TimeoutError:
            return None
        if not data:
            raise self._explain_end()
        return data

    def _take(self, data: bytes, now: float) -> None:
        self._frames.feed(data, at=self._clocks.now())
        # Once a second is enough, but the first sign of life is not kept waiting.
        if now < self._due_at and self._is_live:
            return
        frame = self._frames.take()
        if frame is None:
            return
        # In step with the first one, or frames that come a little late would cost every other
        # sample; anew after a pause.
        due_at = self._due_at + SAMPLE_S
        self._due_at = due_at if self._is_live and due_at > now else now + SAMPLE_S
        self._pass_on(frame, now)

    def _pass_on(self, frame: Frame, now: float) -> None:
        containers = self._parser.parse(frame.body)
        if has_numbers(containers):
            self._heard_at = now
            self._is_live, self._is_stale = True, False
            self._say(TailState.LIVE, "")
        self._emit(
            StatsSeen(taken_at=frame.began_at, machine=self._machine.name, containers=containers)
        )

    def _miss(self) -> None:
        """Note that the time limit has passed without data: the first is said, the second ends."""
        where = label_of(self._machine)
        if self._is_stale:
            text = f"{where}: no stats for {LOST_S:g} s; connecting anew"
            raise SshError(SshFailure.TIMED_OUT, text)
        self._is_live, self._is_stale = False, True
        left_s = LOST_S - STALE_S
        text = f"{where}: no stats for {STALE_S:g} s; connecting anew in {left_s:g} s if none come"
        self._say(TailState.STALE, text)

    def _explain_end(self) -> SshError:
        try:
            status: int | None = self._running.wait(5)
        except TimeoutError:
            status = None
        if not status and not self._running.complaint:
            # What the CLI does when the engine is stopped or restarted.
            where = label_of(self._machine)
            return SshError(
                SshFailure.BROKEN,
                f"{where}: `docker stats` ended, as it does when its engine stops",
            )
        return explain(self._machine, self._running.complaint, status=status)


def has_numbers(containers: Sequence[ContainerStats]) -> bool:
    """Tell whether the engine was heard of: no containers is an answer too, `--` is none."""
    return not containers or any(each.cpu_percent is not None for each in containers)
