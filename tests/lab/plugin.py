"""Fixtures for tests that meet real engines.

`lab` is one swarm for the whole run; `healthy_lab` is the same one, whole again before the test.
"""

import os
from collections.abc import Iterator

import pytest

from tests.lab import claim
from tests.lab.lab import Lab
from tests.lab.obstacle import find_obstacle

REQUIRE = "SWARMTUI_REQUIRE_LAB"
"""With this environment variable set, a lab that cannot run fails the tests."""

# One node of each kind: placed and claimed by node labels, placed by an engine label and claimed
# by a node label, placed by an engine label alone, and one of which nothing is known.
ENGINE_LABELS = {"w0": {"region": "eu-west-1"}, "mg2": {"region": "ams3"}}
NODE_LABELS = {
    "mg0": {"region": "us-east-1", "contributor": "Organiser"},
    "w0": {"contributor": "Internet Thailand"},
    "w1": {"region": "eu-west-1", "contributor": "Internet Thailand"},
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need the lab, for `-m "not lab"`, and say which belong together.

    Where several processes share the tests (`pytest -n`), each process has a lab of its own: two
    of them are what a small machine can bear. All else stays together by file.
    """
    for item in items:
        group = item.path.name
        if "engines_allowed" in getattr(item, "fixturenames", ()):
            item.add_marker("lab")
            group = "acceptance" if item.path.parent.name == "acceptance" else "lab"
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def engines_allowed() -> None:
    """Skip the test where no engines can run, or fail it where they have to."""
    obstacle = find_obstacle()
    if obstacle and os.environ.get(REQUIRE):
        pytest.fail(f"{REQUIRE} is set, but {obstacle}")
    if obstacle:
        pytest.skip(obstacle)
    claim.sweep()


@pytest.fixture(scope="session")
def lab(engines_allowed: None) -> Iterator[Lab]:
    """Return a swarm of three managers and two workers, as the tests before have left it."""
    with Lab(engine_labels=ENGINE_LABELS, node_labels=NODE_LABELS) as lab:
        yield lab


@pytest.fixture
def healthy_lab(lab: Lab) -> Lab:
    """Return the lab with all engines up, all nodes ready and a leader; services stay."""
    lab.heal()
    return lab
