"""Plays take a second each: they are marked, to be run or left out as a whole."""

import pytest

_PLAYS = ("test_demo.py", "test_scripts.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the plays; what judges them is a unit like others."""
    for item in items:
        if item.path.parent.name == "judging" and item.path.name in _PLAYS:
            item.add_marker("judged")
