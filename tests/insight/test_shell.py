"""Commands to copy do what they read, whatever things are called."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.insight.shell import drain, list_tasks, roll_back


def test_one_node_is_drained_by_its_id() -> None:
    assert drain(["4yr0be3ppnarh"]) == "docker node update --availability drain 4yr0be3ppnarh"


def test_several_nodes_are_drained_one_by_one() -> None:
    assert drain(["a1", "b2"]) == (
        "printf '%s\\n' a1 b2 | xargs -n 1 docker node update --availability drain"
    )


@pytest.mark.parametrize("ids", [[], ["x; reboot"], ["-f"], ["$(reboot)"], ["A"], [""]])
def test_what_is_no_id_gets_into_no_command(ids: list[str]) -> None:
    assert drain(ids) == ""


def test_no_more_than_twenty_nodes_are_drained_at_once() -> None:
    assert drain([f"n{i}" for i in range(99)]).count(" n") == 20 + 1  # and "-n 1"


@given(st.text())
def test_a_name_is_one_word_that_reads_as_it_is_or_there_is_no_command(name: str) -> None:
    for command in (list_tasks(name), roll_back(name)):
        if command:
            assert shlex.split(command)[-1] == name
            assert command.isprintable()


@pytest.mark.parametrize("name", ["", "--help", "a\x1b[2Jb", "a\nb", "a\u202eb", "\xa0"])
def test_names_that_would_mislead_make_no_command(name: str) -> None:
    assert list_tasks(name) == ""
