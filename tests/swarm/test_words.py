"""A word nobody here knows never stops the program."""

import pytest

from swarmtui.swarm.entities import task_name
from swarmtui.swarm.words import (
    FAILURES,
    PIPELINE,
    TASK_STATES,
    Availability,
    NodeState,
    Reachability,
    Role,
    ServiceMode,
    TaskState,
    Word,
)
from tests.factories import make_manager, make_node, make_service, make_task

KINDS: list[type[Word]] = [Availability, NodeState, Reachability, Role, ServiceMode, TaskState]


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_is_read_back_in_any_case(kind: type[Word]) -> None:
    for word in kind:
        assert kind.parse(str(word)) is word
        assert kind.parse(str(word).upper()) is word


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "sleeping", "\x1b[31m", "READY "])
def test_an_unknown_word_is_unknown(kind: type[Word], text: str) -> None:
    assert kind.parse(text) is kind.unknown()


def test_the_pipeline_is_what_comes_before_running_in_the_order_of_life() -> None:
    assert PIPELINE[0] is TaskState.NEW
    assert PIPELINE[-1] is TaskState.STARTING
    assert TaskState.RUNNING not in PIPELINE
    assert TASK_STATES[len(PIPELINE)] is TaskState.RUNNING
    assert not FAILURES & set(PIPELINE)


def test_a_task_is_called_by_service_and_slot_or_node() -> None:
    web = make_service(name="web")
    assert task_name(make_task(slot=7), web) == "web.7"
    assert task_name(make_task(slot=0, node_id="n9"), web) == "web.n9"
    assert task_name(make_task("t1", slot=0, node_id=""), web) == "web.t1"
    assert task_name(make_task(slot=7), None) == "s1.7"


def test_a_node_leads_only_if_its_manager_status_says_so() -> None:
    assert make_manager("m", leader=True).is_leader
    assert not make_manager("m").is_leader
    assert not make_node().is_leader
    assert make_manager("m").is_manager
    assert not make_node().is_manager
