"""Find one object as the engine does: by id, by name, or by an unambiguous beginning of its id."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from swarmtui.httpd.messages import ApiError

T = TypeVar("T")


def find_one(kind: str, wanted: str, objects: Mapping[str, T], *, name_of: Callable[[T], str]) -> T:
    """Return the object of `objects`, which are by id, that is `wanted`; raise `ApiError`.

    `kind` is what the engine calls such objects when it finds none or several.
    """
    found = objects.get(wanted)
    if found is not None:
        return found
    named = [thing for thing in objects.values() if name_of(thing) == wanted]
    begun = [thing for id_, thing in objects.items() if id_.startswith(wanted)]
    return only(kind, wanted, named or begun)


def only(kind: str, wanted: str, found: Sequence[T]) -> T:
    """Return the one that was found, or raise what the engine says of none and of several."""
    if not found:
        raise ApiError(404, f"{kind} {wanted} not found")
    if len(found) > 1:
        raise ApiError(400, f"{kind} {wanted} is ambiguous ({len(found)} matches found)")
    return found[0]
