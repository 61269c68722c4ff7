"""Set the format of recordings beside SQLite: size, time to write, and what damage leaves.

    python -m bench.recording_store FILE [--damages 200]

FILE is a recording. Its blocks are written once as they are, into a file of their own, and once as
rows of a table, compressed just as much, in WAL mode; each block is a second: one write and fsync
here, one transaction there. Then both are damaged in the same ways, over and over, and what can
still be read of them is counted: every row and block that comes back as it was.
"""

import argparse
import os
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

import zstandard

from bench.terminal import percentile
from swarmtui.recording.blocks import MAGIC, Block, BlockKind, Packer, find_blocks, unpack_payload

LEVEL = 7
PAGE = 4_096
"""What a disk loses at once, and what SQLite reads and writes."""


class Second(NamedTuple):
    """What is written at once."""

    block: Block
    payload: bytes


class Store(Protocol):
    """A way to keep blocks in one file, or a file and others beside it."""

    name: str

    def write(self, path: Path, seconds: Sequence[Second]) -> Iterator[float]:
        """Write one after the other, yielding the seconds that each took; close at the end."""

    def read(self, path: Path) -> set[int]:
        """Return the numbers of the blocks that can be read and are as they were."""


class Blocks:
    """A recording's own format."""

    name = "recording"

    def write(self, path: Path, seconds: Sequence[Second]) -> Iterator[float]:
        """Append block by block."""
        packer = Packer()
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        os.write(file, MAGIC)
        for block, payload in seconds:
            began = time.perf_counter()
            os.write(
                file,
                packer.pack(
                    block.kind,
                    payload,
                    begins=block.begins,
                    ends=block.ends,
                    weight=block.weight,
                ),
            )
            os.fsync(file)
            yield time.perf_counter() - began
        os.close(file)

    def read(self, path: Path) -> set[int]:
        """Go from block to block, and over what is none."""
        data = path.read_bytes()
        if not data.startswith(MAGIC):
            return set()
        blocks = [each for each in find_blocks(data, len(MAGIC)) if isinstance(each, Block)]
        return {each.number for each in blocks if unpack_payload(data, each) is not None}


class Table:
    """Compressed records in a table of SQLite."""

    def __init__(self, synchronous: str) -> None:
        self.name = f"SQLite, {synchronous}"
        self._synchronous = synchronous

    def write(self, path: Path, seconds: Sequence[Second]) -> Iterator[float]:
        """Insert row by row."""
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            base.execute("PRAGMA journal_mode=WAL")
            base.execute(f"PRAGMA synchronous={self._synchronous}")
            base.execute(
                "CREATE TABLE blocks (number INTEGER PRIMARY KEY, kind INTEGER, begins INTEGER,"
                " ends INTEGER, weight INTEGER, payload BLOB)"
            )
            for number, (block, payload) in enumerate(seconds):
                began = time.perf_counter()
                packed = zstandard.ZstdCompressor(level=LEVEL).compress(payload)
                row = (number, block.kind, *_times(block), block.weight, packed)
                base.execute("BEGIN")
                base.execute("INSERT INTO blocks VALUES (?,?,?,?,?,?)", row)
                base.execute("COMMIT")
                yield time.perf_counter() - began

    def read(self, path: Path) -> set[int]:
        """Ask for all rows, and for those behind a damaged one by their numbers."""
        whole: set[int] = set()
        with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as base:
            with suppress(sqlite3.Error):
                for number, packed in base.execute("SELECT number, payload FROM blocks"):
                    _note(whole, number, packed)
            for number in range(max(whole, default=-1) + 1, 100_000):
                found = self._find(base, number)
                if found is None and number > max(whole, default=0) + 500:
                    break
                if found:
                    _note(whole, number, found)
        return whole

    def _find(self, base: sqlite3.Connection, number: int) -> bytes | None:
        with suppress(sqlite3.Error):
            row = base.execute("SELECT payload FROM blocks WHERE number=?", (number,)).fetchone()
            return row[0] if row else None
        return None


def _times(block: Block) -> tuple[int, int]:
    return int(block.begins.timestamp() * 1e6), int(block.ends.timestamp() * 1e6)


def _note(whole: set[int], number: int, packed: bytes) -> None:
    with suppress(zstandard.ZstdError, TypeError):
        zstandard.ZstdDecompressor().decompress(packed)
        whole.add(number)


STORES: tuple[Store, ...] = (Blocks(), Table("NORMAL"), Table("FULL"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--damages", type=int, default=200, help="of each kind")
    options = parser.parse_args()
    seconds = list(_read(options.file))
    raw = sum(len(each.payload) for each in seconds)
    print(f"{len(seconds):,} blocks, {raw / 1e6:.1f} MB unpacked")
    with tempfile.TemporaryDirectory(dir=options.file.parent) as folder:
        for store in STORES:
            _compare(store, Path(folder), seconds, damages=options.damages)


def _read(file: Path) -> Iterator[Second]:
    data = file.read_bytes()
    for block in find_blocks(data, len(MAGIC)):
        if isinstance(block, Block) and block.kind is not BlockKind.END:
            payload = unpack_payload(data, block)
            if payload is not None:
                yield Second(block, payload)


def _compare(store: Store, folder: Path, seconds: Sequence[Second], *, damages: int) -> None:
    path = folder / store.name
    copies = _copy_while_writing(store, path, seconds)
    took, while_open = copies.took, copies.while_open
    size = path.stat().st_size
    every = set(range(len(seconds)))
    assert store.read(path) == every
    print(f"\n{store.name}")
    print(
        f"  size                    {size / 1e6:8.2f} MB, while written {while_open / 1e6:.2f} MB"
    )
    print(
        f"  a second's write        p50 {percentile(took, 0.5) * 1e3:.2f} ms,"
        f" p99 {percentile(took, 0.99) * 1e3:.1f} ms, {sum(took):.2f} s in all"
    )
    _tell("cp of the file meanwhile", copies.alone)
    _tell("cp of all its files", copies.together)
    for name, damage in (
        ("a bit is flipped", _flip),
        ("a page is zero", _wipe),
        ("the end is missing", _truncate),
    ):
        _tell(name, [_survive(store, path, damage, seed, len(every)) for seed in range(damages)])


class Copies(NamedTuple):
    """What was found while a store was written, and copied meanwhile."""

    took: list[float]
    while_open: int
    """Most bytes on disk."""
    alone: list[float]
    """Share of the blocks written that a copy of the file has."""
    together: list[float]
    """The same of a copy of the file and those beside it."""


def _copy_while_writing(store: Store, path: Path, seconds: Sequence[Second]) -> Copies:
    copies = Copies([], 0, [], [])
    while_open = 0
    every = max(1, len(seconds) // 20)
    for number, took in enumerate(store.write(path, seconds), start=1):
        copies.took.append(took)
        while_open = max(while_open, sum(each.stat().st_size for each in _files(path)))
        if number % every == 0:
            copy = path.with_name("copy")
            shutil.copy(path, copy)
            copies.alone.append(len(store.read(copy)) / number)
            for each in _files(path):
                shutil.copy(each, copy.with_name(each.name.replace(path.name, copy.name)))
            copies.together.append(len(store.read(copy)) / number)
            for each in _files(copy):
                each.unlink()
    return copies._replace(while_open=while_open)


def _files(path: Path) -> Sequence[Path]:
    """Return a file and those beside it; the write-ahead log goes last, as `cp` sorts them."""
    return sorted(path.parent.glob(f"{path.name}*"))


def _survive(
    store: Store, path: Path, damage: Callable[[Path, random.Random], float], seed: int, count: int
) -> float:
    """Return which share of the blocks that could be there at best is there after a damage."""
    copy = path.with_name("damaged")
    shutil.copy(path, copy)
    left = damage(copy, random.Random(seed))
    share = len(store.read(copy)) / (count * left)
    for each in _files(copy):
        each.unlink()
    return min(1.0, share)


def _flip(path: Path, chance: random.Random) -> float:
    with path.open("r+b") as file:
        place = chance.randrange(path.stat().st_size)
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes((byte ^ 1 << chance.randrange(8),)))
    return 1.0


def _wipe(path: Path, chance: random.Random) -> float:
    with path.open("r+b") as file:
        file.seek(chance.randrange(path.stat().st_size // PAGE) * PAGE)
        file.write(bytes(PAGE))
    return 1.0


def _truncate(path: Path, chance: random.Random) -> float:
    left = chance.uniform(0.2, 1.0)
    os.truncate(path, int(path.stat().st_size * left))
    return left


def _tell(what: str, shares: Sequence[float]) -> None:
    lost = sum(share < 0.01 for share in shares) / len(shares)
    print(
        f"  {what:<24}{statistics.mean(shares):8.1%} of the blocks are left,"
        f" at worst {min(shares):.1%}; nothing at all in {lost:.0%} of the cases"
    )


if __name__ == "__main__":
    main()
