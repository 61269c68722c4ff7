"""Keep the containers of the machines that are tailed, looking only at machines that changed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from swarmtui.insight.containers import ContainerRow, MachineRow


class _Known(NamedTuple):
    """What of a machine and its containers does not change from sample to sample."""

    hostname: str
    keys: Sequence[str]
    names: Sequence[str]


_NOTHING = _Known("", (), ())


class ContainerRows:
    """Rows by key, kept up from one picture to the next.

    Machines tell one after the other: of seven thousand rows most are the ones before, and of
    those that are not most differ in their figures alone.
    """

    def __init__(self) -> None:
        self.rows: dict[str, ContainerRow] = {}
        """Changed in place by `follow`, replaced by `start`."""
        self._machines: Mapping[str, MachineRow] = {}
        self._known: dict[str, _Known] = {}
        """By the machine's name."""

    def start(self, rows: Iterable[ContainerRow]) -> set[str]:
        """Take these rows and no others; return the keys that came, went or differ.

        `follow` takes all rows for new after that.
        """
        before, self.rows = self.rows, {row.key: row for row in rows}
        self._machines, self._known = {}, {}
        new = {key for key, row in self.rows.items() if before.get(key) is not row}
        return new | (before.keys() - self.rows.keys())

    def follow(
        self,
        machines: Mapping[str, MachineRow],
        containers: Iterable[ContainerRow],
        *,
        minds_figures: bool,
    ) -> set[str]:
        """Take the containers of these machines; return the keys that came, went or differ.

        A machine that is the same object as before has the same containers. Without
        `minds_figures`, rows that differ in nothing but their figures are not among the keys.
        """
        before, self._machines = self._machines, machines
        told: dict[str, list[ContainerRow]] = {
            name: [] for name, machine in machines.items() if before.get(name) is not machine
        }
        for name, group in groupby(containers if told else (), attrgetter("machine")):
            if name in told:
                told[name].extend(group)
        told |= {name: [] for name in before.keys() - machines.keys()}
        changed: set[str] = set()
        for name, rows in told.items():
            changed |= self._replace(name, rows, minds_figures=minds_figures)
        return changed

    def _replace(
        self, machine: str, rows: Sequence[ContainerRow], *, minds_figures: bool
    ) -> set[str]:
        before = self._known.pop(machine, _NOTHING)
        if rows:
            self._known[machine] = after = _know(rows)
        else:
            after = _NOTHING
        self.rows.update(zip(after.keys, rows, strict=True))
        if after == before:
            return set(after.keys) if minds_figures else set()
        gone = set(before.keys).difference(after.keys)
        for key in gone:
            del self.rows[key]
        return gone.union(after.keys)


def _know(rows: Sequence[ContainerRow]) -> _Known:
    names = [row.stats.container for row in rows]
    return _Known(rows[0].hostname, [row.key for row in rows], names)
