"""The dashboard on a real swarm: through Textual's pilot, and in a real terminal."""

import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from swarmtui.tui.app import SwarmApp
from swarmtui.tui.options import ScreenOptions
from tests.acceptance.tmux import Terminal
from tests.acceptance.watching import make_feed, make_source, utc_now
from tests.lab.lab import Lab

PROGRAM = [sys.executable, "-m", "swarmtui"]

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")


def shown(app: SwarmApp) -> str:
    """Return the text of the screen."""
    lines = app.screen._compositor.render_strips()
    return "\n".join(line.text.rstrip() for line in lines)


@asynccontextmanager
async def dashboard(*hosts: str) -> AsyncIterator[tuple[SwarmApp, Pilot[None]]]:
    app = SwarmApp(
        feed=make_feed(make_source(*hosts)),
        clock=utc_now,
        options=ScreenOptions(asked=hosts[0]),
        settle_memory=lambda: None,
    )
    async with app.run_test(size=(120, 40)) as pilot:
        yield app, pilot


async def wait_for(app: SwarmApp, pilot: Pilot[None], *texts: str) -> str:
    """Return the screen once it shows all these texts."""
    for _ in range(300):
        screen = shown(app)
        if all(text in screen for text in texts):
            return screen
        await pilot.pause(0.1)
    raise AssertionError(f"{texts} not on the screen:\n{shown(app)}")


async def test_the_dashboard_shows_the_real_nodes(swarm: Lab) -> None:
    leader = swarm.leader()
    hosts = [swarm.engines[name].url for name in swarm.managers]
    async with dashboard(*hosts) as (app, pilot):
        await wait_for(app, pilot, f"★ {leader}", "quorum 3/3, may lose 1", "● 5 ready", "11 / 13")
        await pilot.press("2")
        screen = await wait_for(app, pilot, "5 nodes", "w1", "Internet Thailand")
        for name in swarm.names:
            line = next(line for line in screen.splitlines()[3:] if f" {name} " in line)
            assert ("★ leader" if name == leader else "● ") in line
            assert "ready" in line
        await pilot.press("4")
        await wait_for(app, pilot, "agent", "web", "nowhere", "6 / 6", "0 / 2")
        await pilot.press("5")
        await wait_for(
            app, pilot, "no suitable node: scheduling constraints not satisfied", "web.1"
        )


async def test_a_node_is_opened_and_left(swarm: Lab) -> None:
    async with dashboard(swarm.engines["mg0"].url) as (app, pilot):
        await wait_for(app, pilot, "● 5 ready")
        await pilot.press("2")
        await wait_for(app, pilot, "5 nodes")
        await pilot.press("slash", *"hostname:w0", "enter")
        await wait_for(app, pilot, "1 of 5")
        await pilot.press("enter")
        address = swarm.engines["w0"].address
        await wait_for(app, pilot, "w0", address, "(engine label)", "(node label)", "agent.")
        await pilot.press("escape")
        await wait_for(app, pilot, "1 of 5")


@needs_tmux
def test_in_a_terminal_the_leader_is_killed_under_it(swarm: Lab, tmp_path: Path) -> None:
    leader = swarm.leader()
    assert leader
    hosts = [f"-H{swarm.engines[name].url}" for name in swarm.managers]
    with Terminal([*PROGRAM, *hosts], folder=tmp_path) as terminal:
        terminal.wait_for(f"★ {leader}", "5 ready", "quorum 3/3")
        swarm.kill(leader)
        terminal.wait_until(
            lambda screen: any(
                word in screen for word in ("does not answer", "waiting", "election")
            ),
            within_s=6,
            what=["the loss in words"],
        )
        followers = [name for name in swarm.managers if name != leader]
        terminal.wait_until(
            lambda screen: any(f"★ {name}" in screen for name in followers),
            within_s=40,
            what=["★ another leader"],
        )
        terminal.wait_for("1 election, last", "leaderless", "4 ready", within_s=60)
        terminal.wait_for("1 down", within_s=60)
        assert "Traceback" not in terminal.screen()
        assert terminal.quit() < 1.0


@needs_tmux
def test_q_quits_at_once_while_a_request_hangs(swarm: Lab, tmp_path: Path) -> None:
    follower = next(name for name in swarm.managers if name != swarm.leader())
    with Terminal([*PROGRAM, "-H", swarm.engines[follower].url], folder=tmp_path) as terminal:
        terminal.wait_for("5 ready")
        swarm.freeze(follower)
        terminal.wait_for("waiting for", within_s=8)
        assert terminal.quit() < 1.0


@needs_tmux
def test_q_quits_at_once_before_anything_answered(swarm: Lab, tmp_path: Path) -> None:
    swarm.freeze("mg1")
    with Terminal([*PROGRAM, "-H", swarm.engines["mg1"].url], folder=tmp_path) as terminal:
        terminal.wait_for("connecting to")
        assert terminal.quit() < 1.0


@needs_tmux
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 50)])
def test_every_screen_fits_every_terminal(
    swarm: Lab, tmp_path: Path, columns: int, rows: int
) -> None:
    command = [*PROGRAM, "-H", swarm.engines["mg0"].url]
    with Terminal(command, folder=tmp_path, columns=columns, rows=rows) as terminal:
        terminal.wait_for("5 ready")
        for key, texts in {"2": ["HOSTNAME", "w1"], "4": ["web"], "5": ["web.1"]}.items():
            terminal.press(key)
            terminal.wait_for(*texts)
            assert len(terminal.screen().splitlines()) <= rows
        terminal.resize(50, 10)
        terminal.wait_until(
            lambda screen: "small" in screen.lower(), within_s=5, what=["too small, said politely"]
        )
        terminal.resize(columns, rows)
        terminal.wait_for("web.1")
        assert terminal.quit() < 1.0
