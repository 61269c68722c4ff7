"""Write rows and objects as JSON or CSV, piece by piece, so that memory stays bounded."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import TextIO

import msgspec

from swarmtui.swarm.text import plain

# About 200 KB of JSON at a time: few writes, and 100,000 tasks never stand in memory as text.
_BATCH = 1000
_UNSEEN = re.compile(r"[^\x20-\x7e\n]")
_ENCODER = msgspec.json.Encoder()


class Format(StrEnum):
    """What a printing command prints."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def json_text(value: msgspec.Struct) -> str:
    r"""Return `value` as compact JSON that decodes to the original strings.

    Characters that could act on a terminal are escaped (`\u001b`, `\u202e`), not taken out.
    """
    try:
        text = _ENCODER.encode(value).decode()
    except UnicodeEncodeError:  # a lone surrogate, from an argument that is not UTF-8
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))
    return text if text.isascii() and "\x7f" not in text else _UNSEEN.sub(_escape, text)


def write_json_object(value: msgspec.Struct, stream: TextIO) -> None:
    """Write one object, indented, and a line end."""
    stream.write(msgspec.json.format(json_text(value), indent=2))
    stream.write("\n")


def write_json_array(rows: Iterable[msgspec.Struct], stream: TextIO) -> None:
    """Write one array with one row a line."""
    stream.write("[")
    before = "\n"
    for batch in _batches(rows):
        stream.write(before + ",\n".join(map(json_text, batch)))
        before = ",\n"
    stream.write("]\n" if before == "\n" else "\n]\n")


def write_csv(heads: Sequence[str], rows: Iterable[Iterable[object]], stream: TextIO) -> None:
    """Write a head line and the rows, for spreadsheets: see `csv_cell`."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(map(csv_cell, row) for row in rows)


def write_csv_object(value: msgspec.Struct, stream: TextIO) -> None:
    """Write one object as two columns, `field` and `value`: `nodes.ready,2291`."""
    write_csv(("field", "value"), _flatten(msgspec.to_builtins(value), ""), stream)


def csv_cell(value: object) -> str:
    r"""Return `value` as one cell.

    Text is put on one line and loses control characters; where it begins like a formula
    (`= + - @`) it gets an apostrophe in front, because names come from strangers and spreadsheets
    run formulas. Mappings read `key=value;key=value`, with `\;` and `\\` for their own.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return rfc3339(value)
        case str():
            return _inert(plain(value))
        case Mapping():
            return _inert(plain(";".join(f"{_pair(k)}={_pair(v)}" for k, v in value.items())))
        case _:
            return str(value)


def _flatten(value: object, path: str) -> Iterator[tuple[str, object]]:
    inner: Iterable[tuple[object, object]]
    match value:
        case dict():
            inner = value.items()
        case list() | tuple():
            inner = enumerate(value)
        case _:
            yield path, value
            return
    for key, each in inner:
        yield from _flatten(each, f"{path}.{key}" if path else str(key))


def rfc3339(moment: datetime) -> str:
    """Return a UTC time as JSON has it: `2026-07-22T12:00:00Z`."""
    return moment.isoformat().replace("+00:00", "Z")


def _inert(text: str) -> str:
    # Spreadsheets skip blanks in front of a formula.
    return f"'{text}" if text.lstrip()[:1] in {"=", "+", "-", "@"} else text


def _pair(text: object) -> str:
    return str(text).replace("\\", "\\\\").replace(";", "\\;")


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return char if plain(char) == char else json.dumps(char)[1:-1]


def _batches(rows: Iterable[msgspec.Struct]) -> Iterator[list[msgspec.Struct]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
