"""The question whether to trust a host key: asked in the dialog, answered only by a clear yes."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from swarmtui.insight.containers import MachineRow
from swarmtui.insight.picture import Picture
from swarmtui.swarm.stats import TrustOutcome, TrustWish, UnknownKey
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.lines import text_of
from swarmtui.tui.machine_dialog import MachineDialog, machine_lines
from swarmtui.tui.tail_words import brief, why
from swarmtui.tui.trust_words import question_lines, trust_command
from swarmtui.tui.trusts import Trusts
from tests.factories import at, make_unknown_key
from tests.tui.event import FakeFeed, StandingClock
from tests.tui.machines import (
    CHANGED_KEY,
    FINGERPRINT,
    KEY,
    UNKNOWN_KEY,
    make_live,
    make_machine,
    make_picture,
    make_seen,
    make_tail,
)
from tests.tui.playing import FakeReplaying
from tests.tui.shell import shell

OTHER = make_unknown_key("nipa-5", fingerprint="SHA256:another")
OPEN = ["x", "7", "e", "i"]
"""Tail the only machine, and look at it."""


def refused(key: UnknownKey | None = KEY, **fields: Any) -> MachineRow:
    tail = UNKNOWN_KEY | {"unknown_key": key}
    return make_machine("n1", tail=make_tail("n1", "refused", **tail), **fields)


def outcome(wish: TrustWish, *, file: str = "", text: str = "") -> TrustOutcome:
    return TrustOutcome(wish=wish, file=file, text=text)


def said(app: SwarmApp) -> str:
    """Return what the dialog says, however it is broken into lines."""
    assert isinstance(app.screen, MachineDialog)
    return " ".join(text_of(app.screen.lines).split())


def wishes(feed: FakeFeed) -> list[frozenset[TrustWish]]:
    """Return what the feed was told, one after the other."""
    told = [interest.trusts for interest in feed.wanted]
    return [each for place, each in enumerate(told) if not place or told[place - 1] != each]


def picture_of(machine: MachineRow) -> Picture:
    return make_picture(machine)


def text(lines: Sequence[Any]) -> str:
    return " ".join(text_of(lines).split())


def test_the_command_is_quoted_for_the_shell_and_means_that_key_alone() -> None:
    assert trust_command(KEY) == f"swarmtui trust nipa-5 --fingerprint {FINGERPRINT}"
    evil = make_unknown_key(asked_as=("-J", "gate", "x; rm -rf ~\x1b"))
    assert trust_command(evil).startswith("swarmtui trust -J gate 'x; rm -rf ~·' --fingerprint")


def test_the_question_tells_exactly_what_a_yes_writes_and_where() -> None:
    asked = text(question_lines(KEY, width=76))
    assert f"ssh-ed25519 {FINGERPRINT}" in asked
    assert "y writes this key into /home/me/.ssh/known_hosts, as that of nipa-5; nothing" in asked
    hashed = make_unknown_key("nipa-5", is_hashed=True)
    assert "as that of nipa-5 (hashed); nothing else" in text(question_lines(hashed, width=76))


def test_where_there_is_no_file_to_write_to_no_yes_is_offered() -> None:
    asked = text(question_lines(make_unknown_key(file=""), width=76))
    assert "there is no file to write it to" in asked
    assert " y " not in asked


def test_an_authority_that_does_not_count_here_is_owned_up_to() -> None:
    asked = text(question_lines(make_unknown_key(has_authority=True), width=76))
    assert "certificate authority" in asked
    assert "certificate authority" not in text(question_lines(KEY, width=76))


@pytest.mark.parametrize("width", [20, 40, 68, 106])
def test_no_line_of_the_question_is_longer_than_there_is_room(width: int) -> None:
    assert all(len(part) <= width for part in text_of(question_lines(KEY, width=width)).split("\n"))


def test_the_reason_names_the_key_and_leads_to_the_question() -> None:
    machine = refused()
    assert brief(machine) == f"unknown key, see i · {FINGERPRINT}"
    assert why(machine).endswith(f"ssh-ed25519 {FINGERPRINT}; i tells how to trust it")


def test_a_wish_stands_until_what_came_of_it_is_seen() -> None:
    asked = Trusts().ask("n1", KEY, now=at(0))
    assert asked.ask("n1", OTHER, now=at(1)) == asked
    (wish,) = asked.wishes
    done = refused(trust=outcome(wish, text="cannot write it"))
    assert asked.settle({"n1": refused()}) is asked
    assert asked.settle({"n1": done}) == Trusts()
    assert asked.settle({}) == Trusts()
    again = Trusts().ask("n1", KEY, now=at(9))
    assert again.settle({"n1": done}) == again


async def test_y_asks_for_just_the_key_that_is_shown_and_says_so() -> None:
    clock = StandingClock(at(0))
    picture = picture_of(refused())
    async with shell(picture, keys=OPEN, opens="rollcall", clock=clock) as (app, feed, pilot):
        assert FINGERPRINT in said(app)
        await pilot.press("y")
        assert wishes(feed)[-1] == {TrustWish(machine="n1", key=KEY, asked_at=at(0))}
        assert "Asking nipa-5 for its key once more" in said(app)
        clock.advance(1)
        await pilot.press("y", "y")
        assert len(wishes(feed)) == 2


@pytest.mark.parametrize("key", ["enter", "escape", "n", "i"])
async def test_anything_but_y_leaves_everything_as_it_is(key: str) -> None:
    async with shell(picture_of(refused()), keys=OPEN, opens="rollcall") as (app, feed, pilot):
        await pilot.press(key)
        assert not isinstance(app.screen, MachineDialog)
        await pilot.press("enter", "enter")
        assert wishes(feed) == [frozenset()]


async def test_what_came_of_it_is_shown_and_the_wish_does_not_stand_any_more() -> None:
    async with shell(picture_of(refused()), keys=OPEN, opens="rollcall") as (app, feed, pilot):
        await pilot.press("y")
        (wish,) = wishes(feed)[-1]
        written = outcome(wish, file="/home/me/.ssh/known_hosts")
        feed.deliver(picture_of(make_live("n1", trust=written)))
        await pilot.pause()
        assert "✓ The key of nipa-5 is in /home/me/.ssh/known_hosts." in said(app)
        assert "Trust this key?" not in said(app)
        assert wishes(feed)[-1] == frozenset()


async def test_a_key_that_could_not_be_written_is_said_and_can_be_tried_again() -> None:
    clock = StandingClock(at(0))
    keys = [*OPEN, "y"]
    picture = picture_of(refused())
    async with shell(picture, keys=keys, opens="rollcall", clock=clock) as (app, feed, pilot):
        (wish,) = wishes(feed)[-1]
        failed = outcome(wish, text="cannot write known_hosts: Read-only file system")
        answer = make_seen("n1", None, error=failed.text, trust=failed, taken_at=at(1))
        feed.deliver(picture_of(refused(seen=answer, trust=failed)))
        await pilot.pause()
        told = said(app)
        assert "✗ Not trusted: cannot write known_hosts: Read-only file system" in told
        assert told.count("Read-only") == 1
        assert "Trust this key?" in told
        clock.advance(5)
        await pilot.press("y")
        assert wishes(feed)[-1] == {TrustWish(machine="n1", key=KEY, asked_at=at(5))}


async def test_a_key_that_is_another_one_meanwhile_is_not_taken() -> None:
    async with shell(picture_of(refused()), keys=OPEN, opens="rollcall") as (app, feed, pilot):
        feed.deliver(picture_of(refused(OTHER)))
        await pilot.pause()
        assert "Trust this key?" not in said(app)
        await pilot.press("y", "c")
        assert wishes(feed) == [frozenset()]
        assert app.clipboard == ""
        await pilot.press("escape", "i")
        assert "SHA256:another" in said(app)


async def test_a_changed_key_is_never_offered() -> None:
    tail = make_tail("n1", "refused", text=CHANGED_KEY)
    keys = [*OPEN, "y"]
    picture = picture_of(make_machine("n1", tail=tail))
    async with shell(picture, keys=keys, opens="rollcall") as (app, feed, _):
        assert "ITS HOST KEY HAS CHANGED" in said(app)
        assert "Trust this key?" not in said(app)
        assert wishes(feed) == [frozenset()]


async def test_without_a_file_to_write_to_y_does_nothing() -> None:
    picture = picture_of(refused(make_unknown_key(file="")))
    async with shell(picture, keys=[*OPEN, "y"], opens="rollcall") as (_, feed, _pilot):
        assert wishes(feed) == [frozenset()]


async def test_in_a_recording_there_is_nobody_to_ask() -> None:
    picture = picture_of(refused(seen=make_seen("n1", None, error=UNKNOWN_KEY["text"])))
    keys = ["9", "i", "y"]
    replaying = FakeReplaying()
    async with shell(picture, keys=keys, replaying=replaying, opens="rollcall") as (app, feed, _):
        assert "Trust this key?" not in said(app)
        assert FINGERPRINT in said(app)
        assert all(not interest.trusts for interest in feed.wanted)


async def test_c_copies_the_command_for_another_terminal() -> None:
    async with shell(picture_of(refused()), keys=[*OPEN, "c"], opens="rollcall") as (app, _, _p):
        assert app.clipboard == f"swarmtui trust nipa-5 --fingerprint {FINGERPRINT}"
        assert "copied" in said(app)


async def test_the_question_is_whole_on_the_smallest_screen() -> None:
    machine = refused(seen=make_seen("n1", None, error="x " * 100))
    keys, size = OPEN, (80, 24)
    async with shell(picture_of(machine), keys=keys, size=size, opens="rollcall") as (app, _, _p):
        assert isinstance(app.screen, MachineDialog)
        height = app.screen.query_one("#machine-box").content_size.height
        shown = text_of(app.screen.lines[:height])
        assert "Trust this key?" in shown
        assert "y writes this key into" in shown


async def test_a_machine_that_is_gone_is_told_of_as_it_was_last() -> None:
    async with shell(picture_of(refused()), keys=OPEN, opens="rollcall") as (app, feed, pilot):
        feed.deliver(msgspec.structs.replace(picture_of(make_machine("n2"))))
        await pilot.pause()
        assert FINGERPRINT in said(app)


def test_what_is_asked_about_is_not_said_twice() -> None:
    machine = refused()
    picture = make_picture(machine)
    lines = machine_lines(machine, picture, at(0), width=80, asked=KEY)
    assert FINGERPRINT not in text_of(lines)
    assert FINGERPRINT in text_of(machine_lines(machine, picture, at(0), width=80))
