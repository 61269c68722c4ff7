"""The collector's process: settings and interests come in on stdin, observations leave on stdout.

Managers are asked in the main thread; machines over ssh in threads of their own, when wanted.

It ends when either side of that is closed: nobody is there to watch for.
"""

import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, NoReturn, TypeVar

import msgspec

from swarmtui.collector.attention import Attention
from swarmtui.collector.counting import Counting
from swarmtui.collector.hearing import Hearing
from swarmtui.collector.inbox import Inbox
from swarmtui.collector.machine_watch import MachineWatch
from swarmtui.collector.outlet import Outlet
from swarmtui.collector.poller import Clocks, Poller
from swarmtui.collector.settings import Settings, decode_settings
from swarmtui.collector.shell import SshShell
from swarmtui.collector.watch import Watch
from swarmtui.engine.address import Address
from swarmtui.engine.decode import to_task
from swarmtui.engine.events import iterate_events
from swarmtui.engine.metrics import Metrics
from swarmtui.engine.session import Listener, Session
from swarmtui.engine.swarm_api import open_manager
from swarmtui.stream.interest import Interest, decode_interest
from swarmtui.swarm.observation import EventSeen, Observation, Pulse

PULSE_S = 1.0
_A_DAY_S = 86_400.0

T = TypeVar("T")


def main() -> NoReturn:
    """Watch as the settings say until nobody reads or writes any more."""
    # The libraries stay, and a task holds nothing that could be part of a cycle.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    threading.excepthook = _end_badly
    commands = sys.stdin.buffer
    settings = decode_settings(commands.readline())
    outlet = Outlet(sys.stdout.buffer)
    _start(_write, outlet)
    run(settings, commands=commands, emit=outlet.emit)


def run(
    settings: Settings, *, commands: IO[bytes], emit: Callable[[Observation], None]
) -> NoReturn:
    """Put the parts together and watch."""
    now = partial(datetime.now, UTC)
    attention = Attention(now=now, clock=time.monotonic)
    inbox = Inbox()
    machines = _watch_machines(settings, emit=emit, now=now)
    _start(_beat, attention.pulse, emit)
    _start(_listen_to_commands, commands, _tell(inbox.put, machines.want))
    if settings.metrics is not None:
        _start(_count, settings.metrics, emit, now, attention.aside())
    if settings.addresses:
        _watch_managers(settings, attention, inbox=inbox, emit=_tell(emit, machines.see), now=now)
    while True:  # the threads do everything there is to do
        time.sleep(_A_DAY_S)


def _watch_managers(
    settings: Settings,
    attention: Attention,
    *,
    inbox: Inbox,
    emit: Callable[[Observation], None],
    now: Callable[[], datetime],
) -> NoReturn:
    clocks = Clocks(
        now=now,
        monotonic=time.monotonic,
        engine=attention.spent_s,
        worked=time.thread_time,
    )
    open_events = partial(EngineEvents, now=now, listener=attention.aside())
    hearing = Hearing(open_events=open_events, emit=emit, hint=inbox.put)
    Watch(
        settings.addresses,
        name_of=lambda address: address.url,
        open_manager=partial(open_manager, listener=attention),
        poller=Poller(emit=emit, convert=to_task, inbox=inbox, clocks=clocks, duty=settings.duty),
        emit=emit,
        clocks=clocks,
        listen=hearing.listen,
        rest=time.sleep,
    ).run()


def _watch_machines(
    settings: Settings, *, emit: Callable[[Observation], None], now: Callable[[], datetime]
) -> MachineWatch:
    home = Path(settings.ssh.home) if settings.ssh.home else Path.home()
    machines = MachineWatch(
        settings.machines,
        ssh=settings.ssh,
        shell=SshShell(home),
        emit=emit,
        now=now,
        rest=time.sleep,
    )
    for target in machines.targets:
        _start(target)
    return machines


class EngineEvents:
    """The events of one engine, over a connection of their own; can be begun anew."""

    def __init__(
        self, address: Address, *, now: Callable[[], datetime], listener: Listener
    ) -> None:
        self._session = Session(address, listener=listener)
        self._now = now

    def __iter__(self) -> Iterator[EventSeen]:
        """Yield events as they come; ends with an `EngineError`."""
        return iterate_events(self._session, now=self._now)

    def close(self) -> None:
        """End the stream, from any thread."""
        self._session.close()


def _start(target: Callable[..., None], *args: object) -> None:
    threading.Thread(target=target, args=args, name=target.__name__, daemon=True).start()


def _tell(first: Callable[[T], None], second: Callable[[T], None]) -> Callable[[T], None]:
    def tell_both(news: T) -> None:
        first(news)
        second(news)

    return tell_both


def _beat(pulse: Callable[[], Pulse], emit: Callable[[Observation], None]) -> None:
    while True:
        emit(pulse())
        time.sleep(PULSE_S)


def _count(
    address: Address,
    emit: Callable[[Observation], None],
    now: Callable[[], datetime],
    listener: Listener,
) -> None:
    Counting(Metrics(address, listener=listener), emit=emit, now=now, rest=time.sleep).run()


def _listen_to_commands(commands: IO[bytes], take: Callable[[Interest], None]) -> None:
    for line in commands:
        try:
            take(decode_interest(line))
        except msgspec.MsgspecError:
            continue  # says nothing that can be understood; the next one may
    _end()


def _write(outlet: Outlet) -> None:
    with suppress(OSError):  # nobody reads any more
        outlet.run()
    _end()


def _end_badly(last: threading.ExceptHookArgs) -> NoReturn:
    """End when a thread has: without one of them the process is alive and of no use."""
    threading.__excepthook__(last)
    os._exit(1)


def _end() -> NoReturn:
    """End at once, from any thread, whatever the others wait for."""
    os._exit(0)


if __name__ == "__main__":
    main()
