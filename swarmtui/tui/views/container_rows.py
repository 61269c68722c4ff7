"""Keep the containers of the machines that are tailed, looking only at machines that changed."""

from collections.abc import Iterable, Mapping, Sequence

from swarmtui.insight.containers import ContainerRow, MachineRow


class ContainerRows:
    """Rows by key, kept up from one picture to the next.

    Machines tell one after the other: of seven thousand rows most are the ones before.
    """

    def __init__(self) -> None:
        self.rows: dict[str, ContainerRow] = {}
        """Changed in place by `follow`, replaced by `start`."""
        self._machines: Mapping[str, MachineRow] = {}
        self._keys: dict[str, Sequence[str]] = {}
        """Those of each machine, by its name."""

    def start(self, rows: Iterable[ContainerRow]) -> set[str]:
        """Take these rows and no others; return the keys that came, went or differ.

        `follow` takes all rows for new after that.
        """
        before, self.rows = self.rows, {row.key: row for row in rows}
        self._machines, self._keys = {}, {}
        new = {key for key, row in self.rows.items() if before.get(key) is not row}
        return new | (before.keys() - self.rows.keys())

    def follow(
        self, machines: Mapping[str, MachineRow], containers: Iterable[ContainerRow]
    ) -> set[str]:
        """Take the containers of these machines; return the keys that came, went or differ.

        A machine that is the same object as before has the same containers.
        """
        before, self._machines = self._machines, machines
        told: dict[str, dict[str, ContainerRow]] = {
            name: {} for name, machine in machines.items() if before.get(name) is not machine
        }
        for row in containers if told else ():
            if (rows := told.get(row.machine)) is not None:
                rows[row.key] = row
        told |= {name: {} for name in before.keys() - machines.keys()}
        changed: set[str] = set()
        for name, rows in told.items():
            changed |= self._replace(name, rows)
        return changed

    def _replace(self, machine: str, rows: Mapping[str, ContainerRow]) -> set[str]:
        before = self._keys.pop(machine, ())
        for key in before:
            if key not in rows:
                del self.rows[key]
        self.rows |= rows
        if rows:
            self._keys[machine] = tuple(rows)
        return rows.keys() | set(before)
