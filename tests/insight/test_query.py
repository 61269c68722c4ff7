"""Which nodes, services and tasks a filter means."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.insight.picture import NodeLoad, Picture, Place, ServiceLoad
from swarmtui.insight.query import EVERYTHING, parse_query
from swarmtui.insight.query_fields import FIELDS, Kind
from swarmtui.insight.query_help import explain_fields, explain_grammar
from swarmtui.insight.query_syntax import QueryError
from swarmtui.swarm.entities import Node, Service
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import Availability
from tests.factories import at, make_manager, make_node, make_service, make_task

NODES = (
    make_manager("mg0id", leader=True, hostname="mg0", availability=Availability.DRAIN),
    make_manager("mg1id", reachability="unreachable", hostname="mg1", cpus=4.0),
    make_node(
        "n1id",
        hostname="nipa-cloud-29",
        addr="10.4.0.29",
        state="down",
        labels={"disk": "ssd", "Rack": "a b"},
        engine_version="20.10.24+dfsg1",
    ),
    make_node(
        "n2id",
        hostname="inet-node-039",
        addr="fe80::1",
        engine_labels={"gpu": ""},
        engine_version="1.12.0-rc4",
        memory_bytes=4 << 30,
    ),
    make_node("n3id", hostname="", addr="", engine_version="", cpus=2.0),
)
SERVICES = (
    make_service("s1id", name="web", image="nginx:1.19", labels={"tier": "front"}),
    make_service(
        "s2id", name="web-api", image="local/api:7", update_state="paused", update_message="halted"
    ),
)
TASKS = (
    make_task("t1id", service="s1id", node_id="n1id", slot=7, since=at(-30), image="nginx:1.19"),
    make_task(
        "t2id",
        service="s1id",
        node_id="n2id",
        slot=8,
        state="failed",
        desired="shutdown",
        error="task: non-zero exit (137)",
        since=at(-7200),
    ),
    make_task(
        "t3id", service="s2id", node_id="", slot=1, state="pending", error="no suitable node"
    ),
    make_task("t4id", service="gone", node_id="gone", slot=0, since=at(3)),
)


def make_picture(
    nodes: Iterable[Node] = NODES,
    services: Iterable[Service] = SERVICES,
    *,
    states_since: Mapping[str, datetime] | None = None,
) -> Picture:
    return Picture(
        at=at(0),
        snapshot=Snapshot(
            nodes={node.id: node for node in nodes}, services={s.id: s for s in services}
        ),
        places={
            "n1id": Place(
                "ap-southeast-1", "node label", "NIPA Technology", "claims file", mine=True
            ),
            "n2id": Place("ap-southeast-2", "node label", "Internet Thailand", "claims file"),
        },
        loads={"n1id": NodeLoad(41, 40, 0), "n2id": NodeLoad(3, 1, 12)},
        service_loads={"s1id": ServiceLoad(3, 3, 0), "s2id": ServiceLoad(1500, 900, 5)},
        states_since=states_since or {"n1id": at(-48), "n2id": at(-7200)},
    )


PICTURE = make_picture()


def nodes_of(text: str) -> str:
    found = parse_query(text).filter_nodes(NODES, PICTURE)
    return " ".join(node.id.removesuffix("id") for node in found)


def services_of(text: str) -> str:
    found = parse_query(text).filter_services(SERVICES, PICTURE)
    return " ".join(service.id.removesuffix("id") for service in found)


def tasks_of(text: str) -> str:
    found = parse_query(text).filter_tasks(TASKS, PICTURE)
    return " ".join(task.id.removesuffix("id") for task in found)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_filter_lets_everything_through(text: str) -> None:
    query = parse_query(text)
    assert query.is_empty
    assert query.filter_nodes(NODES, PICTURE) == list(NODES)
    assert query.filter_tasks(TASKS, PICTURE) == list(TASKS)
    assert query.matches_service(SERVICES[0], PICTURE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Bare words: hostname, id, address.
        ("NIPA", "n1"),
        ("n2i", "n2"),
        ("10.4.0", "n1"),
        ('"fe80::1"', "n2"),
        ("i*-*9", "n1 n2"),
        ("-mg", "n1 n2 n3"),
        ("cloud 29", "n1"),
        # Text.
        ("hostname:MG0", "mg0"),
        ("hostname:mg", ""),
        ("hostname:mg*", "mg0 mg1"),
        ("hostname:*", "mg0 mg1 n1 n2"),
        ('hostname:""', "n3"),
        ("hostname~^mg[0-9]$", "mg0 mg1"),
        ("hostname~NODE", "n2"),
        ("-hostname~node|mg", "n1 n3"),
        ("id:n1", "n1"),
        ("id:1", ""),
        ("id:*1id", "mg1 n1"),
        ("id:N", "n1 n2 n3"),
        ("addr:10.4.0.29", "n1"),
        ("addr:10.4.*", "n1"),
        ("addr:10.0.0.0/8", "mg0 mg1 n1"),
        ("addr:fe80::/10", "n2"),
        # Places.
        ("region:AP-southeast-1", "n1"),
        ("region:ap-*", "n1 n2"),
        ("region:unplaced", "mg0 mg1 n3"),
        ('contributor:"internet thailand"', "n2"),
        ("contributor:unclaimed", "mg0 mg1 n3"),
        ("mine:yes", "n1"),
        ("mine:no state:ready hostname:i*", "n2"),
        # Words.
        ("state:down", "n1"),
        ("-state:ready", "n1"),
        ("state:re*", "mg0 mg1 n2 n3"),
        ("role:manager", "mg0 mg1"),
        ("availability:drain", "mg0"),
        ("leader:yes", "mg0"),
        ("-leader:yes role:manager", "mg1"),
        ("reachability:unreachable", "mg1"),
        ("reachability:unknown", ""),
        # Versions.
        ("engine:20.10", "mg0 mg1 n1"),
        ("engine:20.1", ""),
        ("engine<20", "n2"),
        ("engine>=20.10", "mg0 mg1 n1"),
        ("engine>20.10", ""),
        ("engine~rc", "n2"),
        ('engine:""', "n3"),
        # Labels.
        ("label:disk", "n1"),
        ("label:disk=SSD", "n1"),
        ("label:disk=hdd", ""),
        ('label:rack="a b"', "n1"),
        ("label:rack=a*", "n1"),
        ("label:gpu", "n2"),
        ("label:gpu=", "n2"),
        ("label~^g.u=$", "n2"),
        ("-label:disk", "mg0 mg1 n2 n3"),
        # Numbers.
        ("tasks>40", "n1"),
        ("tasks:3", "n2"),
        ("tasks<0.1k tasks>0", "n1 n2"),
        ("tasks:0", "mg0 mg1 n3"),
        ("failures>=12", "n2"),
        ("cpus>1", "mg1 n3"),
        ("memory>512M", "n2"),
        ("memory:4G", "n2"),
        ("memory<=0.5GiB", "mg0 mg1 n1 n3"),
        ("age<1m", "n1"),
        ("age:2h", "n2"),
        ("age>=1h30m", "n2"),
        ("-age<1m", "mg0 mg1 n2 n3"),
        # Together.
        ('region:ap-* contributor:"NIPA Technology" -state:ready tasks>40 label:disk=ssd', "n1"),
    ],
)
def test_nodes_are_filtered(text: str, expected: str) -> None:
    assert nodes_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web", "s1 s2"),
        ("NGINX", "s1"),
        ("service:web", "s1"),
        ("service:s2", "s2"),
        ("service~api", "s2"),
        ("image:nginx", "s1"),
        ("image:l*7", "s2"),
        ("state:paused", "s2"),
        ('state:""', "s1"),
        ("error:halt", "s2"),
        ("desired>1k", "s2"),
        ("tasks<1k", "s1 s2"),
        ("missing:600", "s2"),
        ("missing:0 failures:0", "s1"),
        ("label:tier=front", "s1"),
        ("age<1s", "s1 s2"),
    ],
)
def test_services_are_filtered(text: str, expected: str) -> None:
    assert services_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web.7", "t1"),
        ("nipa", "t1"),
        ("t3", "t3"),
        ("-web", "t4"),
        ("gone.gone", "t4"),
        ("id:t2", "t2"),
        ("service:web", "t1 t2"),
        ("service:gone", "t4"),
        ("state:running", "t1 t4"),
        ("-state:running", "t2 t3"),
        ("desired:shutdown", "t2"),
        ('error:"non-zero EXIT"', "t2"),
        ("error:*", "t2 t3"),
        ('error:""', "t1 t4"),
        (r"error~exit.\(\d+\)", "t2"),
        ("image:nginx", "t1"),
        ("slot>=7", "t1 t2"),
        ("age<1m", "t1 t3 t4"),
        ("age<=0s", "t3 t4"),
        ("hostname:nipa*", "t1"),
        ("region:ap-southeast-2", "t2"),
        ("-region:ap-southeast-2", "t1 t3 t4"),
        ("mine:yes", "t1"),
        ("leader:no", "t1 t2"),
        ("label:disk", "t1"),
        ("tasks>40 state:running", "t1"),
        ("failures>0", "t2"),
        ("memory>1G", "t2"),
    ],
)
def test_tasks_are_filtered_by_what_they_are_and_by_their_node(text: str, expected: str) -> None:
    assert tasks_of(text) == expected


def test_one_thing_at_a_time_and_all_at_once_agree() -> None:
    texts = ("web", "-state:running", "region:ap-* age<1m", 'hostname:""', "service:web -slot:7")
    for query, task in product(map(parse_query, texts), TASKS):
        both = query.matches_task(task, PICTURE), bool(query.filter_tasks([task], PICTURE))
        assert both[0] is both[1]


def test_the_same_query_follows_the_picture_it_is_asked_with() -> None:
    query = parse_query("state:ready hostname:nipa*")
    mended = make_picture([make_node("n1id", hostname="nipa-cloud-29")])
    on_ready = parse_query("hostname:nipa-cloud-29")
    renamed = make_picture([make_node("n1id", hostname="other")])
    assert not query.filter_nodes(NODES, PICTURE)
    assert query.filter_nodes(mended.snapshot.nodes.values(), mended)
    assert on_ready.matches_task(TASKS[0], PICTURE)
    assert not on_ready.matches_task(TASKS[0], renamed)


def test_a_field_that_does_not_apply_matches_nothing_and_is_named() -> None:
    query = parse_query("slot:7 hostname:nipa*")
    assert query.filter_nodes(NODES, PICTURE) == []
    assert query.filter_services(SERVICES, PICTURE) == []
    assert query.misfits(Kind.NODES) == (("slot:7", "slot does not apply to nodes"),)
    assert [misfit.term for misfit in query.misfits(Kind.SERVICES)] == ["slot:7", "hostname:nipa*"]
    assert query.misfits(Kind.TASKS) == ()


def test_excluding_by_a_field_that_does_not_apply_matches_nothing_too() -> None:
    assert services_of("-hostname:mg0") == ""


def test_a_state_that_is_another_kinds_is_never_there() -> None:
    query = parse_query("state:down")
    (misfit,) = query.misfits(Kind.TASKS)
    assert misfit.reason.startswith("no state down")
    assert query.filter_tasks(TASKS, PICTURE) == []


def test_excluding_a_state_that_is_another_kinds_excludes_nothing() -> None:
    assert tasks_of("-state:down") == "t1 t2 t3 t4"
    assert parse_query("-state:down").misfits(Kind.TASKS) == ()


def test_desired_is_a_number_of_services_and_a_state_of_tasks() -> None:
    assert [m.reason for m in parse_query("desired>5").misfits(Kind.TASKS)] == [
        "desired has no order: use : or ~"
    ]
    assert [m.reason for m in parse_query("desired:running").misfits(Kind.SERVICES)] == [
        "running is not a number"
    ]


def test_queries_of_the_same_text_are_equal() -> None:
    assert parse_query("a") == parse_query("a") != parse_query("b")
    assert len({parse_query("a"), parse_query("a"), EVERYTHING}) == 2


def test_a_pattern_is_tried_once_for_each_different_error() -> None:
    class Counted(str):
        __slots__ = ()
        seen = 0

        def __getitem__(self, key: object) -> str:
            Counted.seen += 1
            return str(self)

    error = Counted("no suitable node")
    tasks = [make_task(f"t{n}", error=error) for n in range(500)]
    assert len(parse_query("error~suitable").filter_tasks(tasks, PICTURE)) == 500
    assert Counted.seen == 1


def test_every_field_is_explained_with_an_example_that_works() -> None:
    helps = explain_fields()
    assert [line.name for line in helps] == list(FIELDS)
    for line in helps:
        query = parse_query(line.example)
        assert line.help
        assert not all(query.misfits(kind) for kind in line.kinds)
    assert all(form and meaning for form, meaning in explain_grammar())


WORDS = st.text(max_size=5) | st.sampled_from(["ready", "5", "1G", "2m", "yes", "10.0.0.0/8", "*"])
TERMS = st.tuples(
    st.sampled_from(["", "-"]),
    st.sampled_from(list(FIELDS)),
    st.sampled_from([":", "~", ">", "<="]),
    WORDS,
).map("".join)


@given(st.lists(TERMS, max_size=3).map(" ".join))
def test_a_query_that_was_read_never_fails_on_what_it_filters(text: str) -> None:
    try:
        query = parse_query(text)
    except QueryError:
        return
    assert all(node in NODES for node in query.filter_nodes(NODES, PICTURE))
    assert all(service in SERVICES for service in query.filter_services(SERVICES, PICTURE))
    assert all(task in TASKS for task in query.filter_tasks(TASKS, PICTURE))
