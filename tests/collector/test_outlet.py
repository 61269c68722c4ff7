"""Observations leave in order, and who emits them waits for a reader only when it is far behind."""

import io
import os
import threading

import pytest

from swarmtui.collector.outlet import Outlet
from swarmtui.stream.codec import Decoder
from swarmtui.stream.frames import read_records
from swarmtui.swarm.observation import Observation, Pulse
from tests.factories import at


def pulses(count: int) -> list[Pulse]:
    return [Pulse(taken_at=at(second)) for second in range(count)]


def read_all(pipe: io.BytesIO) -> list[Observation]:
    decoder = Decoder()
    return [decoder.decode(record) for record in read_records(io.BytesIO(pipe.getvalue()))]


def test_what_is_emitted_is_written_in_its_order() -> None:
    pipe = io.BytesIO()
    outlet = Outlet(pipe)
    for seen in pulses(3):
        outlet.emit(seen)
    for _ in range(3):
        outlet.write_next()
    assert read_all(pipe) == pulses(3)


def test_emitting_does_not_wait_for_the_reader() -> None:
    pipe = io.BytesIO()
    outlet = Outlet(pipe)
    for seen in pulses(1_000):
        outlet.emit(seen)
    assert read_all(pipe) == []


def test_emitting_waits_for_a_reader_that_is_far_behind() -> None:
    first, second = pulses(2)
    pipe = io.BytesIO()
    outlet = Outlet(pipe, most_waiting=1)
    outlet.emit(first)
    emitted = threading.Event()

    def emit() -> None:
        outlet.emit(second)
        emitted.set()

    thread = threading.Thread(target=emit)
    thread.start()
    assert not emitted.wait(0.05)
    outlet.write_next()
    assert emitted.wait(10)
    thread.join()
    outlet.write_next()
    assert read_all(pipe) == [first, second]


def test_a_reader_that_is_gone_ends_the_writing() -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb", buffering=0) as pipe:
        outlet = Outlet(pipe)
        os.close(read_end)
        outlet.emit(*pulses(1))
        with pytest.raises(BrokenPipeError):
            outlet.run()
