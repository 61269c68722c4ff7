"""A table of numbers that counts the work it makes."""

from swarmtui.tui.lines import Spans
from swarmtui.tui.meaning import Span
from swarmtui.tui.table import Align, Column, Sort, Table
from tests.tui.stage import line


class Work:
    """Counts what a table asks of its columns."""

    def __init__(self) -> None:
        self.cells = 0
        self.values = 0

    def cell(self, row: int, _: object) -> Spans:
        self.cells += 1
        return (Span(f"row {row:06}"),)

    def value(self, row: int, _: object) -> int:
        self.values += 1
        return row


def make_columns(work: Work) -> tuple[Column[int, None], ...]:
    return (
        Column(key="name", head="NAME", value=work.value, cell=work.cell, width=12),
        Column(
            key="last",
            head="LAST",
            value=lambda row, _: row % 10,
            cell=lambda row, _: (Span(str(row % 10)),),
            width=5,
            align=Align.RIGHT,
            descends=True,
        ),
    )


def make_table(work: Work | None = None, *, markable: bool = True) -> Table[int, None]:
    return Table(make_columns(work or Work()), sort=Sort("name"), markable=markable)


def numbers(*values: int) -> dict[str, int]:
    return {f"n{value}": value for value in values}


def shown(table: Table[int, None]) -> list[str]:
    return [text for y in range(table.body.size.height) if (text := line(table.body, y))]
