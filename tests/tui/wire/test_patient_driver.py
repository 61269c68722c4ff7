"""Keys are read as they come; nothing wakes up in between."""

import asyncio
import os
import signal
from collections.abc import Iterator
from queue import Queue
from threading import Thread

import pytest
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Key
from textual.message import Message

from swarmtui.tui.wire.patient_driver import Exit, PatientDriver, patience_s
from swarmtui.tui.wire.thrifty_app import ThriftyApp


class Reading(PatientDriver):
    """Reads from a pipe, and keeps what it read."""

    def __init__(self) -> None:
        super().__init__(App())
        self.fileno, self._typing = os.pipe()
        self.came: Queue[Message] = Queue()
        self.read()

    def read(self) -> None:
        self.thread = Thread(target=self.run_input_thread)
        self.thread.start()

    def process_message(self, message: Message) -> None:
        self.came.put(message)

    def type(self, keys: bytes) -> None:
        os.write(self._typing, keys)

    def hang_up(self) -> None:
        os.close(self._typing)
        self._typing = -1

    def next_key(self) -> str:
        message = self.came.get(timeout=10)
        assert isinstance(message, Key)
        return message.key

    def end(self) -> None:
        self.exit_event.set()
        self.thread.join(timeout=10)
        assert not self.thread.is_alive()
        os.close(self.fileno)
        if self._typing >= 0:
            self.hang_up()


async def make_driver() -> Reading:
    return Reading()


@pytest.fixture
def reading() -> Iterator[Reading]:
    taken = (signal.SIGTSTP, signal.SIGCONT)
    before = [signal.getsignal(number) for number in taken]
    driver = asyncio.run(make_driver())
    yield driver
    driver.end()
    for number, handler in zip(taken, before, strict=True):
        signal.signal(number, handler)


def test_keys_are_passed_on_as_they_come(reading: Reading) -> None:
    for typed, key in ((b"a", "a"), (b"\x1b[A", "up"), (b"\x03", "ctrl+c")):
        reading.type(typed)
        assert reading.next_key() == key


def test_a_lone_escape_is_one_though_nothing_follows(reading: Reading) -> None:
    reading.type(b"\x1b")
    assert reading.next_key() == "escape"


def test_a_character_that_comes_in_halves_is_one(reading: Reading) -> None:
    for half in "ü".encode():
        reading.type(bytes([half]))
    assert reading.next_key() == "ü"


def test_bytes_that_are_no_text_take_no_key_with_them(reading: Reading) -> None:
    reading.type(b"a\xe9 q")
    assert [reading.next_key() for _ in range(4)] == ["a", "replacement_character", "space", "q"]


def test_it_ends_at_once_though_nothing_comes(reading: Reading) -> None:
    reading.exit_event.set()
    reading.thread.join(timeout=10)
    assert not reading.thread.is_alive()


def test_it_reads_on_after_it_was_suspended(reading: Reading) -> None:
    reading.exit_event.set()
    reading.thread.join(timeout=10)
    reading.close()
    reading.exit_event.clear()
    reading.read()
    reading.type(b"a")
    assert reading.next_key() == "a"


def test_it_ends_though_the_terminal_has_gone(reading: Reading) -> None:
    reading.type(b"a")
    reading.hang_up()
    assert reading.next_key() == "a"


def test_it_looks_again_by_itself_only_after_an_escape() -> None:
    parser = XTermParser()
    now = get_time()
    assert patience_s(parser, now=now) is None
    list(parser.feed("a"))
    assert patience_s(parser, now=now) is None
    list(parser.feed("\x1b"))
    waits_s = patience_s(parser, now=get_time())
    assert waits_s is not None
    assert 0 <= waits_s < 1
    list(parser.feed("[A"))
    assert patience_s(parser, now=now) is None


def test_an_exit_can_be_used_again() -> None:
    exit_event = Exit()
    for _ in range(3):
        exit_event.set()
        exit_event.set()
        assert exit_event.is_set()
        exit_event.clear()
        exit_event.clear()
        assert not exit_event.is_set()


class Choosing(App[None]):
    """An application for which another driver was chosen."""

    def get_driver_class(self) -> type[Driver]:
        return HeadlessDriver


class ThriftyChoosing(ThriftyApp, Choosing):
    """The dashboard, served in a browser or tested."""


def test_another_driver_that_was_chosen_is_kept() -> None:
    assert ThriftyApp().driver_class is PatientDriver
    assert ThriftyChoosing().driver_class is HeadlessDriver
