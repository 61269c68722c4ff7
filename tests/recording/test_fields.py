"""Every text that can get into a recording is decided upon, field by field."""

import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import msgspec
import pytest

from swarmtui.insight.memory import Memory
from swarmtui.recording.entries import Landmark, Placed, Preface
from swarmtui.recording.fields import FIELDS, Treatment
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.snapshot import Snapshot

RECORDED = (*typing.get_args(Observation), Placed, Preface, Landmark, Memory)


def parts_of(type_: Any) -> Iterator[Any]:
    """Yield a type and whatever types it is made of: those of its items, keys, fields."""
    yield type_
    for argument in typing.get_args(type_):
        yield from parts_of(argument)
    if isinstance(type_, type) and issubclass(type_, tuple) and hasattr(type_, "_fields"):
        for field in typing.get_type_hints(type_).values():
            yield from parts_of(field)


def structs_in(type_: Any) -> set[type[msgspec.Struct]]:
    return {
        each
        for each in parts_of(type_)
        if isinstance(each, type) and issubclass(each, msgspec.Struct)
    }


def has_text(type_: Any) -> bool:
    return any(
        isinstance(each, type) and issubclass(each, str) and not issubclass(each, Enum)
        for each in parts_of(type_)
    )


def recorded_structs() -> Mapping[type[msgspec.Struct], Mapping[str, Any]]:
    """Return the fields of all structs that may be in a recording; not what is omitted."""
    found: dict[type[msgspec.Struct], Mapping[str, Any]] = {}
    coming = list(RECORDED)
    while coming:
        struct = coming.pop()
        if struct in found:
            continue
        fields = typing.get_type_hints(struct)
        found[struct] = fields
        for name, type_ in fields.items():
            if FIELDS.get(struct, {}).get(name) is not Treatment.OMITTED:
                coming += structs_in(type_)
    return found


STRUCTS = recorded_structs()


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_field_with_text_is_decided_upon(struct: type[msgspec.Struct]) -> None:
    fields = STRUCTS[struct]
    decided = FIELDS.get(struct, {})
    texts = {name for name, type_ in fields.items() if has_text(type_)}
    parts = {
        name for name, type_ in fields.items() if any(part in FIELDS for part in structs_in(type_))
    }
    assert texts | parts <= decided.keys(), "say what becomes of it, in recording/fields.py"
    assert decided.keys() <= fields.keys(), "there is no such field any more"


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_what_holds_texts_of_its_own_is_not_kept_as_a_whole(struct: type[msgspec.Struct]) -> None:
    for name, type_ in STRUCTS[struct].items():
        if FIELDS.get(struct, {}).get(name) is Treatment.KEPT:
            undecided = {
                field
                for part in structs_in(type_)
                for field, treatment in FIELDS.get(part, {}).items()
                if treatment not in {Treatment.KEPT, Treatment.PARTS}
            }
            assert not undecided


def test_a_snapshot_holds_nothing_else() -> None:
    """What keyframes hold besides the memory is made of the same structs."""
    for name, type_ in typing.get_type_hints(Snapshot).items():
        assert structs_in(type_) <= STRUCTS.keys(), name
