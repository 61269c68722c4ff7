"""The roll call as it is printed: trouble first, and how many are in."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from swarmtui.cli.printed.formats import write_csv
from swarmtui.cli.printed.paper import Paper
from swarmtui.cli.printed.roll_call_rows import (
    ROLL_CALL_COLUMNS,
    RollCallRow,
    csv_values,
    find_swarms,
    roll_call_rows,
    sum_up,
)
from swarmtui.cli.printed.stats_rows import StatsRow
from swarmtui.cli.printed.table import write_table
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen, SwarmState

NOON = datetime(2026, 7, 22, 12, tzinfo=UTC)


def rows_of(**answers: dict[str, Any]) -> list[RollCallRow]:
    machines = [
        Machine(name=name, addr=f"10.0.0.{i}", region="ams3") for i, name in enumerate(answers)
    ]
    seen = {name: _seen(machine=name, **answer) for name, answer in answers.items()}
    return roll_call_rows(machines, seen)


def _seen(*, reachable: bool = True, **answer: Any) -> MachineSeen:
    return MachineSeen(taken_at=NOON, reachable=reachable, **answer)


IN: dict[str, Any] = {
    "swarm_state": SwarmState.ACTIVE,
    "node_id": "abc",
    "managers": ("10.0.0.7:2377",),
}
GONE: dict[str, Any] = {"reachable": False, "error": "m9 (10.0.0.0): nobody listens at 10.0.0.0:22"}


def test_trouble_comes_first_then_the_name() -> None:
    rows = rows_of(
        m10=IN,
        m2=IN,
        idle={"swarm_state": SwarmState.INACTIVE},
        waiting={"swarm_state": SwarmState.PENDING},
        locked={"swarm_state": SwarmState.LOCKED},
        gone=GONE,
        broken={"swarm_state": SwarmState.ERROR},
        nameless={"swarm_state": SwarmState.ACTIVE},
        strange={"error": "its swarm state is 'asleep', which is not known here"},
    )
    assert [row.machine for row in rows] == [
        "gone", "strange", "nameless", "broken", "locked", "waiting", "idle", "m2", "m10",
    ]  # fmt: skip
    assert [row.machine for row in rows if row.is_in] == ["m2", "m10"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (GONE, GONE["error"]),
        ({"swarm_state": SwarmState.PENDING, "join_error": "no route to CA"}, "no route to CA"),
        (IN, ""),
    ],
)
def test_the_error_says_why_it_is_not_in(answer: dict[str, Any], error: str) -> None:
    (row,) = rows_of(m9=answer)
    assert row.error == error


def test_the_table_does_not_repeat_the_name_in_the_reason() -> None:
    out = io.StringIO()
    rows = rows_of(m9=GONE)
    write_table(ROLL_CALL_COLUMNS, lambda: rows, stream=out, paper=Paper(width=200))
    assert "✗ not reached  m9 " in out.getvalue()
    assert out.getvalue().endswith("  nobody listens at 10.0.0.0:22\n")


def test_a_spreadsheet_gets_the_managers_as_one_text() -> None:
    rows = rows_of(m1=IN | {"managers": ("10.0.0.7:2377", "10.0.0.8:2377")})
    out = io.StringIO()
    write_csv(RollCallRow.__struct_fields__, map(csv_values, rows), out)
    (read,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert read["managers"] == "10.0.0.7:2377;10.0.0.8:2377"
    assert (read["swarm_state"], read["clock_offset_s"]) == ("active", "")


def _summary(rows: list[RollCallRow]) -> list[str]:
    return ["".join(span.text for span in line) for line in sum_up(rows)]


def test_the_last_line_counts() -> None:
    said = _summary(rows_of(a=IN, b=IN, c=GONE, d={"swarm_state": SwarmState.INACTIVE}))
    assert said[-1] == "4 machines: 2 in, 1 in no swarm, 1 not reached"
    assert _summary(rows_of(a=IN))[-1] == "1 machine: 1 in"


def test_the_ports_of_the_managers_are_unknown_unless_docker_names_them() -> None:
    error = "Error while dialing dial tcp 10.0.0.7:2377: connect: connection refused"
    rows = rows_of(a=IN, b={"swarm_state": SwarmState.PENDING, "join_error": error}, c=GONE)
    assert {row.machine: (row.tcp_2377, row.tcp_7946) for row in rows} == {
        "a": ("unknown", "unknown"),
        "b": ("refused", "unknown"),
        "c": ("unknown", "unknown"),
    }
    assert _summary(rows)[0] == (
        "ports of their managers, seen from there: 2377 refused 1, unknown 1; 7946 unknown 2"
    )
    assert _summary(rows_of(c=GONE)) == ["1 machine: 1 not reached"]


def test_machines_in_different_swarms_are_told() -> None:
    other = IN | {"managers": ("10.9.0.1:2377",)}
    assert _summary(rows_of(a=IN, b=IN, c=other))[-1] == (
        "in 2 different swarms, by the managers they know: 2 with 10.0.0.7:2377, "
        "1 with 10.9.0.1:2377"
    )


def test_machines_that_know_some_manager_in_common_are_in_one_swarm() -> None:
    assert find_swarms([("a", "b"), ("c",), (), ("b", "c"), ("d",)]) == [
        (frozenset("abc"), 3),
        (frozenset("d"), 1),
    ]


def test_a_clock_that_is_far_off_is_shown_with_its_sign() -> None:
    out = io.StringIO()
    rows = rows_of(a=IN | {"clock_offset_s": -61.26}, b=IN | {"clock_offset_s": 0.004})
    write_table(ROLL_CALL_COLUMNS, lambda: rows, stream=out, paper=Paper(width=200))
    assert "-61.3s" in out.getvalue()
    assert "+0.0s" in out.getvalue()


def test_every_printed_key_is_described() -> None:
    text = (Path(__file__).parents[2] / "docs" / "machines.md").read_text()
    keys = (*RollCallRow.__struct_fields__, *StatsRow.__struct_fields__)
    assert [key for key in keys if f"`{key}`" not in text] == []
