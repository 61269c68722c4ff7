"""Write a report as one HTML file: no script, no network, light and dark, and on paper.

Names and errors come from strangers: all text is escaped, and the file itself forbids a browser to
load or run anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import TextIO

from swarmtui.cli.printed.paper import Tone
from swarmtui.cli.printed.report_clock import Clock
from swarmtui.cli.printed.report_document import Cell, Column, Document, Figure, Section, lay_out
from swarmtui.cli.printed.report_plots import Plot, draw_plots
from swarmtui.cli.printed.report_style import STYLE
from swarmtui.insight.report import Report
from swarmtui.insight.wording import shorten
from swarmtui.swarm.text import plain

_MOST_ROWS = 150
_LONGEST = 300
_LONGEST_NAME = 60
"""In a column that others stand behind."""
_FOLDED_ROWS = 20

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_html(report: Report, clock: Clock, stream: TextIO) -> None:
    """Write the report as a page of its own."""
    document = lay_out(report, clock)
    stream.writelines(f"{line}\n" for line in _page(document, list(draw_plots(report, clock))))


def _page(document: Document, plots: Sequence[Plot]) -> Iterator[str]:
    title = "".join(plain(piece.text) for piece in document.title)
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<meta name="format-detection" content="telephone=no, email=no, address=no">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>{escape(title)}</title>"
    yield f"<style>\n{STYLE}</style>"
    yield "</head>"
    yield "<body>"
    yield "<header>"
    yield f"<h1>{_join(document.title)}</h1>"
    yield from (f"<p>{_join(sentence)}</p>" for sentence in document.intro)
    yield "</header>"
    yield "<main>"
    yield '<ul class="figures">'
    yield from map(_figure, document.figures)
    yield "</ul>"
    for plot in plots:
        yield from _plot(plot)
    for section in document.sections:
        yield from _section(section)
    yield "</main>"
    yield f"<footer><p>{_join(document.footer)}</p></footer>"
    yield "</body>"
    yield "</html>"


def _figure(figure: Figure) -> str:
    details = " · ".join(figure.details)
    return (
        f'<li class="{_class(figure.tone)}"><b>{escape(figure.value)}</b>'
        f"<span>{escape(figure.label)}</span><small>{escape(details)}</small></li>"
    )


def _plot(plot: Plot) -> Iterator[str]:
    yield "<figure>"
    legends = "".join(
        f'<span class="legend"><i class="{each.name}"></i>{escape(each.text)}</span>'
        for each in plot.legends
    )
    yield f"<figcaption><h2>{escape(plot.title)}</h2>{legends}</figcaption>"
    yield f'<div class="wide">{plot.svg}</div>'
    yield "</figure>"


def _section(section: Section) -> Iterator[str]:
    yield "<section>"
    if not section.rows:
        yield f'<h2>{escape(section.title)}</h2><p class="none">{escape(section.empty)}</p>'
    elif section.is_detail and len(section.rows) > _FOLDED_ROWS:
        yield "<details>"
        count = f'<span class="count">{len(section.rows):,}</span>'
        yield f"<summary><h2>{escape(section.title)}</h2>{count}</summary>"
        yield from _body(section)
        yield "</details>"
    else:
        yield f"<h2>{escape(section.title)}</h2>"
        yield from _body(section)
    yield "</section>"


def _body(section: Section) -> Iterator[str]:
    if section.lead:
        yield f"<p>{escape(section.lead)}</p>"
    yield '<div class="wide"><table>'
    yield f"<thead><tr>{''.join(map(_head, section.columns))}</tr></thead>"
    yield "<tbody>"
    for row in section.rows[:_MOST_ROWS]:
        yield f"<tr>{''.join(_row(row, section.columns))}</tr>"
    yield "</tbody></table></div>"
    if (more := len(section.rows) - _MOST_ROWS) > 0:
        yield f'<p class="none">… and {more:,} more.</p>'


def _head(column: Column) -> str:
    right = ' class="right"' if column.right else ""
    return f"<th{right}>{escape(column.head)}</th>"


def _row(row: Sequence[Cell], columns: Sequence[Column]) -> Iterator[str]:
    for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
        is_last = place == len(row) - 1
        yield _cell(cell, column, longest=_LONGEST if is_last else _LONGEST_NAME)


def _cell(cell: Cell, column: Column, *, longest: int) -> str:
    names = [_class(cell.tone), "right" if column.right else "", "name" if cell.foreign else ""]
    classes = " ".join(name for name in names if name)
    attribute = f' class="{classes}"' if classes else ""
    if cell.share is not None:
        width = round(100 * min(max(cell.share, 0.0), 1.0), 1)
        bar = f'<i class="bar"><i style="width:{width}%"></i></i>'
        return f'<td{attribute}>{bar}<span class="percent">{_text(cell)}</span></td>'
    return f"<td{attribute}>{_text(cell, longest)}</td>"


def _join(pieces: Iterable[Cell]) -> str:
    return "".join(f"<b>{_text(p)}</b>" if p.foreign else escape(p.text) for p in pieces)


def _text(cell: Cell, longest: int = _LONGEST) -> str:
    text = cell.text
    if cell.foreign:
        # The isolation keeps right-to-left names from turning what stands beside them around.
        return f"<bdi>{escape(shorten(plain(text), longest))}</bdi>"
    return escape(text)


def _class(tone: Tone) -> str:
    return "" if tone is Tone.PLAIN else tone.value
