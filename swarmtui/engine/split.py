"""Cut a large JSON array into pieces at the borders between its objects, as it comes in.

Decoding a piece at a time keeps memory flat and other threads running: 100,000 tasks at once take
a gigabyte with the standard library.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

PIECE = 1 << 18
"""Bytes looked at before a border is searched: below 256 KB the search costs more than it saves."""

_START = b'},{"ID":"'
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
# Longer than the start alone: the `Volumes` of CSI tasks hold `},{"ID":"` too, without a version.
_BORDER = re.compile(rb'\},\{"ID":"[^"\\]{1,128}","Version":\{')


def split_objects(chunks: Iterable[bytes], *, piece: int = PIECE) -> Iterator[bytes]:
    """Yield JSON arrays that hold, one after the other, the objects of one array.

    Where no border is found, what came in is one piece, if need be the whole. A border is taken
    for what it looks like: whoever decodes must be ready for a piece that does not parse.
    """
    pending = bytearray()
    is_first = True
    searched = 0
    for chunk in chunks:
        pending += chunk
        if len(pending) < piece:
            continue
        border = _last_border(pending, searched)
        if border < 0:
            # A border may lie across two chunks; what lies before it is not searched again.
            searched = max(0, len(pending) - 256)
            continue
        yield b"".join((b"" if is_first else b"[", memoryview(pending)[: border + 1], b"]"))
        is_first = False
        del pending[: border + 2]
        searched = 0
    yield (b"" if is_first else b"[") + bytes(pending)


def join_pieces(pieces: Iterable[bytes]) -> bytes:
    """Return the one array that pieces were cut from."""
    parts = list(pieces)
    last = len(parts) - 1
    # Exactly the brackets that cutting added are taken away: what is no array stays none.
    return b",".join(
        part[1 if i else 0 : None if i == last else -1] for i, part in enumerate(parts)
    )


def split_whole(array: bytes) -> list[msgspec.Raw]:
    """Return the objects of one array, not decoded; raise `msgspec.DecodeError` if it is none."""
    return msgspec.json.decode(array, type=list[msgspec.Raw])


def without_surrogates(array: bytes) -> bytes:
    """Return JSON without the escapes of surrogates: a lone one is no text, and stops decoders.

    Only for what did not parse: well-formed pairs are lost too.
    """
    return _SURROGATE.sub(rb"\\ufffd", array)


def _last_border(pending: bytearray, start: int) -> int:
    """Return where the last border is, at or after `start`, or -1."""
    at = len(pending)
    while (at := pending.rfind(_START, start, at)) >= 0:
        if _BORDER.match(pending, at):
            return at
    return -1
