"""Wait for a condition, with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

from tests.lab.errors import LabTimeoutError

POLL_S = 0.1

T = TypeVar("T")


def wait_for(predicate: Callable[[], T], *, within_s: float, what: str) -> T:
    """Return the first truthy answer of `predicate`, or raise LabTimeoutError."""
    deadline = time.monotonic() + within_s
    while True:
        answer = predicate()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise LabTimeoutError(f"not within {within_s:g} s: {what}; last seen: {answer!r}")
        time.sleep(POLL_S)
