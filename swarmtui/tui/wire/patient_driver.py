"""Read keys as they come, and sleep until they do."""

import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress
from threading import Event
from typing import Any

from textual._parser import ParseError
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

MOST_BYTES = 4096


class Exit(Event):
    """Set when nothing is to be read any more; can be waited for together with a terminal."""

    def __init__(self) -> None:
        super().__init__()
        # For good: a driver that is closed may only be suspended.
        self._reader, self._writer = os.pipe()

    def fileno(self) -> int:
        """Return what can be read from as long as this is set."""
        return self._reader

    def set(self) -> None:
        """Wake whoever waits."""
        if not self.is_set():
            super().set()
            os.write(self._writer, b"\0")

    def clear(self) -> None:
        """Have the next one wait again."""
        if self.is_set():
            super().clear()
            os.read(self._reader, 1)


class PatientDriver(LinuxDriver):
    """Textual's own but for its waiting: that looks around ten times a second.

    Ten times it wakes for nothing, a tenth of what the program costs at rest; and both the end and
    a lone Escape are seen up to a tenth of a second late.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.exit_event: Exit = Exit()

    def run_input_thread(self) -> None:
        """Wait for input and dispatch events, until `exit_event` is set."""
        parser = XTermParser(self._debug)
        # A paste from a Latin-1 terminal is not the end of the program.
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.exit_event, selectors.EVENT_READ)
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = [key.fd for key, _ in selector.select(patience_s(parser, now=get_time()))]
                if self.fileno in ready:
                    came = os.read(self.fileno, MOST_BYTES)
                    if not came:
                        selector.unregister(self.fileno)  # nobody will ever press a key again
                    elif text := decode(came):
                        self._pass_on(parser.feed(text))
                self._pass_on(parser.tick())
        with suppress(EOFError, ParseError):
            list(parser.feed(""))

    def _pass_on(self, events: Iterable[Message]) -> None:
        for event in events:
            self.process_message(event)


def patience_s(parser: XTermParser, *, now: float) -> float | None:
    """Return when to look again, in seconds, though nothing came; `None` for never.

    After an Escape more may come, for a moment: until then it is not known to be one.
    """
    due: float | None = parser._timeout_time  # noqa: SLF001 - pinned below the next minor
    return None if due is None else max(0.0, due - now)
