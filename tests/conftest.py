"""What all tests share."""

import gc

pytest_plugins = ["tests.judging.figures", "tests.lab.plugin", "tests.depth"]


def pytest_collection_finish() -> None:
    """Set aside what was loaded: nearly a tenth of the work was to look through it for garbage."""
    gc.freeze()
