"""The live table of `swarmtui stats`: the busiest containers that fit, and the rest summed up."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime

from swarmtui.cli.printed.paper import Paper, Span, Tone, harmless
from swarmtui.cli.printed.stats_board import Board
from swarmtui.cli.printed.stats_rows import StatsRow, spell_memory, stats_columns
from swarmtui.cli.printed.table import write_table
from swarmtui.swarm.stats import TailSeen, TailState

_MOST_TROUBLES = 3
_FEWEST_ROWS = 3


def draw(board: Board, *, now: datetime, paper: Paper) -> str:
    """Return the screen as text with escape sequences, without an end of line at its end."""
    rows = board.newest_rows()
    troubles = list(_troubles(board.trouble()))
    heads = [_summary(board, rows), *troubles]
    # The head of the table, and a line left free: a full screen would scroll.
    room = None if paper.height is None else max(_FEWEST_ROWS, paper.height - len(heads) - 3)
    shown = rows[:room]
    out = io.StringIO()
    out.writelines(f"{paper.paint(line)}\n" for line in heads)
    if shown:
        write_table(stats_columns(now), lambda: shown, stream=out, paper=paper)
    if len(rows) > len(shown):
        left = f"… {len(rows) - len(shown):,} more containers, less busy"
        out.write(paper.paint([Span(left, Tone.DIM)]))
    return out.getvalue().rstrip("\n")


def _summary(board: Board, rows: Sequence[StatsRow]) -> Sequence[Span]:
    states = board.states()
    total, live = sum(states.values()), states.get(TailState.LIVE, 0)
    others = [f"{count:,} {state.value}" for state, count in sorted(states.items())
              if state not in {TailState.LIVE, TailState.ENDED}]  # fmt: skip
    parts = [Span(f"{live:,} of {total:,} machines live", Tone.OK if live == total else Tone.WARN)]
    parts += [Span(f", {', '.join(others)}", Tone.WARN)] if others else []
    cpu = sum(row.cpu_percent or 0 for row in rows)
    memory = sum(row.memory_bytes or 0 for row in rows)
    text = f"  ·  {len(rows):,} containers  ·  CPU {cpu:,.0f}%  ·  memory {spell_memory(memory)}"
    return [*parts, Span(text, Tone.TITLE)]


def _troubles(seen: Sequence[TailSeen]) -> Iterator[Sequence[Span]]:
    for each in seen[:_MOST_TROUBLES]:
        yield [Span(f"{each.state.value} ", Tone.BAD), harmless(each.text)]
    if len(seen) > _MOST_TROUBLES:
        yield [Span(f"… {len(seen) - _MOST_TROUBLES:,} more in trouble", Tone.DIM)]
