"""Read claims and pledges from CSV."""

import csv
import re
from collections.abc import Mapping, Sequence

from swarmtui.insight.claim import (
    Claim,
    Claims,
    ClaimsError,
    Entry,
    Spellings,
    collect_claims,
    read_addr,
    read_node_id,
)
from swarmtui.swarm.text import plain

COLUMNS_HELP = "name the columns in the first line: node, address, contributor, region, pledged"

_COLUMNS: Mapping[str, str] = {
    "id": "id",
    "node": "id",
    "node_id": "id",
    "node id": "id",
    "addr": "addr",
    "address": "addr",
    "ip": "addr",
    "contributor": "contributor",
    "region": "region",
    "pledged": "pledged",
}


def is_table_head(line: str) -> bool:
    """Tell whether a line names at least two columns that mean something here."""
    try:
        return sum(1 for name in _name_columns(line, number=1) if name) > 1
    except ClaimsError:
        return False


def read_table(lines: Sequence[tuple[int, str]]) -> Claims:
    """Return the claims in numbered lines, the first of which names the columns.

    Raise `ClaimsError` when the columns claim nothing; a row that cannot be used is a warning.
    """
    number, head = lines[0]
    columns = _name_columns(head, number=number)
    if not {"contributor", "region"} & set(columns):
        raise ClaimsError(f"neither contributor nor region: {COLUMNS_HELP}", line=number)
    table = _Table()
    for number, line in lines[1:]:
        table.add(number, line, columns, _find_delimiter(head))
    return collect_claims(table.entries, pledged=table.pledged, warnings=table.warnings)


class _Table:
    """The rows read so far."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.pledged: dict[str, int] = {}
        self.warnings: list[str] = []
        self._contributors = Spellings()
        self._regions = Spellings()

    def add(self, line: int, text: str, columns: Sequence[str], delimiter: str) -> None:
        """Take in what can be used of a row; the rest becomes a warning."""
        try:
            cells = dict(zip(columns, _split(text, delimiter, line=line), strict=False))
            contributor = self._contributors.unify(cells.get("contributor", ""))
            claim = Claim(contributor, self._regions.unify(cells.get("region", "")))
            self._claim(claim, cells, line)
            if pledged := cells.get("pledged"):
                self._pledge(contributor, pledged, line)
        except ClaimsError as error:
            self.warnings.append(str(error))

    def _claim(self, claim: Claim, cells: Mapping[str, str], line: int) -> None:
        if claim == Claim():
            return
        if id_ := cells.get("id"):
            self.entries.append(Entry(line, claim, node_id=read_node_id(id_, line=line)))
        if addr := cells.get("addr"):
            self.entries.append(Entry(line, claim, addr=read_addr(addr, line=line)))

    def _pledge(self, contributor: str, text: str, line: int) -> None:
        if not contributor or not re.fullmatch("[0-9]{1,9}", text):
            wrong = f"{plain(text)} is not a number of nodes" if contributor else "nobody pledges"
            raise ClaimsError(f"{wrong}; write a contributor and a number", line=line)
        # The same pledge on every line of a contributor is one pledge.
        known = self.pledged.setdefault(contributor, int(text))
        if known != int(text):
            raise ClaimsError(f"{contributor} pledged {known} before; that holds", line=line)


def _find_delimiter(head: str) -> str:
    return next((mark for mark in ",;\t" if mark in head), ",")


def _name_columns(head: str, *, number: int) -> list[str]:
    """Return our name of each column; empty for one that means nothing here."""
    cells = _split(head, _find_delimiter(head), line=number)
    return [_COLUMNS.get(cell.lower(), "") for cell in cells]


def _split(text: str, delimiter: str, *, line: int) -> list[str]:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise ClaimsError(f"not CSV: {error}", line=line) from None
    return [cell.strip() for row in rows for cell in row]
