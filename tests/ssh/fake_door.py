"""A door whose logins follow a script, and a clock that moves only with it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import NamedTuple

from swarmtui.ssh.clocks import Clocks
from swarmtui.ssh.commands import Command
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.swarm.machine import Machine

NOON = datetime(2026, 7, 22, 12, tzinfo=UTC)


class FakeTime:
    """Moves when something waits."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.waits: list[float] = []
        """What was waited for, except for data."""

    @property
    def clocks(self) -> Clocks:
        return Clocks(
            now=self.now, monotonic=lambda: self.passed_s, wait=self._wait, chance=lambda: 1.0
        )

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed_s)

    def _wait(self, event: Event, timeout_s: float) -> bool:
        self.waits.append(timeout_s)
        if not event.is_set():
            self.passed_s += timeout_s
        return event.is_set()


class Silence(NamedTuple):
    """Nothing comes for so long."""

    seconds: float


class End(NamedTuple):
    """The command ends."""

    status: int = 0
    complaint: str = ""


Step = bytes | Silence | End | SshError
"""What happens next on stdout of a command."""

ENDLESS = 10_000.0


class FakeRunning:
    """A command whose output is a script; when that is over, nothing comes any more."""

    def __init__(self, steps: Sequence[Step], time: FakeTime) -> None:
        self._steps = list(steps)
        self._time = time
        self._end = End()
        self.is_closed = False

    def read(self, timeout_s: float) -> bytes:
        step = self._steps.pop(0) if self._steps else Silence(ENDLESS)
        if isinstance(step, bytes):
            return step
        if isinstance(step, SshError):
            raise step
        if isinstance(step, End):
            self._end = step
            return b""
        if step.seconds > timeout_s:
            self._time.passed_s += timeout_s
            self._steps.insert(0, Silence(step.seconds - timeout_s))
            raise TimeoutError
        self._time.passed_s += step.seconds
        return self.read(timeout_s - step.seconds)

    @property
    def complaint(self) -> str:
        return self._end.complaint

    def wait(self, timeout_s: float) -> int:
        del timeout_s
        return self._end.status

    def close(self) -> None:
        self.is_closed = True


class FakeLogin:
    """A login that runs what the script says for each command."""

    def __init__(self, scripts: dict[Command, Sequence[Step]], time: FakeTime) -> None:
        self._scripts = scripts
        self._time = time
        self.commands: list[Command] = []
        self.runnings: list[FakeRunning] = []
        self.is_closed = False

    def run(self, command: Command) -> FakeRunning:
        self.commands.append(command)
        running = FakeRunning(self._scripts[command], self._time)
        self.runnings.append(running)
        return running

    def close(self) -> None:
        self.is_closed = True


Opening = SshError | dict[Command, Sequence[Step]]
"""What comes of a login: refused, or what its commands print."""


class FakeDoor:
    """Opens as the script says; when that is over it calls `finish` and refuses."""

    def __init__(self, *openings: Opening, time: FakeTime) -> None:
        self._openings = list(openings)
        self._time = time
        self.logins: list[FakeLogin] = []
        self.opened: list[Machine] = []
        self.opening: Callable[[], object] = lambda: None
        """Called while somebody waits for a login."""
        self.finish: Callable[[], object] = lambda: None

    def open(self, machine: Machine) -> FakeLogin:
        self.opened.append(machine)
        self.opening()
        if not self._openings:
            self.finish()
            raise SshError(SshFailure.UNREACHABLE, "the script is over")
        opening = self._openings.pop(0)
        if isinstance(opening, SshError):
            raise opening
        login = FakeLogin(opening, self._time)
        self.logins.append(login)
        return login

    @property
    def is_all_closed(self) -> bool:
        return all(
            login.is_closed and all(running.is_closed for running in login.runnings)
            for login in self.logins
        )
