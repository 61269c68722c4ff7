"""What all tests share."""

import gc
import signal

pytest_plugins = ["tests.judging.figures", "tests.lab.plugin", "tests.depth"]

LONGEST_NAME = 80
"""Characters of a value that is part of a test's name."""


def pytest_configure() -> None:
    """Have Ctrl-C heeded: a shell's background jobs ignore it, and so would what tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a long value by how it begins: each process tells the others the names of all tests.

    Some are files of ten megabytes.
    """
    if not isinstance(val, str | bytes) or len(val) <= LONGEST_NAME:
        return None
    return f"{val[:LONGEST_NAME]!r}… of {len(val)}"


def pytest_collection_finish() -> None:
    """Set aside what was loaded: nearly a tenth of the work was to look through it for garbage."""
    gc.freeze()
