"""Write a report as Markdown that reads well as it is and on a forge.

Names and errors come from strangers. What could be taken for markup, a link, a mention or a
reference by any of the forges stands between backticks, where none of them looks.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from swarmtui.cli.printed.paper import Tone, cells
from swarmtui.cli.printed.report_clock import Clock
from swarmtui.cli.printed.report_document import Cell, Column, Figure, Section, lay_out
from swarmtui.insight.report import Report
from swarmtui.insight.wording import shorten
from swarmtui.swarm.text import plain

_MOST_ROWS = 40
_LONGEST = 200
_LONGEST_NAME = 44
"""In a column that others stand behind: one long name would push them out of sight."""

_WORD = r"[A-Za-z0-9]+(?:[-_'][A-Za-z0-9]+)*"
_NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_TAME = re.compile(rf"(?:{_NUMBER}|{_WORD})[,;:]?(?: (?:(?:{_NUMBER}|{_WORD})[,;:]?|[→—%]))*")
"""Words and numbers: no character in it means anything to a renderer where it stands."""
_REFERENCE = re.compile(r"\b(?:GH-[0-9]+|[0-9a-f]{7,40})\b", re.IGNORECASE)
"""What forges make a link of although it is a word: issues, commits."""
_BACKTICKS = re.compile(r"`+")


def write_markdown(report: Report, clock: Clock, stream: TextIO) -> None:
    """Write the report."""
    document = lay_out(report, clock)
    stream.write(f"# {_join(document.title)}\n\n")
    stream.write(" ".join(map(_join, document.intro)) + "\n\n")
    stream.writelines(f"{_figure(figure)}\n" for figure in document.figures)
    for section in document.sections:
        stream.writelines(f"{line}\n" for line in _section(section))
    stream.write(f"\n---\n\n{_join(document.footer)}\n")


def tame(text: str, *, longest: int = _LONGEST) -> str:
    """Return text from outside so that it shows as it is: bare where it is words, else as code."""
    text = shorten(plain(text), longest)
    if _TAME.fullmatch(text) and not _REFERENCE.search(text):
        return text
    if not text.strip():
        return "–"
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    # A blank at both ends is taken off again by renderers; a backtick there would join the fence.
    needs_blank = text[0] in "` " or text[-1] in "` "
    return f"{fence} {text} {fence}" if needs_blank else f"{fence}{text}{fence}"


def _figure(figure: Figure) -> str:
    details = "; ".join(figure.details)
    head = f"- **{figure.value} {figure.label}**"
    return f"{head}: {details}" if details else head


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield f"## {section.title}"
    yield ""
    if not section.rows:
        yield section.empty
        return
    if section.lead:
        yield section.lead
        yield ""
    yield from _table(section.columns, section.rows[:_MOST_ROWS])
    if (more := len(section.rows) - _MOST_ROWS) > 0:
        yield ""
        yield f"… and {more:,} more."


def _table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    texts = [[*(_cell(c, _LONGEST_NAME) for c in row[:-1]), _cell(row[-1])] for row in rows]
    heads = [column.head for column in columns]
    widths = [max(map(cells, texts_below)) for texts_below in zip(heads, *texts, strict=True)]
    if not columns[-1].right:
        widths[-1] = cells(heads[-1])  # nothing stands behind it that has to be aligned
    yield _line(heads, widths, columns)
    yield _line([_rule(w, c) for w, c in zip(widths, columns, strict=True)], widths, columns)
    for row in texts:
        yield _line(row, widths, columns)


def _line(texts: Iterable[str], widths: Sequence[int], columns: Sequence[Column]) -> str:
    padded = [
        _pad(text, width, right=column.right)
        for text, width, column in zip(texts, widths, columns, strict=True)
    ]
    return f"| {' | '.join(padded)} |"


def _pad(text: str, width: int, *, right: bool) -> str:
    blanks = " " * max(0, width - cells(text))
    return blanks + text if right else text + blanks


def _rule(width: int, column: Column) -> str:
    return "-" * max(2, width - 1) + ":" if column.right else "-" * max(3, width)


def _cell(cell: Cell, longest: int = _LONGEST) -> str:
    if not cell.foreign:
        return cell.text
    # Renderers split rows before they look for code; they take this backslash off again.
    text = tame(cell.text, longest=longest).replace("|", "\\|")
    return f"**{text}**" if cell.tone is Tone.ACCENT else text


def _join(pieces: Iterable[Cell]) -> str:
    return "".join(tame(piece.text) if piece.foreign else piece.text for piece in pieces)
