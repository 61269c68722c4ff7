"""The documents say what the program does."""

import re
from pathlib import Path

import pytest

from swarmtui.cli.config import Config, parse_config
from swarmtui.cli.printed.node_rows import NodeRow
from swarmtui.cli.printed.service_rows import ServiceRow
from swarmtui.cli.printed.status_json import (
    AgesStatus,
    GroupStatus,
    LeaderStatus,
    ManagerStatus,
    NodesStatus,
    ProblemStatus,
    QuorumStatus,
    ServiceStatus,
    Status,
    TasksStatus,
)
from swarmtui.cli.printed.task_rows import TaskRow
from swarmtui.insight.query import parse_query
from swarmtui.insight.query_help import explain_fields

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    "described",
    [
        Status, ManagerStatus, LeaderStatus, QuorumStatus, NodesStatus, TasksStatus, ServiceStatus,
        GroupStatus, ProblemStatus, AgesStatus, NodeRow, ServiceRow, TaskRow,
    ],
)  # fmt: skip
def test_every_printed_key_is_described(described: type) -> None:
    text = (DOCS / "status-json.md").read_text()
    assert [key for key in described.__struct_fields__ if f"`{key}`" not in text] == []  # type: ignore[attr-defined]


def test_every_field_of_a_filter_is_described_with_what_it_applies_to_and_a_true_example() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([a-z, ]+) \| .* \| `([^`]+)` \|$", _filters(), re.MULTILINE)
    for _, _, example in rows:
        parse_query(example)
    found = [(name, set(kinds.split(", "))) for name, kinds, _ in rows]
    assert found == [(field.name, set(field.kinds)) for field in explain_fields()]


def test_the_example_of_a_filter_is_one() -> None:
    (example,) = re.findall(r"```\n(.*)\n```", _filters())
    parse_query(example)


def test_the_example_of_a_config_sets_everything() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (DOCS / "config.md").read_text(), re.DOTALL)
    config = parse_config(example, file=Path("/config.toml"))
    usual = Config()
    assert [
        key for key in config.__struct_fields__ if getattr(config, key) == getattr(usual, key)
    ] == []


def _filters() -> str:
    return (DOCS / "filters.md").read_text()
