"""Cut a stream of bytes into records and back: a header, then length-prefixed records."""

from collections.abc import Iterator
from typing import IO

HEADER = b"swarmtui stream 1\n"
"""What every stream and recording begins with; the number is the version of the records."""

MOST_BYTES = 64 << 20
"""Longest record accepted: 30,000 nodes in one are 20 MB, so more is damage, not data."""

_PREFIX = 4


class StreamError(Exception):
    """The bytes are not a stream of this program, of another version, or damaged."""


def frame(record: bytes) -> bytes:
    """Return the record with its length before it, as it stands in a stream."""
    return len(record).to_bytes(_PREFIX, "big") + record


def read_records(source: IO[bytes]) -> Iterator[bytes]:
    """Yield the records of a stream until its end; a record cut off by the end is left out.

    `source` must return short reads only at its end, as buffered readers do.
    Raises `StreamError` where the bytes cannot be a stream.
    """
    header = source.read(len(HEADER))
    if header != HEADER:
        raise StreamError(_foreign(header))
    while len(prefix := source.read(_PREFIX)) == _PREFIX:
        length = int.from_bytes(prefix, "big")
        if length > MOST_BYTES:
            raise StreamError(f"a record of {length:,} bytes: the stream is damaged")
        record = source.read(length)
        if len(record) < length:
            return
        yield record


def _foreign(header: bytes) -> str:
    if not header:
        return "the stream ended before it began"
    name, _, version = HEADER.rpartition(b" ")
    if header.startswith(name):
        found = header[len(name) :].strip().decode("ascii", "replace")
        return f"stream of version {found}; this program reads version {version.decode().strip()}"
    return "not a stream of swarmtui"
