"""What a manager is asked for: everything once at first, and then no more than is due."""

from collections.abc import Iterator

import pytest

from bench.simulated import simulated, time_of_engine
from tests.acceptance.watching import Watching

pytestmark = pytest.mark.hosts

AROUND = 8
"""Requests beside the lists: greeting, version, the swarm's id, events; nodes a second time."""


@pytest.fixture
def standing() -> Iterator[str]:
    with simulated("--nodes", "300", "--tasks", "3000", "--at", "peak", "--hold") as address:
        yield address


def test_the_first_look_asks_for_each_list_once(standing: str) -> None:
    size = time_of_engine(standing)[1]
    with Watching(standing) as watching:
        watched = watching.wait_for(
            lambda picture: picture.snapshot.has_all_tasks and picture.snapshot.cost.requests > 0,
            within_s=20,
            what="the first look and its cost",
        ).snapshot
    assert watched.cost.requests <= len(watched.services) + AROUND
    assert watched.cost.bytes <= size * 1.25
