"""A terminal that remembers how each cell looks, for comparing what two outputs lead to."""

from typing import NamedTuple

import pyte


class Shown(NamedTuple):
    """One cell as a reader sees it: a blank has no colour of its own."""

    text: str
    colour: str
    ground: str
    attributes: tuple[bool, ...]


class Terminal:
    """An emulator as Textual leaves it: long lines do not go on in the next."""

    def __init__(self, width: int, height: int) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self._screen)
        self._stream.feed("\x1b[?7l")

    def feed(self, output: str) -> None:
        """Show output."""
        self._stream.feed(output)

    @property
    def picture(self) -> list[list[Shown]]:
        """Return every cell."""
        screen = self._screen
        return [
            [_seen(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)
        ]


def _seen(cell: pyte.screens.Char) -> Shown:
    drawn = (cell.underscore, cell.strikethrough, cell.reverse)
    if cell.data == " " and not any(drawn):
        return Shown(" ", "", cell.bg, ())
    return Shown(cell.data, cell.fg, cell.bg, (cell.bold, cell.italics, cell.blink, *drawn))
