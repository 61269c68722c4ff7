"""Write filters that show what a problem or a happening is about."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from swarmtui.insight.query_syntax import quote
from swarmtui.insight.query_values import LONGEST_PATTERN
from swarmtui.insight.wording import shorten
from swarmtui.swarm.entities import Service
from swarmtui.swarm.text import plain


def query_nodes(ids: Sequence[str], *, otherwise: str) -> str:
    """Return a filter for exactly these nodes, or `otherwise` when they are too many for one."""
    if len(ids) > 12:
        return otherwise
    pattern = f"^({'|'.join(re.escape(id_) for id_ in ids)})$"
    if not ids or len(pattern) > LONGEST_PATTERN:
        return otherwise
    return f"id~{quote(pattern)}"


def query_field(field: str, value: str) -> str:
    """Return a filter for things whose field has this value, whatever characters it has."""
    return f"{field}:{quote(value)}"


class NamedService(NamedTuple):
    """What a service is called."""

    shown: str
    """Harmless and short."""
    query: str
    """The filter for it."""
    name: str
    """As it is, for commands."""


def name_service(services: Mapping[str, Service], service_id: str) -> NamedService:
    """Return what a service is called; one that is not known is called by its id."""
    service = services.get(service_id)
    name = service.name if service is not None and service.name else service_id
    return NamedService(shorten(plain(name)), query_field("service", name), name)
