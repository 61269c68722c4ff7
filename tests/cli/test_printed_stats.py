"""`swarmtui stats` as it is printed: rows, the live screen, and what a slow reader gets."""

import json
from datetime import UTC, datetime, timedelta
from threading import Timer
from typing import Any

import pytest

from swarmtui.cli.printed.formats import json_text
from swarmtui.cli.printed.paper import Paper
from swarmtui.cli.printed.stats_board import Board
from swarmtui.cli.printed.stats_rows import Host, spell_memory, spell_traffic
from swarmtui.cli.printed.stats_screen import draw
from swarmtui.swarm.stats import ContainerStats, MachineSeen, StatsSeen, TailSeen, TailState

NOON = datetime(2026, 7, 22, 12, tzinfo=UTC)
TASK = "tz1vqm1zxzk0u0yq6kkhjmn9n"
TERMINAL = Paper(width=120, height=24)


def container(name: str = f"web.1.{TASK}", **changes: Any) -> ContainerStats:
    values: dict[str, Any] = {
        "container_id": name.encode().hex()[:64],
        "container": name,
        "cpu_percent": 12.5,
    }
    return ContainerStats(
        **values | {"memory_bytes": 1 << 20, "memory_limit_bytes": 1 << 30} | changes
    )


def stats(machine: str = "m1", *containers: ContainerStats, after_s: float = 0) -> StatsSeen:
    return StatsSeen(
        taken_at=NOON + timedelta(seconds=after_s),
        machine=machine,
        containers=containers or (container(),),
    )


def tail(state: TailState, machine: str = "m1", text: str = "", *, after_s: float = 0) -> TailSeen:
    return TailSeen(
        taken_at=NOON + timedelta(seconds=after_s), machine=machine, state=state, text=text
    )


def board_of(*names: str, services: dict[str, str] | None = None) -> Board:
    hosts = {name: Host(hostname=f"host-{name}", node_id="") for name in names or ("m1",)}
    return Board(hosts, services=services or {})


def test_a_row_prints_every_field_in_its_order() -> None:
    board = board_of()
    (row,) = board.rows(stats())
    assert json.loads(json_text(row)) == {
        "taken_at": "2026-07-22T12:00:00Z",
        "node_id": "",
        "hostname": "host-m1",
        "container_id": f"web.1.{TASK}".encode().hex()[:64],
        "container": f"web.1.{TASK}",
        "service": "web",
        "task_id": TASK,
        "cpu_percent": 12.5,
        "memory_bytes": 1048576,
        "memory_limit_bytes": 1073741824,
        "net_rx_bytes": None,
        "net_tx_bytes": None,
        "block_read_bytes": None,
        "block_write_bytes": None,
        "pids": None,
    }


def test_a_manager_knows_the_service_better_than_the_containers_name() -> None:
    (row,) = board_of(services={TASK: "shop"}).rows(stats())
    assert row.service == "shop"


def test_a_machine_that_says_which_node_it_is_has_its_id_in_the_rows() -> None:
    board = board_of()
    board.see(MachineSeen(taken_at=NOON, machine="m1", reachable=True, node_id="abc"))
    assert [row.node_id for row in board.rows(stats())] == ["abc"]


@pytest.mark.parametrize(
    ("size", "memory", "traffic"),
    [
        (None, "--", "--"),
        (0, "0B", "0B"),
        (999, "999B", "999B"),
        (1023, "1023B", "1.02kB"),
        (332 * 1024, "332KiB", "340kB"),
        (999_600, "976KiB", "1.00MB"),
        ((1 << 20) - 1, "1.00MiB", "1.05MB"),
        (1_200_000, "1.14MiB", "1.20MB"),
        (25_276_502_016, "23.5GiB", "25.3GB"),
        (1 << 62, "4.00EiB", "4.61EB"),
    ],
)
def test_sizes_are_spelled_as_docker_does(size: int | None, memory: str, traffic: str) -> None:
    assert (spell_memory(size), spell_traffic(size)) == (memory, traffic)


def test_the_screen_shows_the_busiest_first_and_sums_all_up() -> None:
    board = board_of("m1", "m2")
    board.see(tail(TailState.LIVE))
    board.see(tail(TailState.LIVE, "m2"))
    board.see(stats("m1", container("calm", cpu_percent=0.5), container("busy", cpu_percent=150)))
    board.see(stats("m2", container("unknown", cpu_percent=None, memory_bytes=None)))
    lines = draw(board, now=NOON, paper=TERMINAL).splitlines()
    assert lines[0].startswith("2 of 2 machines live  ·  3 containers  ·  CPU 150%  ·  memory 2")
    assert [line.split()[1] for line in lines[2:]] == ["busy", "calm", "unknown"]
    assert "150.00%" in lines[2]
    assert lines[4].split()[2:6] == ["--", "--", "/", "1.00GiB"]


def test_a_task_is_called_as_the_docker_cli_calls_it() -> None:
    board = board_of()
    board.see(stats())
    assert "host-m1  web.1  " in draw(board, now=NOON, paper=TERMINAL)


def test_the_screen_never_needs_more_lines_than_there_are() -> None:
    board = board_of()
    board.see(stats("m1", *(container(f"c{number}") for number in range(100))))
    lines = draw(board, now=NOON, paper=TERMINAL).splitlines()
    assert len(lines) <= 23
    assert lines[-1] == "… 80 more containers, less busy"


def test_numbers_that_are_old_say_how_old() -> None:
    board = board_of()
    board.see(tail(TailState.STALE, text="m1 (10.0.0.1): no stats for 10 s"))
    board.see(stats())
    screen = draw(board, now=NOON + timedelta(seconds=12), paper=TERMINAL)
    assert "0 of 1 machines live, 1 stale" in screen
    assert "stale m1 (10.0.0.1): no stats for 10 s" in screen
    assert "  12s" in screen
    assert "now" not in screen


def test_while_it_is_tried_again_the_reason_stays() -> None:
    board = board_of()
    board.see(tail(TailState.RETRYING, text="m1: nobody listens"))
    board.see(tail(TailState.CONNECTING))
    assert "retrying m1: nobody listens" in draw(board, now=NOON, paper=TERMINAL)
    board.see(tail(TailState.LIVE))
    assert "nobody listens" not in draw(board, now=NOON, paper=TERMINAL)


def test_names_from_outside_cannot_act_on_the_terminal() -> None:
    board = board_of()
    board.see(tail(TailState.REFUSED, text="m1: \x1b]0;owned\x07"))
    board.see(stats("m1", container("\x1b[2Jred")))
    screen = draw(board, now=NOON, paper=TERMINAL)
    assert "\x1b" not in screen
    assert "\x07" not in screen


def test_a_slow_reader_gets_the_newest_sample_of_each_machine() -> None:
    board = board_of("m1", "m2")
    for number in range(100):
        board.see(stats("m1", after_s=number))
    board.see(stats("m2"))
    taken = board.take(timeout_s=0)
    assert [(seen.machine, (seen.taken_at - NOON).total_seconds()) for seen in taken] == [
        ("m1", 99),
        ("m2", 0),
    ]
    assert board.take(timeout_s=0) == []


def test_a_reader_is_woken_by_a_sample() -> None:
    board = board_of()
    waker = Timer(0.01, board.see, [stats()])
    waker.start()
    assert len(board.take(timeout_s=20)) == 1
    waker.join()


def test_each_complaint_is_told_once() -> None:
    board = board_of()
    for _ in range(3):
        board.see(tail(TailState.RETRYING, text="m1: nobody listens"))
        board.see(tail(TailState.CONNECTING))
    board.see(tail(TailState.RETRYING, text="m1: no docker"))
    assert [seen.text for seen in board.take_complaints()] == [
        "m1: nobody listens",
        "m1: no docker",
    ]
    assert board.take_complaints() == []


def test_once_means_that_every_machine_has_told_its_numbers_or_its_trouble() -> None:
    board = board_of("m1", "m2")
    board.see(stats("m1"))
    board.see(tail(TailState.RETRYING, "m2", "m2: nobody listens"))
    assert not board.wait_settled(timeout_s=0)  # the first CPU % of a container is always near 0
    board.see(stats("m1"))
    assert board.wait_settled(timeout_s=0)
    assert board.silent() == ["m2"]
