"""The crowd is distributed as in the list published after Swarm2k."""

from collections import Counter

import pytest

from swarmtui.simulator.fleet import NEVER, Machine, crowd, managers
from swarmtui.simulator.lots import LOTS, OUTAGE_REGION, scaled_lots


@pytest.fixture(scope="module")
def machines() -> list[Machine]:
    return crowd(2381, seed="test", hostile=False)


def test_there_are_2384_node_ids_under_2058_hostnames(machines: list[Machine]) -> None:
    hostnames = [machine.hostname for machine in [*managers(3), *machines]]

    assert len(hostnames) == 2384
    assert len(set(hostnames)) == 2058


def test_hostnames_repeat_as_they_did(machines: list[Machine]) -> None:
    names = Counter(machine.hostname for machine in machines)

    assert names["lynx-docker"] == 96
    assert names["base"] == 45
    assert Counter(names.values()) == {1: 1877, 2: 170, 3: 5, 8: 1, 45: 1, 96: 1}


def test_23_contributors_bring_2200_nodes(machines: list[Machine]) -> None:
    brought = Counter(machine.contributor for machine in machines if machine.contributor)

    assert len(brought) == 23
    assert sum(brought.values()) == 2200
    assert [number for _, number in brought.most_common(5)] == [1200, 264, 200, 102, 100]
    assert min(brought.values()) == 1


def test_72_machines_are_gone_by_the_peak_and_28_names_left_a_ghost(
    machines: list[Machine],
) -> None:
    gone = {machine.hostname for machine in machines if machine.lost_at != NEVER}
    there = {machine.hostname for machine in machines if machine.lost_at == NEVER}

    assert sum(machine.lost_at != NEVER for machine in machines) == 72
    assert len(gone & there) == 28


def test_a_ghost_was_there_before_its_machine_came_back(machines: list[Machine]) -> None:
    by_name: dict[str, list[Machine]] = {}
    for machine in machines:
        if machine.hostname.startswith("dockerswarm2k-"):
            by_name.setdefault(machine.hostname, []).append(machine)

    assert len(by_name) == 24
    for ghost, returned in by_name.values():
        assert ghost.joins_at < ghost.lost_at < returned.joins_at
        assert returned.lost_at == NEVER


def test_no_two_machines_share_an_address(machines: list[Machine]) -> None:
    addresses = [machine.address for machine in [*managers(3), *machines]]

    assert len(set(addresses)) == len(addresses)
    assert all(address.startswith("10.") for address in addresses)


def test_ten_thousand_machines_have_addresses_and_names_too() -> None:
    machines = crowd(9_997, seed="test", hostile=False)

    assert len({machine.address for machine in machines}) == 9_997
    assert all(int(part) < 256 for machine in machines for part in machine.address.split("."))


def test_three_machines_are_black_holes_each_of_its_own_kind(machines: list[Machine]) -> None:
    troubles = [machine.trouble for machine in machines if machine.trouble is not None]

    assert len(troubles) == len(set(troubles)) == 3


def test_most_say_their_region_by_label_some_by_name_and_a_few_not_at_all(
    machines: list[Machine],
) -> None:
    by_node_label = sum("region" in machine.node_labels for machine in machines)
    by_engine_label = sum("region" in machine.engine_labels for machine in machines)
    silent = [machine for machine in machines if machine.region is None]

    assert by_node_label > 1500
    assert by_engine_label > 300
    assert 0 < len(silent) < 100
    assert any(machine.hostname.startswith("nyc3-") for machine in machines)


def test_200_machines_are_in_the_region_that_will_go_away(machines: list[Machine]) -> None:
    assert sum(machine.region == OUTAGE_REGION for machine in machines) == 200


def test_the_lots_add_up_to_all_but_the_managers() -> None:
    assert sum(lot.rows for lot in LOTS) == 2381


@pytest.mark.parametrize("wanted", [1, 7, 60, 1000, 9_997])
def test_the_crowd_shrinks_and_grows_to_any_size(wanted: int) -> None:
    assert sum(lot.rows for lot in scaled_lots(wanted)) == wanted
    assert len(crowd(wanted, seed="test", hostile=False)) == wanted


def test_the_same_seed_gives_the_same_crowd(machines: list[Machine]) -> None:
    assert crowd(2381, seed="test", hostile=False) == machines
    assert crowd(2381, seed="other", hostile=False) != machines


def test_a_hostile_crowd_has_names_and_labels_that_break_programs() -> None:
    machines = crowd(2381, seed="test", hostile=True)
    hostnames = " ".join(machine.hostname for machine in machines)
    labels = " ".join(
        f"{key}={value}" for machine in machines for key, value in machine.node_labels.items()
    )

    for said in (hostnames, labels):
        assert "[bold red]" in said
        assert "\x1b[2J" in said
        assert "\u202e" in said
        assert "x" * 300 in said
    assert any(machine.clock_skew_s for machine in machines)
