"""The rows of `swarmtui services`."""

from collections.abc import Iterator, Sequence

import msgspec

from swarmtui.cli.printed.order import natural
from swarmtui.cli.printed.paper import Span, Tone, harmless
from swarmtui.cli.printed.table import Column
from swarmtui.insight.picture import Picture, ServiceLoad
from swarmtui.insight.query import EVERYTHING, Query
from swarmtui.swarm.words import ServiceMode

_NOTHING = ServiceLoad()
JOBS = frozenset({ServiceMode.REPLICATED_JOB, ServiceMode.GLOBAL_JOB})


class ServiceRow(msgspec.Struct, frozen=True):
    """One service; the names and their order are what `--format json` and `csv` print."""

    id: str
    name: str
    mode: ServiceMode
    desired: int
    running: int
    image: str
    update_state: str
    """Empty when the service was never updated."""
    failures_5m: int


def iterate_services(picture: Picture, *, query: Query = EVERYTHING) -> Iterator[ServiceRow]:
    """Go through the services that match by name, then by id."""
    services = query.filter_services(picture.snapshot.services.values(), picture)
    for service in sorted(services, key=lambda service: (natural(service.name), service.id)):
        load = picture.service_loads.get(service.id, _NOTHING)
        yield ServiceRow(
            id=service.id,
            name=service.name,
            mode=service.mode,
            desired=load.desired,
            running=load.running,
            image=service.image,
            update_state=service.update_state,
            failures_5m=load.failures_5m,
        )


def replicas(row: ServiceRow) -> Span:
    """Return running against desired, as `docker service ls` has it."""
    # A job that is done runs nothing any more, and is none the worse for it.
    short = row.running < row.desired and row.mode not in JOBS
    return Span(f"{row.running:,}/{row.desired:,}", Tone.WARN if short else Tone.PLAIN)


def _failures(row: ServiceRow) -> Span:
    return Span(f"{row.failures_5m:,}", Tone.WARN if row.failures_5m else Tone.DIM)


SERVICE_COLUMNS: Sequence[Column[ServiceRow]] = (
    Column("ID", lambda row: harmless(row.id, Tone.DIM), least=12, rank=4),
    Column("NAME", lambda row: harmless(row.name), least=12),
    Column("MODE", lambda row: Span(row.mode.value), rank=3),
    Column("REPLICAS", replicas, right=True),
    Column("IMAGE", lambda row: harmless(row.image), least=12, rank=2),
    Column("UPDATE", lambda row: harmless(row.update_state), least=9, rank=1),
    Column("FAIL 5M", _failures, right=True, rank=1),
)
