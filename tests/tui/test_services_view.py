"""The Services screen."""

from typing import Any

from swarmtui.insight.picture import Picture, ServiceLoad
from swarmtui.insight.query import EVERYTHING, parse_query
from swarmtui.swarm.entities import Service
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.tui.lines import Spans
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import ServiceOpened
from swarmtui.tui.table.table_view import Scene
from swarmtui.tui.views.services import SERVICE_COLUMNS, ServicesView, rule
from tests.factories import NOON, at, make_service
from tests.tui.stage import Clock, line, staged


def make_picture(*services: Service, **loads: ServiceLoad) -> Picture:
    snapshot = Snapshot(services={service.id: service for service in services}, services_at=NOON)
    return Picture(at=NOON, snapshot=snapshot, service_loads=loads)


def spans(key: str, service: Service, **load: Any) -> Spans:
    column = next(column for column in SERVICE_COLUMNS if column.key == key)
    picture = make_picture(service, **{service.id: ServiceLoad(**load)})
    return column.cell(service, Scene(picture, at(0)))


def text(key: str, service: Service, **load: Any) -> str:
    return "".join(span.text for span in spans(key, service, **load))


def test_replicas_are_running_of_desired() -> None:
    assert text("replicas", make_service(), desired=100_000, running=96_287) == "96,287 / 100,000"


def test_a_rule_is_full_only_when_all_run_and_never_empty_while_one_does() -> None:
    assert rule(999, 1000, width=10) == "━" * 9 + "╸"
    assert rule(1000, 1000, width=10) == "━" * 10
    assert rule(1, 1000, width=10) == "╸"
    assert rule(0, 1000, width=10) == ""
    assert rule(3, 2, width=10) == "━" * 10


def test_how_far_a_service_is_shows_in_sign_and_colour() -> None:
    assert spans("name", make_service(), desired=2, running=2)[0] == Span("●", Meaning.OK)
    assert spans("name", make_service(), desired=2, running=1)[0] == Span("◔", Meaning.WARN)
    assert spans("name", make_service(), desired=2, running=0)[0] == Span("✗", Meaning.BAD)
    assert spans("name", make_service(), desired=0, running=0)[0] == Span("●", Meaning.DIM)


def test_an_update_state_nobody_knows_is_shown_as_it_is() -> None:
    assert text("update", make_service(update_state="paused")) == "‖ paused"
    assert text("update", make_service(update_state="dream\x1bing")) == "dream·ing"
    assert text("update", make_service()) == ""


async def test_enter_asks_for_the_tasks_of_the_service() -> None:
    view = ServicesView(clock=Clock())
    async with staged(view) as (stage, pilot):
        view.show(make_picture(make_service("s1"), make_service("s2")), EVERYTHING)
        await pilot.press("down", "enter")
        assert [opened.service_id for opened in stage.told(ServiceOpened)] == ["s2"]


async def test_services_pass_the_filter() -> None:
    view = ServicesView(clock=Clock())
    async with staged(view) as (_, pilot):
        services = (make_service("s1", name="web"), make_service("s2", name="api"))
        view.show(make_picture(*services), parse_query("service:api"))
        await pilot.pause()
        assert line(view.table.body, 0).split()[:3] == ["▸", "●", "api"]
        assert line(view.table.body, 1) == ""
