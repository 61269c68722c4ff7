"""The containers of tailed machines, kept up from one picture to the next."""

from collections.abc import Sequence

import msgspec
import pytest

from swarmtui.insight.containers import ContainerRow, MachineRow
from swarmtui.tui.views.container_rows import ContainerRows
from tests.tui.machines import make_container, make_live


def sampled(name: str, *ids: str, cpu: float = 1.0, **fields: str) -> list[ContainerRow]:
    return [make_container(name, id_, cpu_percent=cpu, **fields) for id_ in ids]


class Followed:
    """Rows that follow pictures of machines."""

    def __init__(self) -> None:
        self.kept = ContainerRows()
        self.machines: dict[str, MachineRow] = {}
        self.containers: dict[str, Sequence[ContainerRow]] = {}

    def tell(self, name: str, *rows: ContainerRow, minds_figures: bool = True) -> set[str]:
        """Take a new sample of one machine, and return what changed of all."""
        self.machines = {**self.machines, name: make_live(name)}
        self.containers = {**self.containers, name: rows}
        return self.follow(minds_figures=minds_figures)

    def stop(self, name: str) -> set[str]:
        self.machines = {key: row for key, row in self.machines.items() if key != name}
        return self.follow()

    def follow(self, *, minds_figures: bool = True) -> set[str]:
        flat = [row for rows in self.containers.values() for row in rows]
        return self.kept.follow(self.machines, flat, minds_figures=minds_figures)

    @property
    def keys(self) -> set[str]:
        return set(self.kept.rows)


@pytest.fixture
def followed() -> Followed:
    followed = Followed()
    followed.tell("m1", *sampled("m1", "a", "b"))
    followed.tell("m2", *sampled("m2", "a"))
    return followed


def test_only_the_rows_of_a_machine_that_told_something_change(followed: Followed) -> None:
    assert followed.keys == {"m1/a", "m1/b", "m2/a"}
    assert followed.tell("m2", *sampled("m2", "a", cpu=9.0)) == {"m2/a"}
    assert followed.kept.rows["m2/a"].stats.cpu_percent == 9.0
    assert followed.follow() == set()


def test_containers_come_and_go(followed: Followed) -> None:
    assert followed.tell("m1", *sampled("m1", "b", "c")) == {"m1/a", "m1/b", "m1/c"}
    assert followed.keys == {"m1/b", "m1/c", "m2/a"}
    assert followed.tell("m1") == {"m1/b", "m1/c"}
    assert followed.keys == {"m2/a"}


def test_rows_of_a_machine_that_is_tailed_no_more_go(followed: Followed) -> None:
    assert followed.stop("m1") == {"m1/a", "m1/b"}
    assert followed.keys == {"m2/a"}


def test_figures_alone_change_nothing_for_who_does_not_mind_them(followed: Followed) -> None:
    assert followed.tell("m2", *sampled("m2", "a", cpu=9.0), minds_figures=False) == set()
    assert followed.kept.rows["m2/a"].stats.cpu_percent == 9.0
    assert followed.tell("m2", *sampled("m2", "a", "b"), minds_figures=False) == {"m2/a", "m2/b"}


def test_another_name_is_no_figure(followed: Followed) -> None:
    rows = sampled("m2", "a", hostname="other")
    assert followed.tell("m2", *rows, minds_figures=False) == {"m2/a"}
    (row,) = rows
    stats = msgspec.structs.replace(row.stats, container="renamed")
    renamed = msgspec.structs.replace(row, stats=stats)
    assert followed.tell("m2", renamed, minds_figures=False) == {"m2/a"}


def test_after_a_start_all_rows_are_new(followed: Followed) -> None:
    kept = sampled("m1", "a", cpu=5.0)
    assert followed.kept.start(kept) == {"m1/a", "m1/b", "m2/a"}
    assert followed.keys == {"m1/a"}
    assert followed.follow() == {"m1/a", "m1/b", "m2/a"}
    assert followed.keys == {"m1/a", "m1/b", "m2/a"}
