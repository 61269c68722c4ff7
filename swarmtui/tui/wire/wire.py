"""Send Textual's updates to the terminal: what differs, at once or as soon as it can arrive."""

from collections.abc import Callable, Iterable, Iterator

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Offset

from swarmtui.tui.wire.canvas import Canvas
from swarmtui.tui.wire.look import UNSET, Look
from swarmtui.tui.wire.outflow import Outflow

RETRY_S = 0.005
MOST_LOOKS = 4096

_ATTRIBUTES = {
    "bold": "1", "dim": "2", "italic": "3", "underline": "4", "blink": "5", "blink2": "6",
    "reverse": "7", "conceal": "8", "strike": "9", "underline2": "21", "frame": "51",
    "encircle": "52", "overline": "53",
}  # fmt: skip


class Wire:
    """The way to the terminal. While it is jammed frames are left out, never the newest."""

    def __init__(
        self,
        *,
        write: Callable[[str], None],
        outflow: Outflow,
        colours: ColorSystem,
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self.brackets = ("", "")
        """What begins and ends a frame."""
        self._write = write
        self._outflow = outflow
        self._looks = Looks(colours)
        self._later = later
        self._canvas: Canvas | None = None
        self._cursor = self._cursor_shown = Offset(0, 0)
        self._is_waiting = False

    def show(self, update: CompositorUpdate, cursor: Offset) -> bool:
        """Have an update shown; return `False` for one that somebody else has to show."""
        canvas = self._canvas_for(update)
        if canvas is None:
            return False
        for x, y, segments in _parts(update):
            canvas.draw(x, y, self._looks.translate(segments))
        self._cursor = cursor
        if not self._is_waiting:
            self._send()
        return True

    def forget(self) -> None:
        """Send everything anew: the terminal may show something else."""
        if self._canvas is not None:
            self._canvas.forget()

    def take_answer(self) -> None:
        """Take note that the terminal answered, and send what waited for it."""
        self._outflow.take_answer()
        if self._is_waiting and not self._outflow.is_behind:
            self._send()

    @property
    def is_asking(self) -> bool:
        """Tell whether an answer of the terminal is on its way."""
        return self._outflow.is_asking

    def close(self) -> None:
        """Ask the terminal nothing more."""
        self._outflow.close()

    def _retry(self) -> None:
        if self._is_waiting:
            self._is_waiting = False
            self._send()

    def _send(self) -> None:
        self._is_waiting = self._outflow.is_behind
        if self._is_waiting:
            self._later(RETRY_S, self._retry)
            return
        difference = self._canvas.difference() if self._canvas is not None else ""
        if difference or self._cursor != self._cursor_shown:
            self._cursor_shown = self._cursor
            x, y = self._cursor
            begin, end = self.brackets
            frame = f"{begin}{difference}\x1b[{y + 1};{x + 1}H{end}"
            self._write(self._outflow.send(frame))

    def _canvas_for(self, update: CompositorUpdate) -> Canvas | None:
        """Return the canvas an update belongs on; none before the whole screen was drawn once."""
        size = _size_of(update)
        if self._canvas is None or self._canvas.size != size:
            is_whole = isinstance(update, LayoutUpdate) and size is not None
            self._canvas = Canvas(*size) if is_whole and size is not None else None
        return self._canvas


class Looks:
    """Looks by Rich's styles; equal ones are one object, which compares in no time."""

    def __init__(self, colours: ColorSystem) -> None:
        self._colours = colours
        self._by_style: dict[Style | None, Look] = {}
        self._known: dict[Look, Look] = {UNSET: UNSET}

    def translate(self, segments: Iterable[Segment]) -> Iterator[tuple[str, Look]]:
        """Go through the texts of segments and how each looks."""
        by_style = self._by_style
        for text, style, _ in segments:
            look = by_style.get(style)
            yield text, look if look is not None else self._find(style)

    def _find(self, style: Style | None) -> Look:
        if len(self._by_style) > MOST_LOOKS:
            self._by_style.clear()
        look = look_of(style, self._colours) if style is not None else UNSET
        look = self._by_style[style] = self._known.setdefault(look, look)
        return look


def look_of(style: Style, colours: ColorSystem) -> Look:
    """Return how a terminal with these colours shows a style."""
    colour: tuple[str, ...] = ()
    ground: tuple[str, ...] = ()
    if style.color is not None and not style.color.is_default:
        colour = style.color.downgrade(colours).get_ansi_codes()
    if style.bgcolor is not None and not style.bgcolor.is_default:
        ground = style.bgcolor.downgrade(colours).get_ansi_codes(foreground=False)
    return Look(
        attributes=tuple(code for name, code in _ATTRIBUTES.items() if getattr(style, name)),
        colour=";".join(colour),
        ground=";".join(ground),
        link=f"id={style.link_id};{style.link}" if style.link and style.link.isprintable() else "",
    )


def _size_of(update: CompositorUpdate) -> tuple[int, int] | None:
    if isinstance(update, LayoutUpdate):
        region = update.region
        return (region.width, region.height) if region.offset == (0, 0) else None
    if isinstance(update, ChopsUpdate) and update.chops:
        return (update.chop_ends[0][-1], len(update.chops))
    return None


def _parts(update: CompositorUpdate) -> Iterator[tuple[int, int, Iterable[Segment]]]:
    """Go through what an update draws where, as its own `render_segments` does."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips):
            yield 0, y, (segment for strip in strips for segment in strip)
    elif isinstance(update, ChopsUpdate):
        for y, x1, x2 in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x <= x2 and end > x1:
                    is_whole = x2 > x >= x1 and end <= x2
                    yield x, y, strip if is_whole else strip.crop(0, min(end, x2) - x)
