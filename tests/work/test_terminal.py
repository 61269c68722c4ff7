"""What is drawn and sent is what differs, however large the swarm is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import pytest
from textual.pilot import Pilot

from bench.insight import START
from swarmtui.insight.picture import Picture
from swarmtui.swarm.observation import NodesSeen
from swarmtui.swarm.words import NodeState
from swarmtui.tui.messages import PictureArrived
from tests.tui.wire.mirrored import LARGE, Link, Mirrored, mirrored, press
from tests.work.test_growth import Watched

FEW, MANY = (500, 4_000), (4_000, 16_000)


@asynccontextmanager
async def watching(watched: Watched) -> AsyncIterator[tuple[Mirrored, Pilot[None]]]:
    watched.load()
    picture = watched.analyst.picture(START)
    async with mirrored(Link(LARGE), picture=picture) as (dashboard, pilot):
        await press(pilot, ["2"])
        yield dashboard, pilot


@pytest.mark.parametrize("size", [FEW, MANY])
async def test_a_key_sends_a_line_or_two(size: tuple[int, int]) -> None:
    async with watching(Watched(size)) as (dashboard, pilot):
        sent = dashboard.link.sent
        await press(pilot, ["down"])
        assert 0 < dashboard.link.sent - sent < 400


async def sent_for(dashboard: Mirrored, pilot: Pilot[None], picture: Picture) -> int:
    """Show a picture, and return how much was sent to the terminal for it."""
    before = dashboard.link.sent
    dashboard.on_picture_arrived(PictureArrived(picture))
    await pilot.pause()
    return dashboard.link.sent - before


@pytest.mark.parametrize("size", [FEW, MANY])
async def test_a_node_that_changes_sends_what_it_changes(size: tuple[int, int]) -> None:
    watched = Watched(size)
    async with watching(watched) as (dashboard, pilot):
        at = START + timedelta(seconds=2)
        down = msgspec.structs.replace(watched.nodes[9], state=NodeState.DOWN)
        watched.analyst.see(NodesSeen(taken_at=at, changed=(down,)))
        assert 0 < await sent_for(dashboard, pilot, watched.analyst.picture(at)) < 300


@pytest.mark.parametrize("size", [FEW, MANY])
async def test_a_picture_of_the_same_sends_nothing(size: tuple[int, int]) -> None:
    watched = Watched(size)
    async with watching(watched) as (dashboard, pilot):
        assert await sent_for(dashboard, pilot, watched.analyst.picture(START)) == 0
