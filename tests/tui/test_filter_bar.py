"""The filter bar."""

from textual.containers import Vertical
from textual.widgets import Input

from swarmtui.insight.picture import Picture, Place
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.tui.filter_bar import FilterBar, Hints
from swarmtui.tui.lines import text_of
from swarmtui.tui.messages import FilterChanged, FilterDismissed
from tests.factories import NOON, make_node
from tests.tui.stage import Stage, staged

PICTURE = Picture(
    at=NOON,
    snapshot=Snapshot(
        nodes={
            "n1": make_node("n1", hostname="nipa-1"),
            "n2": make_node("n2", hostname="nipa-2"),
            "n3": make_node("n3", hostname="gates"),
        },
        nodes_at=NOON,
    ),
    places={
        "n1": Place("eu-west-1", "node label", "NIPA Technology", "claims file"),
        "n2": Place("eu-west-1", "node label", "NIPA Technology", "claims file"),
        "n3": Place("fr-par", "node label", "@scaleway", "claims file"),
    },
)


def open_bar(bar: FilterBar, text: str = "") -> None:
    bar.open(text, kind=Kind.NODES, picture=PICTURE)


def asked(stage: Stage) -> list[str]:
    return [changed.text for changed in stage.told(FilterChanged)]


def hints(bar: FilterBar) -> str:
    return text_of(bar.hints)


async def test_the_filter_is_told_while_it_is_typed() -> None:
    bar = FilterBar()
    async with staged(bar) as (stage, pilot):
        open_bar(bar)
        await pilot.press(*"nipa")
        assert asked(stage) == ["n", "ni", "nip", "nipa"]


async def test_a_filter_that_is_wrong_is_not_told_and_the_place_is_marked() -> None:
    bar = FilterBar()
    async with staged(bar) as (stage, pilot):
        open_bar(bar)
        await pilot.press(*"nipa colour:red")
        assert asked(stage)[-1] == "nipa colour"
        marks, message = hints(bar).splitlines()[:2]
        assert marks == "        ^^^^^^"
        assert message.strip().startswith("✗ no field colour")


async def test_marks_stand_below_wide_characters() -> None:
    bar = FilterBar()
    async with staged(bar) as (_, pilot):
        open_bar(bar, "東京 colour:red")
        await pilot.pause()
        assert hints(bar).splitlines()[0] == "        ^^^^^^"


async def test_enter_keeps_what_is_wrong_open() -> None:
    bar = FilterBar()
    async with staged(bar) as (stage, pilot):
        open_bar(bar)
        await pilot.press(*"state:", "enter")
        assert bar.is_open
        assert "needs a value" in hints(bar)
        assert not stage.told(FilterDismissed)


async def test_enter_keeps_the_filter() -> None:
    bar = FilterBar()
    async with staged(bar) as (stage, pilot):
        open_bar(bar)
        await pilot.press(*"role:worker", "enter")
        assert asked(stage)[-1] == "role:worker"
        assert len(stage.told(FilterDismissed)) == 1
        assert not bar.is_open


async def test_escape_takes_an_untouched_filter_away() -> None:
    bar = FilterBar()
    async with staged(bar) as (stage, pilot):
        open_bar(bar, "role:worker")
        await pilot.press("escape")
        assert asked(stage) == [""]
        assert len(stage.told(FilterDismissed)) == 1


async def test_escape_takes_an_emptied_filter_away() -> None:
    bar = FilterBar()
    async with staged(bar) as (stage, pilot):
        open_bar(bar, "x")
        await pilot.press("backspace", "escape")
        assert asked(stage)[-1] == ""


async def test_escape_keeps_a_filter_that_was_changed() -> None:
    bar = FilterBar()
    async with staged(bar) as (stage, pilot):
        open_bar(bar, "role:worker")
        await pilot.press(*" nipa", "escape")
        assert asked(stage)[-1] == "role:worker nipa"
        assert not bar.is_open


async def test_a_click_elsewhere_leaves_and_keeps_the_filter() -> None:
    bar, table = FilterBar(), Input()
    async with staged(Vertical(table, bar)) as (stage, pilot):
        open_bar(bar)
        await pilot.press(*"role:worker")
        await pilot.click(table)
        await pilot.pause()
        assert not bar.is_open
        assert asked(stage)[-1] == "role:worker"
        assert len(stage.told(FilterDismissed)) == 1
        assert stage.focused is table


async def test_fields_and_values_are_completed() -> None:
    bar = FilterBar()
    async with staged(bar) as (stage, pilot):
        open_bar(bar)
        await pilot.press(*"regi")
        assert hints(bar).startswith(" ▸ region:")
        await pilot.press("tab")
        assert bar.text == "region:"
        assert [candidate.text for candidate in bar.candidates] == ["eu-west-1", "fr-par"]
        await pilot.press("right")
        assert bar.text == "region:eu-west-1 "
        await pilot.pause()
        assert asked(stage)[-1] == "region:eu-west-1"


async def test_another_candidate_can_be_picked() -> None:
    bar = FilterBar()
    async with staged(bar) as (_, pilot):
        open_bar(bar)
        await pilot.press(*"region:", "ctrl+n", "tab")
        assert bar.text == "region:fr-par "


async def test_a_candidate_can_be_clicked() -> None:
    bar = FilterBar()
    async with staged(bar) as (_, pilot):
        open_bar(bar)
        await pilot.press(*"region:")
        await pilot.click(Hints, offset=(5, 1))
        await pilot.pause()
        assert bar.text == "region:fr-par "


async def test_values_with_blanks_are_quoted() -> None:
    bar = FilterBar()
    async with staged(bar) as (_, pilot):
        open_bar(bar)
        await pilot.press(*"contributor:ni", "tab")
        assert bar.text == 'contributor:"NIPA Technology" '


async def test_a_word_that_may_become_a_field_empties_no_table() -> None:
    bar = FilterBar()
    async with staged(bar) as (stage, pilot):
        open_bar(bar, "nipa")
        await pilot.press(*" regi")
        assert asked(stage) == []
        await pilot.press("enter")
        assert asked(stage) == ["nipa regi"]


async def test_earlier_filters_come_back() -> None:
    bar = FilterBar()
    async with staged(bar) as (_, pilot):
        for text in ("role:worker", "role:manager"):
            open_bar(bar)
            await pilot.press(*text, "enter")
        open_bar(bar, "nipa")
        await pilot.press("up")
        assert bar.text == "role:manager"
        await pilot.press("up", "up")
        assert bar.text == "role:worker"
        await pilot.press("down", "down")
        assert bar.text == "nipa"


async def test_a_term_that_means_nothing_here_is_explained() -> None:
    bar = FilterBar()
    async with staged(bar) as (_, pilot):
        open_bar(bar)
        await pilot.press(*"slot:3")
        assert "slot does not apply to nodes" in hints(bar)


async def test_every_key_can_be_bound_anew() -> None:
    assert all(getattr(binding, "id", None) for binding in FilterBar.BINDINGS)
