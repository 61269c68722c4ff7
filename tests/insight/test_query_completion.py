"""How the word being typed could go on."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.insight.completion import complete
from swarmtui.insight.picture import ErrorGroup, Picture, Place
from swarmtui.insight.query import parse_query
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import TaskState
from tests.factories import at, make_node, make_service

NODES = {
    node.id: node
    for node in (
        make_node("n1", hostname="nipa-1", labels={"disk": "ssd"}),
        make_node("n2", hostname="nipa-2", engine_labels={"disk": "big one"}),
        make_node("n3", hostname="evil\x1b[31m", labels={"gpu": "1"}),
        make_node("n4", hostname="-dash"),
    )
}
PICTURE = Picture(
    at=at(0),
    snapshot=Snapshot(
        nodes=NODES, services={"s1": make_service("s1", name="web", image="nginx:1")}
    ),
    places={
        "n1": Place("eu-west-1", "node label", "Internet Thailand", "node label"),
        "n2": Place("eu-west-1", "node label", "NIPA Technology", "node label"),
        "n3": Place("ap-east-1", "node label", "NIPA Technology", "node label"),
        "n4": Place(),
    },
    errors=[
        ErrorGroup(
            text="e", state=TaskState.PENDING, count=1044, nodes=1, services=1, example="no node"
        )
    ],
)


def candidates(text: str, kind: Kind = Kind.NODES) -> list[str]:
    return [c.text for c in complete(text, len(text), PICTURE, kind).candidates]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("reg", Kind.NODES, ["region:"]),
        ("state:ready -reg", Kind.TASKS, ["region:"]),
        ("Mem", Kind.NODES, ["memory>"]),
        ("slo", Kind.TASKS, ["slot>"]),
        ("slo", Kind.NODES, []),
        ("desi", Kind.SERVICES, ["desired>"]),
        ("desi", Kind.TASKS, ["desired:"]),
        ("nip", Kind.NODES, ["nipa-1", "nipa-2"]),
        ("dash", Kind.NODES, ['"-dash"']),
        ("we", Kind.SERVICES, ["web"]),
        ("region:", Kind.NODES, ["eu-west-1", "ap-east-1", "unplaced"]),
        ("region:EAST", Kind.NODES, ["ap-east-1"]),
        ("region:u", Kind.TASKS, ["unplaced", "eu-west-1"]),
        ("contributor:int", Kind.NODES, ['"Internet Thailand"']),
        ('contributor:"internet t', Kind.NODES, ['"Internet Thailand"']),
        ("hostname:", Kind.NODES, ["-dash", "nipa-1", "nipa-2"]),
        ("state:do", Kind.NODES, ["down", "shutdown"][:1]),
        ("state:do", Kind.TASKS, ["shutdown"]),
        ("mine:", Kind.NODES, ["yes", "no"]),
        ("label:", Kind.NODES, ["disk", "gpu"]),
        ("label:disk=", Kind.NODES, ['"disk=big one"', "disk=ssd"]),
        ("service:", Kind.TASKS, ["web"]),
        ("image:ng", Kind.TASKS, ["nginx:1"]),
        ("error:", Kind.TASKS, ['"no node"']),
        ("engine:", Kind.NODES, ["20.10.24"]),
        ("id:", Kind.NODES, []),
        ("id:n1", Kind.NODES, ["n1"]),
        ("id:s", Kind.SERVICES, ["s1"]),
        ("id:t", Kind.TASKS, []),
        ("tasks>", Kind.NODES, []),
        ("nonsense:", Kind.NODES, []),
        ("hostname~ni", Kind.NODES, []),
    ],
)
def test_fields_and_values_complete(text: str, kind: Kind, expected: list[str]) -> None:
    assert candidates(text, kind) == expected


def test_an_empty_place_offers_the_fields_that_apply() -> None:
    assert "hostname:" not in candidates("", Kind.SERVICES)
    assert {"id:", "state:", "hostname:"} <= set(candidates("state:ready ", Kind.NODES))


def test_the_word_under_the_cursor_is_what_is_replaced() -> None:
    text = "-reg state:ready"
    completion = complete(text, 3, PICTURE, Kind.NODES)
    assert text[: completion.start] + "region:" + text[completion.end :] == "-region: state:ready"


def test_the_value_alone_is_replaced() -> None:
    text = "state:down region:eu tasks>4"
    completion = complete(text, text.index(" tasks"), PICTURE, Kind.NODES)
    assert text[completion.start : completion.end] == "eu"


def test_values_tell_how_many_have_them() -> None:
    (best, *_) = complete("region:", 7, PICTURE, Kind.NODES).candidates
    assert best == ("eu-west-1", "2")


def test_there_are_never_more_than_asked_for() -> None:
    completion = complete("", 0, PICTURE, Kind.TASKS, limit=3)
    assert len(completion.candidates) == 3


@given(st.text() | st.sampled_from(["region:", '"', "-"]), st.integers(-3, 30))
def test_completing_never_fails(text: str, cursor: int) -> None:
    for kind in Kind:
        completion = complete(text, cursor, PICTURE, kind)
        assert 0 <= completion.start <= completion.end <= len(text)


def test_what_is_offered_can_be_parsed() -> None:
    fields = ("region", "contributor", "hostname", "state", "mine", "label", "label:disk", "engine")
    for field, kind in product(fields, (Kind.NODES, Kind.TASKS)):
        text = f"{field}:" if ":" not in field else f"{field}="
        completion = complete(text, len(text), PICTURE, kind)
        for candidate in completion.candidates:
            written = text[: completion.start] + candidate.text
            assert not parse_query(written).misfits(kind)
