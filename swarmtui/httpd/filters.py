"""The `filters` parameter: its two forms, and how engines match with it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

import msgspec

from swarmtui.httpd.messages import ApiError

Filters = Mapping[str, frozenset[str]]

NODE_KEYS = ("name", "id", "label", "role", "membership", "node.label")
SERVICE_KEYS = ("name", "id", "label", "mode", "runtime")
TASK_KEYS = (
    "name", "id", "label", "service", "node", "desired-state", "_up-to-date", "runtime",
)  # fmt: skip
"""What the endpoints of a swarm accept as filters; any other is an error."""

_decode = msgspec.json.Decoder(dict[str, dict[str, bool] | list[str]]).decode

_Word = TypeVar("_Word", bound=StrEnum)


def parse_filters(text: str | None) -> Filters:
    """Read `{"k": {"v": true}}` or, from before API 1.22, `{"k": ["v"]}`."""
    if not text:
        return {}
    try:
        given = _decode(text)
    except msgspec.DecodeError as error:
        raise ApiError(400, "invalid filter") from error
    return {key: frozenset(values) for key, values in given.items()}


def check_keys(filters: Filters, accepted: Iterable[str]) -> None:
    """Refuse filters that the endpoint does not know."""
    for key in filters:
        if key not in accepted:
            raise ApiError(400, f"invalid filter '{key}'")


def words(filters: Filters, key: str, kind: type[_Word]) -> set[_Word]:
    """Return the values of an enum that a filter names, in any case; a wrong one is a 500."""
    found = set()
    for value in filters.get(key, ()):
        if not value:
            continue
        try:
            found.add(kind(value.lower()))
        except ValueError as error:
            raise ApiError(500, f"Invalid {key} filter: '{value}'") from error
    return found


def starts_with_any(text: str, filters: Filters, key: str) -> bool:
    """Whether `text` begins with a value of the filter, or there is none."""
    values = filters.get(key)
    return not values or text.startswith(tuple(values))


def is_any(text: str, filters: Filters, key: str) -> bool:
    """Whether `text` is a value of the filter, or there is none."""
    values = filters.get(key)
    return not values or text in values


def has_labels(labels: Mapping[str, str], filters: Filters, key: str) -> bool:
    """Whether all labels of the filter, `name` or `name=value`, are there."""
    for wanted in filters.get(key, ()):
        name, _, value = wanted.partition("=")
        if name not in labels or (value and labels[name] != value):
            return False
    return True
