"""The lines of the timeline as a file: text to read, or CSV for spreadsheets; pure."""

import csv
from collections.abc import Sequence
from io import StringIO

from swarmtui.insight.picture import Happening
from swarmtui.swarm.text import plain

HEADS = ("at", "severity", "kind", "text", "query")


def file_of(happenings: Sequence[Happening], name: str) -> str:
    """Return what a file of this name shall hold, oldest first: CSV if it says so, else text."""
    in_order = sorted(happenings, key=lambda happening: happening.at)
    rows = [_cells(happening) for happening in in_order]
    if name.strip().lower().endswith(".csv"):
        return _csv(rows)
    told = (f"{at}  {severity:8}  {kind:8} {text}\n" for at, severity, kind, text, _ in rows)
    return "".join(told)


def _cells(happening: Happening) -> tuple[str, ...]:
    at = happening.at.isoformat(timespec="seconds").replace("+00:00", "Z")
    told = plain(happening.text), plain(happening.query)
    return at, str(happening.severity), str(happening.kind), *told


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    writer.writerows(map(_inert, rows))
    return out.getvalue()


def _inert(row: Sequence[str]) -> Sequence[str]:
    """Return cells that no spreadsheet runs: names come from strangers."""
    return [f"'{cell}" if cell.lstrip()[:1] in {"=", "+", "-", "@"} else cell for cell in row]
