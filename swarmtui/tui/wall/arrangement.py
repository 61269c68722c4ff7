"""Arrange thousands of nodes in rows of cells, bank by bank; pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from swarmtui.swarm.entities import Node
from swarmtui.swarm.text import plain
from swarmtui.tui.table.column import natural
from swarmtui.tui.words import count

LEAST_CELLS = 20
"""Cells of a row that the names of the banks leave free, however narrow the screen is."""
_MOST_NAME = 26
_GAP = 2


class Bank(NamedTuple):
    """Nodes that stand together: a region's, or a contributor's."""

    name: str
    node_ids: Sequence[str]


class Row(NamedTuple):
    """One line of the wall."""

    name: str
    """Name and size of the bank."""
    is_first: bool
    """The first row of its bank; the name of the others is not repeated."""
    node_ids: Sequence[str]


class Arrangement:
    """Where every node stands.

    A cell holds one node while all of them fit, and two when they do not. What does not fit even
    then is reached by scrolling.
    """

    def __init__(self, banks: Sequence[Bank], *, width: int, height: int) -> None:
        names = [f"{plain(bank.name)} {count(len(bank.node_ids))}" for bank in banks]
        longest = max((cell_len(name) for name in names), default=0)
        self.label = max(0, min(longest, _MOST_NAME, width - LEAST_CELLS - _GAP)) + _GAP
        cells = max(1, width - self.label - 1)
        self.per_cell = 1
        if sum(_rows_of(bank, cells) for bank in banks) > height:
            self.per_cell = 2
        self.per_row = cells * self.per_cell
        self.rows: list[Row] = []
        for name, bank in zip(names, banks, strict=True):
            for start in range(0, len(bank.node_ids), self.per_row):
                ids = bank.node_ids[start : start + self.per_row]
                self.rows.append(Row(name, not start, ids))
        self._places: dict[str, tuple[int, int]] | None = None

    def find(self, node_id: str) -> tuple[int, int] | None:
        """Return the row of a node and its place in that row, or `None`."""
        if self._places is None:
            self._places = {
                id_: (y, place)
                for y, row in enumerate(self.rows)
                for place, id_ in enumerate(row.node_ids)
            }
        return self._places.get(node_id)

    def at(self, x: int, y: int) -> str:
        """Return the node at a cell of the wall, the first where it holds two; empty for none."""
        place = (x - self.label) * self.per_cell
        if not 0 <= y < len(self.rows) or not 0 <= place < len(self.rows[y].node_ids):
            return ""
        return self.rows[y].node_ids[place]

    def beside(self, node_id: str, *, across: int = 0, down: int = 0) -> str:
        """Return the node so many nodes further on, or rows below; it stays on the wall.

        From a node that is gone one begins at the first again.
        """
        found = self.find(node_id)
        if not self.rows:
            return ""
        if found is None:
            return self.rows[0].node_ids[0]
        y, place = found
        if down:
            y = max(0, min(len(self.rows) - 1, y + down))
            ids = self.rows[y].node_ids
            return ids[min(place, len(ids) - 1)]
        return self._along(y, place + across)

    def _along(self, y: int, place: int) -> str:
        """Return the node at a place counted from the start of a row, also beyond its ends."""
        while place < 0 and y > 0:
            y -= 1
            place += len(self.rows[y].node_ids)
        while place >= len(self.rows[y].node_ids) and y < len(self.rows) - 1:
            place -= len(self.rows[y].node_ids)
            y += 1
        ids = self.rows[y].node_ids
        return ids[max(0, min(len(ids) - 1, place))]


def bank_nodes(
    nodes: Mapping[str, Node], ids: Iterable[str], name_of: Callable[[str], str], *, last: str
) -> list[Bank]:
    """Return the nodes by bank: large banks first, the nameless one (`last`) at the end.

    Within a bank by hostname. Nothing of this moves when a state changes: one looks for changes.
    """
    found: dict[str, list[str]] = {}
    for node_id in ids:
        found.setdefault(name_of(node_id), []).append(node_id)
    for members in found.values():
        members.sort(key=lambda id_: (natural(nodes[id_].hostname), id_))
    banks = [Bank(name, members) for name, members in found.items()]
    return sorted(banks, key=lambda bank: (bank.name == last, -len(bank.node_ids), bank.name))


def _rows_of(bank: Bank, cells: int) -> int:
    return -(-len(bank.node_ids) // cells)
