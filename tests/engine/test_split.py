"""Cutting arrays at the borders between their objects."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmtui.engine.split import join_pieces, split_objects

PAYLOADS = Path(__file__).parent.parent / "data" / "payloads"
TASKS = [json.loads(path.read_text()) for path in sorted(PAYLOADS.glob("task-*.json"))]
CSI = TASKS[0] | {
    "ID": "task-with-volumes",
    "Volumes": [
        {"ID": "volume1", "Source": "a", "Target": "/a"},
        {"ID": "volume2", "Source": "b", "Target": "/b"},
    ],
}
TRAP = TASKS[0] | {"ID": "trap", "Status": {"Err": '},{"ID":"x","Version":{'}}
NESTED = TASKS[0] | {"ID": "nested", "Odd": [{"A": 1}, {"ID": "y", "Version": {"Index": 1}}]}


def body_of(objects: list[dict[str, object]]) -> bytes:
    """Return an array as Go writes it: no spaces, a line end."""
    return json.dumps(objects, separators=(",", ":")).encode() + b"\n"


def cut(body: bytes, places: list[int]) -> Iterator[bytes]:
    borders = sorted({place % (len(body) + 1) for place in places})
    for start, end in zip([0, *borders], [*borders, len(body)], strict=True):
        yield body[start:end]


BODY = body_of([*TASKS, CSI, TRAP] * 3)


# No deadline: the machine that runs the tests may be busy.
@settings(deadline=None)
@given(places=st.lists(st.integers(0, len(BODY)), max_size=30), piece=st.integers(1, 20_000))
def test_any_cut_of_a_body_gives_the_same_objects(places: list[int], piece: int) -> None:
    pieces = list(split_objects(cut(BODY, places), piece=piece))
    objects = [task for part in pieces for task in json.loads(part)]
    assert objects == json.loads(BODY)


def test_a_large_body_is_cut_into_pieces() -> None:
    pieces = list(split_objects(cut(BODY, list(range(0, len(BODY), 1000))), piece=5000))
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 10_000


def test_volumes_and_error_texts_are_no_borders() -> None:
    for objects in ([CSI, CSI], [TRAP, TRAP]):
        body = body_of(objects)
        # Byte by byte, so that every place is tried as a border.
        pieces = list(split_objects((bytes([byte]) for byte in body), piece=1))
        assert [json.loads(piece) for piece in pieces] == [[objects[0]], [objects[1]]]


def test_a_body_without_borders_stays_whole() -> None:
    for body in (b"[]\n", b"null\n", b"", json.dumps(TASKS, indent=2).encode()):
        assert b"".join(split_objects(cut(body, [1, 2]), piece=1)) == body


@settings(deadline=None)
@given(places=st.lists(st.integers(0, 10_000), max_size=10), piece=st.integers(1, 5000))
def test_pieces_cut_in_the_wrong_place_can_be_joined_again(places: list[int], piece: int) -> None:
    body = body_of([NESTED, *TASKS, NESTED])
    pieces = list(split_objects(cut(body, places), piece=piece))
    assert msgspec.json.decode(join_pieces(pieces)) == json.loads(body)
