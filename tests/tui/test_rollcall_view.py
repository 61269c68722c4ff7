"""The Roll call screen, and the dashboard without a manager."""

import msgspec

from swarmtui.swarm.snapshot import Snapshot
from swarmtui.tui.footer import Footer
from swarmtui.tui.lines import text_of
from swarmtui.tui.machine_dialog import MachineDialog, machine_lines
from swarmtui.tui.messages import FilterChanged
from swarmtui.tui.table.table_view import Scene, Summary
from swarmtui.tui.verdicts import roll_call_spans, verdict_of
from swarmtui.tui.views.machine_columns import ROLL_CALL_COLUMNS
from swarmtui.tui.views.rollcall import RollCallView
from tests.factories import at, make_node
from tests.tui.event import event_picture
from tests.tui.machines import (
    make_machine,
    make_picture,
    make_seen,
    roll_call_picture,
    tailed_picture,
)
from tests.tui.shell import seen, shell


def verdict(state: str | None, **fields: object) -> str:
    machine = make_machine("n1", seen=make_seen("n1", state, **fields))
    return verdict_of(machine, make_picture(machine)).word


def cell(key: str, machine_picture: object = None, **fields: object) -> str:
    machine = make_machine("n1", **fields)
    column = next(column for column in ROLL_CALL_COLUMNS if column.key == key)
    spans = column.cell(machine, Scene(make_picture(machine), at(0)))
    return "".join(span.text for span in spans)


def names(view: RollCallView) -> list[str]:
    return list(view.table.body.ids_in_sight)


def test_every_answer_has_a_word() -> None:
    assert verdict("active") == "in"
    assert verdict("inactive") == "not in a swarm"
    assert verdict("pending") == "joining"
    assert verdict("locked") == "locked"
    assert verdict("error") == "error"
    assert verdict(None) == "unreachable"
    # Active without a node id is still on the way.
    assert verdict("active", node_id="") == "joining"


def test_a_node_of_another_swarm_is_not_in_this_one() -> None:
    machine = make_machine("n1", seen=make_seen("n1", node_id="elsewhere"))
    snapshot = Snapshot(nodes={"n1": make_node("n1")}, nodes_at=at(-1))
    assert verdict_of(machine, make_picture(machine, snapshot=snapshot)).word == "not in this swarm"
    # The list of nodes is older than the answer: it may not have the node yet.
    older = msgspec.structs.replace(snapshot, nodes_at=at(-30))
    assert verdict_of(machine, make_picture(machine, snapshot=older)).word == "in"


def test_the_sum_tells_how_many_are_in_and_why_the_others_are_not() -> None:
    picture = roll_call_picture()
    said = "".join(text for text, _ in roll_call_spans(picture.machines.values(), picture))
    assert said == "12 of 17 in, 2 unreachable, 1 not in a swarm, 1 joining, 1 not asked yet"


def test_what_a_machine_answered_is_harmless_text() -> None:
    seen_ = make_seen("n1", "error", error="evil\x1b[2J", docker_version="20\x07")
    assert cell("why", seen=seen_) == "evil·"
    assert cell("docker", seen=seen_) == "20·"


def test_a_clock_that_is_off_says_how_far() -> None:
    assert cell("clock", seen=make_seen("n1", clock_offset_s=-1.26)) == "-1.3s"
    assert cell("clock", seen=make_seen("n1", clock_offset_s=4000.0)) == "+4,000s"
    assert cell("clock", seen=make_seen("n1", clock_offset_s=-0.01)) == "0.0s"
    assert cell("clock") == "–"


def test_the_reason_does_not_repeat_the_name_beside_it() -> None:
    seen_ = make_seen("n1", None, error="n1: no answer on port 22 for 10 s")
    assert cell("why", seen=seen_) == "no answer on port 22 for 10 s"
    seen_ = make_seen("n1", None, error="n1 (10.0.0.7:2222): what came is no ssh")
    assert cell("why", seen=seen_) == "what came is no ssh"
    seen_ = make_seen("n1", None, error="n10: no answer")
    assert cell("why", seen=seen_) == "n10: no answer"


def test_the_dialog_tells_what_a_machine_answered() -> None:
    seen_ = make_seen(
        "n1", "error", managers=("10.0.0.1:2377", "10.0.0.2:2377"), join_error="x509: expired"
    )
    machine = make_machine("n1", seen=seen_)
    said = text_of(machine_lines(machine, make_picture(machine), at(0), width=80))
    assert "10.0.0.1:2377, 10.0.0.2:2377" in said
    assert "not joined: x509: expired" in said
    assert "2377 reached · 7946 unknown" in said
    assert "20s ago" in said


async def test_it_opens_at_the_start_without_a_manager_and_offers_nothing_a_manager_fills() -> None:
    async with shell(roll_call_picture(), opens="rollcall") as (app, feed, pilot):
        assert app.spot.view == "rollcall"
        assert feed.wanted[-1].roll_call
        offered = {hint.id for hint in app.query_one(Footer).hints}
        assert {each for each in offered if each.startswith("view.")} == {
            "view.stats",
            "view.rollcall",
        }
        await pilot.press("2")
        assert app.spot.view == "rollcall"


async def test_it_is_not_offered_without_an_inventory() -> None:
    async with shell(event_picture(), keys=["9"]) as (app, feed, pilot):
        assert app.spot.view == "overview"
        feed.deliver(tailed_picture())
        await pilot.pause()
        await pilot.press("9")
        assert app.spot.view == "rollcall"


async def test_leaving_it_ends_the_roll_call() -> None:
    async with shell(roll_call_picture(), keys=["7"], opens="rollcall") as (_, feed, _pilot):
        assert not feed.wanted[-1].roll_call


async def test_the_worst_machines_stand_first() -> None:
    async with shell(roll_call_picture(), opens="rollcall") as (app, _, _pilot):
        shown = names(app.query_one(RollCallView))
        assert shown[:6] == ["nipa-20", "nipa-21", "nipa-22", "nipa-23", "nipa-24", "nipa-0"]


async def test_the_header_tells_the_sum_without_a_manager() -> None:
    async with shell(roll_call_picture(), opens="rollcall") as (app, _, _pilot):
        said = seen(app.query_one("#header"))
        assert "17 machines, asked over ssh · no manager is asked" in said
        assert "12 of 17 in, 2 unreachable" in said


async def test_with_a_manager_the_screen_tells_the_sum_itself() -> None:
    async with shell(tailed_picture(), keys=["9"]) as (app, _, _pilot):
        said = text_of(app.query_one(RollCallView).query_one(Summary).lines)
        assert "0 of 5 in, 5 not asked yet" in said


async def test_marked_machines_are_tailed() -> None:
    keys = ["space", "down", "space", "x"]
    async with shell(roll_call_picture(), keys=keys, opens="rollcall") as (_, feed, _pilot):
        assert feed.wanted[-1].tails == {"nipa-20", "nipa-21"}


async def test_too_many_marked_machines_are_tailed_as_far_as_there_is_room() -> None:
    picture = make_picture(*(make_machine(f"n{n:03}") for n in range(450)))
    keys = ["ctrl+a", "x"]
    async with shell(picture, keys=keys, opens="rollcall") as (app, feed, _pilot):
        assert feed.wanted[-1].tails == {f"n{n:03}" for n in range(400)}
        said = text_of(app.query_one(RollCallView).query_one(Summary).lines)
        assert "400 tailed at most, 50 left out" in said


async def test_the_filter_means_machines() -> None:
    async with shell(roll_call_picture(), opens="rollcall") as (app, _, pilot):
        for text, rows in (
            ("state:unreachable", 2),
            ("mine:yes", 3),
            ('error:"deadline exceeded"', 1),
            ("nipa-2", 6),
        ):
            app.post_message(FilterChanged(text))
            await pilot.pause()
            assert app.query_one(RollCallView).table.count == rows, text


async def test_enter_shows_all_of_a_machine_that_is_no_node() -> None:
    async with shell(roll_call_picture(), keys=["enter"], opens="rollcall") as (app, _, pilot):
        assert isinstance(app.screen, MachineDialog)
        await pilot.press("escape")
        assert app.spot.view == "rollcall"
        assert not isinstance(app.screen, MachineDialog)


async def test_enter_leads_to_the_node_that_a_machine_is() -> None:
    machine = make_machine("box-1", node_id="w00", seen=make_seen("box-1", node_id="w00"))
    picture = msgspec.structs.replace(
        event_picture(), machines={"box-1": machine}, machine_of={"w00": "box-1"}
    )
    async with shell(picture, keys=["9", "enter"]) as (app, _, _pilot):
        assert (app.spot.view, app.spot.node_id) == ("node", "w00")


async def test_it_names_the_next_step_when_the_inventory_is_empty() -> None:
    async with shell(make_picture(), opens="rollcall") as (app, _, _pilot):
        assert "no inventory" in seen(app.query_one(RollCallView).table.body)
