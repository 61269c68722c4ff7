"""Files that are named in a dialog: exports, and lists of claims that are read."""

import csv
import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from swarmtui.insight.claims import parse_claims
from swarmtui.insight.picture import Happening, HappeningKind, Picture, Place, Severity
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.asking import AskDialog
from swarmtui.tui.files import FileError, judge_list, judge_new_file, read_claims, write_new_file
from swarmtui.tui.happening_files import file_of
from swarmtui.tui.lines import text_of
from swarmtui.tui.pointing import Mistake
from tests.factories import at, make_node
from tests.tui.event import event_picture, with_snapshot
from tests.tui.playing import FakeReplaying
from tests.tui.shell import shell

IDS = ("a" * 25, "b" * 25)
LINES = (
    Happening(
        at=at(-90),
        kind=HappeningKind.NODES,
        severity=Severity.WARNING,
        text="=cmd|' /C calc'!A0 is down",
        query="id:w05",
    ),
    Happening(
        at=at(-300), kind=HappeningKind.SERVICE, severity=Severity.INFO, text="service web created"
    ),
)


def picture() -> Picture:
    nodes = {id_: make_node(id_, hostname=f"node-{id_[0]}") for id_ in IDS}
    places = {IDS[0]: Place(contributor="NIPA Technology"), IDS[1]: Place()}
    return with_snapshot(event_picture(places=places, happenings=LINES), nodes=nodes)


async def name_file(app: SwarmApp, pilot: Pilot[None], name: Path) -> None:
    """Type the name of a file over the one that is suggested."""
    assert isinstance(app.screen, AskDialog)
    app.screen.query_one("Input").value = str(name)  # type: ignore[attr-defined]
    await pilot.press("enter")
    await pilot.pause()


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    for _ in range(200):
        if holds():
            return
        await pilot.pause(0.01)
    raise AssertionError("waited in vain")


def said(app: SwarmApp) -> str:
    return "\n".join(note.message for note in app._notifications)


async def test_the_list_of_nodes_is_written_with_owners_and_reads_back(tmp_path: Path) -> None:
    file = tmp_path / "nodes.txt"
    async with shell(picture(), opens="contributors", keys=["e"]) as (app, _, pilot):
        await name_file(app, pilot, file)
        await until(pilot, lambda: "written to" in said(app))
    claims = parse_claims(file.read_text())
    assert {id_: claim.contributor for id_, claim in claims.by_id.items()} == {
        IDS[0]: "NIPA Technology"
    }


async def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "nodes.txt"
    file.write_text("precious")
    async with shell(picture(), opens="contributors", keys=["e"]) as (app, _, pilot):
        await name_file(app, pilot, file)
        assert isinstance(app.screen, AskDialog)
        assert "stays as it is" in text_of(app.screen.said)
    assert file.read_text() == "precious"
    with pytest.raises(FileError, match="there already"):
        write_new_file(str(file), "new")
    assert file.read_text() == "precious"


async def test_claims_of_a_list_go_to_the_feed_and_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text(f"node,contributor,pledged\n{IDS[0]},Eve,7\nwrong one,Bob,\n")
    async with shell(picture(), opens="contributors", keys=["o"]) as (app, feed, pilot):
        await name_file(app, pilot, file)
        await until(pilot, lambda: feed.viewpoints)
        assert feed.viewpoints[0].claims.pledged == {"Eve": 7}
        assert "1 claim, 1 contributor, 1 line left out: line 3" in said(app)
        await pilot.press("m")
        assert feed.viewpoints[-1].claims is feed.viewpoints[0].claims


async def test_a_list_is_read_in_a_replay_as_well(tmp_path: Path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text(f"node,contributor\n{IDS[0]},Eve\n")
    playing = FakeReplaying()
    async with shell(picture(), opens="contributors", keys=["o"], replaying=playing) as (
        app,
        feed,
        pilot,
    ):
        await name_file(app, pilot, file)
        await until(pilot, lambda: feed.viewpoints)


async def test_a_wrong_list_is_one_line_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "claims.txt"
    file.write_text("what is this\n\x1b[2J")
    async with shell(picture(), opens="contributors", keys=["o"]) as (app, feed, pilot):
        await name_file(app, pilot, file)
        await until(pilot, lambda: said(app))
        assert "claims.txt: line 1: neither" in said(app)
        assert "\n" not in said(app)
        assert not feed.viewpoints


async def test_the_timeline_is_written_as_it_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "lines.csv"
    async with shell(picture(), opens="happenings", keys=["e"], filter="kind:nodes") as (
        app,
        _,
        pilot,
    ):
        await name_file(app, pilot, file)
        await until(pilot, lambda: "written to" in said(app))
    head, *rows = csv.reader(file.read_text().splitlines())
    assert head == ["at", "severity", "kind", "text", "query"]
    assert [row[1:3] for row in rows] == [["warning", "nodes"]]


def test_no_cell_of_the_timeline_is_a_formula_to_a_spreadsheet() -> None:
    rows = list(csv.reader(StringIO(file_of(LINES, "a.CSV"))))
    assert rows[2][3].startswith("'=cmd")


def test_text_tells_the_timeline_oldest_first_without_what_could_harm() -> None:
    hostile = msgspec.structs.replace(LINES[0], text="\x1b[2Jx\ny")
    lines = file_of((hostile, LINES[1]), "a.txt").splitlines()
    assert lines[0].endswith("Z  info      service  service web created")
    assert lines[1].endswith("Z  warning   nodes    ·x y")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "name of a file"),
        (".", "folder"),
        ("/nowhere/at/all", "no folder /nowhere/at"),
        ("~nobody-of-that-name/x", "no home here"),
        ("a\0b", "null"),
        ("x" * 5000, "too long"),
    ],
)
def test_a_name_that_cannot_be_is_said_to_be_wrong(text: str, wrong: str) -> None:
    judged = judge_new_file(text)
    assert isinstance(judged, Mistake)
    assert wrong in judged.message


def test_a_list_that_is_none_is_said_so(tmp_path: Path) -> None:
    assert isinstance(judge_list(str(tmp_path / "none")), Mistake)
    assert isinstance(judge_list(str(tmp_path)), Mistake)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="no file"):
        read_claims(str(pipe))
    with pytest.raises(FileError, match="no file"):
        read_claims("/dev/zero")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match="not UTF-8"):
        read_claims(str(binary))
