"""The rows of a table: only those in sight are formatted, only lines that differ are painted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Generic

from textual.cache import FIFOCache
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from swarmtui.tui.lines import EMPTY, Line, cut, dim
from swarmtui.tui.meaning import Meaning, Painted
from swarmtui.tui.table.column import C, Column, R, Sort
from swarmtui.tui.table.layout import Layout
from swarmtui.tui.table.painting import RowLook, merge, row_spans
from swarmtui.tui.table.place import Place, clamp, hold, reveal
from swarmtui.tui.table.sight import Cause, Sight
from swarmtui.tui.table.sorting import Sorting

PAUSE_S = 0.002
"""Between two slices of rows that are put in order: keys come first."""


class Body(Painted, ScrollView, Generic[R, C], can_focus=True, inherit_bindings=False):
    """Rows in order, one of them under the cursor.

    The cursor is the id of a row: it stays on that row, and the row on its line, while rows are
    sorted, filtered, come and go.
    """

    ALLOW_SELECT: ClassVar[bool] = False

    DEFAULT_CSS = """
    Body {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        scrollbar-color: $panel;
    }
    """

    class LaidOut(Message):
        """Columns got another place or width."""

        def __init__(self, layout: Layout) -> None:
            super().__init__()
            self.layout = layout

    class Arranged(Message):
        """Many rows were put in order."""

    class Chosen(Message):
        """A row was clicked that was under the cursor already."""

    def __init__(
        self, columns: Sequence[Column[R, C]], *, sort: Sort, shows_cursor_always: bool = True
    ) -> None:
        super().__init__()
        self._shows_cursor_always = shows_cursor_always
        self.sorting = Sorting(columns, sort)
        self.marks: frozenset[str] = frozenset()
        self._drawn_from: C
        self._now: datetime | None = None
        self._place = Place()
        self._is_resting = True
        self._sight = Sight(columns)
        self._painted: list[RowLook | None] = []
        self._is_waiting = False
        self._lines = 0
        self._message: Sequence[Line] = ()
        self._strips: FIFOCache[RowLook, Strip] = FIFOCache(512)

    # What is shown

    @property
    def cursor_id(self) -> str:
        """Return the id of the row under the cursor; empty when there are no rows."""
        return self._place.cursor

    @property
    def ids_in_sight(self) -> Sequence[str]:
        """Return the ids of the rows on screen, from the top."""
        top = self.scroll_offset.y
        return self.sorting.ids[top : top + self._height]

    def show(
        self,
        rows: Mapping[str, R],
        context: C,
        *,
        now: datetime,
        changed: Collection[str] | None = None,
        anew: bool = False,
    ) -> None:
        """Show these rows; `changed` names all that came, went or differ, `None` looks at all.

        Many rows are put in order every other second only, unless they are `anew`: other ones
        than before, not the same ones later.
        """
        self._now, self._drawn_from = now, context
        before = self.sorting.ids
        self.sorting.show(rows, context, now=now, changed=changed, anew=anew)
        self._follow(before, cause=Cause.DATA, is_news=not anew)

    def say(self, message: Sequence[Line]) -> None:
        """Say something where the rows would be; nothing of it is seen while there are rows."""
        if message != self._message:
            self._message = message
            if not self.sorting.ids:
                self.refresh()

    def forget(self) -> None:
        """Take the next rows for no news of the ones before."""
        self._sight.forget()
        self.sorting.forget()

    def tick(self, context: C, *, now: datetime) -> None:
        """Let ages grow, fresh values fade, and rows that wait take their place.

        The context differs from the one last shown by the time alone.
        """
        self._drawn_from, self._now = context, now
        before = self.sorting.ids
        self.sorting.settle(now)
        self._follow(before, cause=Cause.TIME)

    def sort_by(self, sort: Sort) -> None:
        """Sort by another column or the other way; the cursor stays on its row."""
        if self._now is None:
            self.sorting.order.sort = sort
            return
        before = self.sorting.ids
        self.sorting.sort_by(sort, self._drawn_from)
        self._follow(before)

    def mark(self, marks: frozenset[str]) -> None:
        """Show these rows as marked."""
        self.marks = marks
        self._look()

    # Where the cursor is

    def move(self, lines: int) -> None:
        """Move the cursor down, or up when negative."""
        self.go(self._place.index + lines)

    def turn(self, pages: int) -> None:
        """Move by whole pages; the cursor stays on its line."""
        lines = pages * max(1, self._height - 1)
        self._scroll(self.scroll_offset.y + lines)
        self.go(self._place.index + lines)

    def go(self, index: int) -> None:
        """Put the cursor on a row, counted from 0, or the nearest there is."""
        ids = self.sorting.ids
        if not ids:
            return
        index = max(0, min(index, len(ids) - 1))
        self._is_resting = False
        self._place = Place(ids[index], index)
        self._scroll(reveal(self.scroll_offset.y, index, self._height))
        self._look()

    def rest(self) -> None:
        """Go to the first row and stay at the top, whatever comes in there."""
        self.go(0)
        self._is_resting = True

    def go_last(self) -> None:
        """Go to the last row."""
        self.go(len(self.sorting.ids) - 1)

    # Events

    def on_click(self, event: Click) -> None:
        """Choose the row under the cursor, or put the cursor where the mouse is."""
        index = self.scroll_offset.y + event.y
        if index >= len(self.sorting.ids) or event.y >= self._height:
            return
        if self.sorting.ids[index] == self.cursor_id:
            self.post_message(self.Chosen())
        self.go(index)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Hold what is in sight from now on."""
        del event
        self._is_resting = False

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Hold what is in sight from now on."""
        del event
        self._is_resting = False

    def on_focus(self) -> None:
        """Show where keys go."""
        self._look()

    def on_blur(self) -> None:
        """Show where keys go."""
        self._look()

    def on_resize(self, event: Resize) -> None:
        """Lay the columns out anew, and keep the cursor in sight if it was."""
        del event
        was_in_sight = 0 <= self._place.index - self.scroll_offset.y < self._lines
        self._lines = self._height
        self._lay_out()
        self._look()
        if was_in_sight:
            self.call_after_refresh(self._reveal_cursor)

    def notify_style_update(self) -> None:
        """Forget what was painted in the styles before."""
        self._strips = FIFOCache(512)
        super().notify_style_update()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Paint the lines that differ: after rows came in above, none may."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        if round(old_value) != round(new_value):
            self._look()

    def render_line(self, y: int) -> Strip:
        """Return one painted line."""
        if not self.sorting.ids:
            said = self._said
            spans, _ = said[y] if y < len(said) else EMPTY
            return self.filtered(self.strip_of(cut(spans, self._width - 1), width=self.size.width))
        look = self._painted[y] if y < len(self._painted) else None
        if look is None:
            return self.filtered(Strip.blank(self.size.width, self.ground))
        strip = self._strips.get(look)
        if strip is None:
            strip = self._strips[look] = self.filtered(self._paint(look))
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return painted lines.

        Without Textual's own cache of them, which looks for borders, paddings and opacities that
        rows do not have, and takes a third of the time of a frame for that.
        """
        strips = [self.render_line(y) for y in crop.line_range]
        if crop.column_span == (0, self.size.width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]

    # Inner workings

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _height(self) -> int:
        return self.scrollable_content_region.height

    def _follow(
        self, before: Sequence[str], *, cause: Cause = Cause.USER, is_news: bool = False
    ) -> None:
        """Keep the cursor on its row and the row on its line, and paint what differs."""
        after = self.sorting.ids
        if after is not before:
            self._place = hold(
                replace(self._place, top=self.scroll_offset.y),
                before=before,
                after=after,
                left=self.sorting.order,
                height=self._height,
                resting=self._is_resting,
            )
            if len(after) != len(before):
                self._make_room(len(after))
            self._scroll(self._place.top)
        if not after:
            self.refresh()
        self._look(cause=cause, is_news=is_news)
        self._go_on()

    def _make_room(self, rows: int) -> None:
        """Let so many rows be scrolled through; the screen is laid out anew only if it must."""
        size = Size(0, rows)
        if self.show_vertical_scrollbar and rows > self._height:
            self.set_reactive(Body.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = rows
        else:
            self.virtual_size = size

    def _go_on(self) -> None:
        """Put many rows in order slice by slice."""
        if self.sorting.arranging and not self._is_waiting:
            self._is_waiting = True
            self.set_timer(PAUSE_S, self._advance)

    def _advance(self) -> None:
        self._is_waiting = False
        if self._now is None:
            return
        before = self.sorting.ids
        if self.sorting.advance(self._drawn_from, now=self._now):
            self._follow(before)
            self.post_message(self.Arranged())
        self._go_on()

    def _scroll(self, top: int) -> None:
        top = clamp(top, len(self.sorting.ids), self._height)
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True)

    def _reveal_cursor(self) -> None:
        if self.sorting.ids:
            self._scroll(reveal(self.scroll_offset.y, self._place.index, self._height))

    def _lay_out(self) -> None:
        if self._sight.fit(self._width - 1):  # a blank before the scrollbar
            self._relaid()

    def _relaid(self) -> None:
        self._strips.clear()
        self._painted = []
        self.refresh()
        self.post_message(self.LaidOut(self._sight.layout))

    def _look(self, *, cause: Cause = Cause.USER, is_news: bool = False) -> None:
        """Format the rows in sight and paint the lines that differ from what was painted."""
        if self._now is None or not self._sight.layout.placed:
            return
        moved = self._sight.look(
            self.ids_in_sight,
            self.sorting.rows,
            self._drawn_from,
            now=self._now,
            cursor=self.cursor_id if self._shows_cursor_always or self.has_focus else "",
            active=self.cursor_id if self.has_focus else "",
            marks=self.marks,
            cause=cause,
            is_news=is_news,
        )
        if moved:
            self._relaid()
        self._repaint()

    def _repaint(self) -> None:
        looks: list[RowLook | None] = list(self._sight.looks.values())
        looks += [None] * (self._height - len(looks))
        before, self._painted = self._painted, looks
        width = self.size.width
        moved = [y for y, look in enumerate(looks) if y >= len(before) or look != before[y]]
        if moved:
            self.refresh(*(Region(0, y, width, 1) for y in moved))

    @property
    def _said(self) -> Sequence[Line]:
        if not self.sorting.arranging:
            return self._message
        return (EMPTY, Line((dim(f"   putting {self.sorting.arranging:,} rows in order…"),)))

    def _paint(self, look: RowLook) -> Strip:
        ground = self.ground
        if look.is_active:
            ground += self.style_of(Meaning.CURSOR)
        return merge(
            row_spans(look, self._sight.layout),
            width=self.size.width,
            ground=ground,
            style_of=self.style_of,
        )
