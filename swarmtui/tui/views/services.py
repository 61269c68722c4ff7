"""The Services screen: what each service wants, what it has, and how its update goes."""

from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from swarmtui.insight.picture import Picture, ServiceLoad
from swarmtui.insight.query import Query
from swarmtui.insight.query_fields import Kind
from swarmtui.stream.interest import Interest
from swarmtui.swarm.entities import Service
from swarmtui.swarm.text import plain
from swarmtui.tui import words
from swarmtui.tui.lines import Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import ServiceOpened
from swarmtui.tui.table.column import Align, Column, Sort, natural
from swarmtui.tui.table.table import RowOpened
from swarmtui.tui.table.table_view import Clock, Scene, TableView

BAR_WIDTH = 10

_NOTHING = ServiceLoad()
_UPDATES = {
    "updating": Span("◔ updating", Meaning.ACCENT),
    "completed": Span("✓ completed", Meaning.DIM),
    "paused": Span("‖ paused", Meaning.WARN),
    "rollback_started": Span("↶ rolling back", Meaning.WARN),
    "rollback_paused": Span("‖ rollback paused", Meaning.BAD),
    "rollback_completed": Span("↶ rolled back", Meaning.WARN),
}


def load_of(service: Service, scene: Scene) -> ServiceLoad:
    """Return what a service wants and has."""
    return scene.picture.service_loads.get(service.id, _NOTHING)


def progress(load: ServiceLoad) -> tuple[Span, Meaning]:
    """Return the sign of how far a service is, and the meaning of its figures."""
    if load.running >= load.desired:
        return Span("●", Meaning.OK if load.desired else Meaning.DIM), Meaning.OK
    if load.running:
        return Span("◔", Meaning.WARN), Meaning.WARN
    return Span("✗", Meaning.BAD), Meaning.BAD


def rule(part: int, whole: int, *, width: int) -> str:
    """Return a line as long as the share is; blocks of rows above each other would run together.

    As long as `width` only when all are there, and never nothing while there is one.
    """
    if part <= 0:
        return ""
    halves = 2 * width if part >= whole else max(1, 2 * width * part // whole)
    return "━" * (halves // 2) + "╸" * (halves % 2)


def _name(service: Service, scene: Scene) -> Spans:
    sign, _ = progress(load_of(service, scene))
    return (sign, Span(f" {plain(service.name)}"))


def _replicas(service: Service, scene: Scene) -> Spans:
    load = load_of(service, scene)
    return (Span(words.count(load.running)), dim(f" / {words.count(load.desired)}"))


def _bar(service: Service, scene: Scene) -> Spans:
    load = load_of(service, scene)
    _, meaning = progress(load)
    full = rule(load.running, load.desired, width=BAR_WIDTH)
    return (Span(full, meaning), dim("─" * (BAR_WIDTH - len(full))))


def _share(service: Service, scene: Scene) -> float:
    load = load_of(service, scene)
    return load.running / load.desired if load.desired else 1.0


def _update(service: Service, _: Scene) -> Spans:
    state = service.update_state
    return (_UPDATES.get(state, Span(plain(state), Meaning.WARN)),) if state else ()


def _failures(service: Service, scene: Scene) -> Spans:
    failures = load_of(service, scene).failures_5m
    return (Span(words.count(failures), Meaning.BAD if failures else Meaning.DIM),)


SERVICE_COLUMNS: tuple[Column[Service, Scene], ...] = (
    Column(
        key="name",
        head="NAME",
        value=lambda service, _: natural(service.name),
        cell=_name,
        width=16,
        grows_to=36,
    ),
    Column(
        key="mode",
        head="MODE",
        value=lambda service, _: service.mode,
        cell=lambda service, _: (dim(service.mode),),
        width=10,
        grows_to=14,
        drop=4,
    ),
    Column(
        key="replicas",
        head="REPLICAS",
        value=lambda service, scene: load_of(service, scene).running,
        cell=_replicas,
        width=17,
        align=Align.RIGHT,
        descends=True,
    ),
    Column(
        key="share",
        head="RUNNING",
        value=_share,
        cell=_bar,
        width=BAR_WIDTH,
        drop=2,
    ),
    Column(
        key="update",
        head="UPDATE",
        value=lambda service, _: service.update_state,
        cell=_update,
        width=11,
        grows_to=18,
        drop=3,
        descends=True,
    ),
    Column(
        key="failures",
        head="FAIL 5M",
        short="FAIL",
        value=lambda service, scene: load_of(service, scene).failures_5m,
        cell=_failures,
        width=5,
        grows_to=7,
        align=Align.RIGHT,
        drop=1,
        descends=True,
    ),
    Column(
        key="id",
        head="ID",
        value=lambda service, _: service.id,
        cell=lambda service, _: (dim(plain(service.id)),),
        width=12,
        grows_to=25,
        drop=7,
        ends_open=True,
    ),
    Column(
        key="image",
        head="IMAGE",
        value=lambda service, _: natural(service.image),
        cell=lambda service, _: (dim(plain(service.image)),),
        width=20,
        grows_to=48,
        drop=6,
    ),
    Column(
        key="message",
        head="ERROR",
        value=lambda service, _: service.update_message,
        cell=lambda service, _: (Span(plain(service.update_message)),),
        width=12,
        fills=True,
        drop=5,
    ),
)


class ServicesView(TableView[Service]):
    """All services."""

    TITLE = "Services"
    KIND = Kind.SERVICES
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, *, clock: Clock) -> None:
        super().__init__(SERVICE_COLUMNS, sort=Sort("name"), clock=clock, markable=False)

    def fill(self, scene: Scene, query: Query, *, anew: bool) -> None:
        """Give the table the services that the query means."""
        services = scene.picture.snapshot.services
        if not query.is_empty:
            meant = query.filter_services(services.values(), scene.picture)
            services = {service.id: service for service in meant}
        self.put(services, scene, anew=anew)

    def interest(self) -> Interest:
        """Return the services in sight, to be asked for first."""
        return Interest(frozenset(self.table.body.ids_in_sight))

    def count_of_all(self, picture: Picture) -> int:
        """Return how many services there are."""
        return len(picture.snapshot.services)

    def seen_at(self, picture: Picture) -> datetime | None:
        """Return when the services were seen."""
        return picture.snapshot.services_at

    def on_row_opened(self, event: RowOpened) -> None:
        """Ask for the tasks of the service."""
        event.stop()
        self.post_message(ServiceOpened(event.row_id))
