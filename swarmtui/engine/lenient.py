"""Take from a JSON object what can be used, when some of it is not what it should be."""

from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin

import msgspec

UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError)
"""What decoders raise; a million nested brackets are a RecursionError."""

T = TypeVar("T", bound=msgspec.Struct)


def decode_leniently(body: bytes, type_: type[T]) -> T | None:
    """Return a Struct made of what fits its fields; `None` when a required field is not there.

    Raise one of `UNREADABLE` when the body is not even JSON.
    """
    import json  # noqa: PLC0415 - most engines never send what needs it

    # strict=False lets control characters pass; what is not UTF-8 or half a surrogate pair becomes
    # a question mark, for it could not be written out again.
    value = json.loads(body.decode("utf-8", "replace"), strict=False)
    return _pick(_clean(value), type_)


def _pick(value: object, type_: type[T]) -> T | None:
    if not isinstance(value, dict):
        return None
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(type_):
        part = _pick_field(value.get(field.encode_name), field.type)
        if part is not None:
            found[field.name] = part
        elif field.required:
            return None
    return type_(**found)


def _pick_field(value: object, type_: Any) -> object:  # noqa: ANN401 - any type hint
    """Return a value that fits the type, or `None`."""
    if isinstance(type_, UnionType) or get_origin(type_) is UnionType:
        type_ = next(t for t in get_args(type_) if t is not NoneType)
    if value is None:
        return None
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return _pick(value, type_)
    if get_origin(type_) is dict and isinstance(value, dict):
        return {k: v for k, v in value.items() if isinstance(k, str) and isinstance(v, str)}
    if get_origin(type_) is list and isinstance(value, list):
        parts = (_pick_field(part, get_args(type_)[0]) for part in value)
        return [part for part in parts if part is not None]
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return None


def _clean(value: object) -> object:
    """Return the value with every text fit to be written as UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_clean(part) for part in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(part) for key, part in value.items()}
    return value
