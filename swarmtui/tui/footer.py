"""Draw the keys that do something now, at the bottom of every screen; a click presses them."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.events import Click, Mount, Resize
from textual.screen import Screen

from swarmtui.tui.lines import Line, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import Pane

SIGNS = {
    "space": "␣",
    "enter": "⏎",
    "slash": "/",
    "question_mark": "?",
    "escape": "esc",
    "comma": ",",
    "full_stop": ".",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "equals_sign": "=",
}
PAIRS = {
    "replay.slower": ("replay.faster", "speed"),
    "replay.step_back": ("replay.step", "step"),
    "replay.previous": ("replay.next", "jump"),
}
"""Keys that do the same one way and the other: ids of bindings, with one word for both."""
LAST = ("app.filter", "recording.seen", "app.back", "app.help", "app.quit")
"""Ids of the bindings that stand at the end, and are never left out."""
RARER = ("table.", "recording.", "app.bell")
"""Beginnings of ids of what every table, or every screen, can do: worth less than what one can."""
SPARED = ("choice.", "overview.", "problems.", "recording.", "app.bell")
"""Beginnings of ids of keys that are left out before the screens lose their names."""
FIRST = "view."
"""Beginning of the ids of the bindings that stand first."""


class Hint(NamedTuple):
    """A key and what it does."""

    id: str
    key: str
    """As Textual names it."""
    sign: str
    does: str

    @property
    def width(self) -> int:
        """Return how many cells it takes, with the gap behind it."""
        return cell_len(f"{self.sign} {self.does}") + 2 if self.does else cell_len(self.sign) + 1


class Footer(Pane):
    """One line of keys."""

    def __init__(self) -> None:
        super().__init__()
        self._hints: Sequence[Hint] = ()

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that are shown."""
        return self._hints

    def on_mount(self, event: Mount) -> None:
        """Follow the bindings of whatever has the focus."""
        del event
        self.screen.bindings_updated_signal.subscribe(self, self._follow)
        self._follow(self.screen)

    def on_resize(self, event: Resize) -> None:
        """Show as many keys as fit."""
        del event
        self._follow(self.screen)
        self.refresh()

    async def on_click(self, event: Click) -> None:
        """Press the key that was clicked."""
        place = 1
        for hint in self._hints:
            if place <= event.x < place + hint.width - 1:
                self.app.simulate_key(hint.key)
            place += hint.width

    def _follow(self, screen: Screen[object]) -> None:
        if screen is not self.app.screen or not self.size.width:
            return
        hints = [
            Hint(
                id=active.binding.id or "",
                key=active.binding.key,
                sign=sign_of(active.binding.key),
                does=active.binding.description.lower(),
            )
            for active in screen.active_bindings.values()
            if active.binding.show and active.enabled and active.binding.description
        ]
        self._hints = chosen(hints, width=self.size.width)
        self.paint([footer_line(self._hints)])


def sign_of(key: str) -> str:
    """Return what is printed on a key."""
    return SIGNS.get(key, key if len(key) == 1 else key.replace("ctrl+", "^"))


def chosen(hints: Sequence[Hint], *, width: int) -> list[Hint]:
    """Return views first, what leads away last, and of the others what fits in between."""
    by_id = {hint.id or hint.key: hint for hint in hints}
    pairs = _take_pairs(by_id)
    first = [hint for id_, hint in by_id.items() if id_.startswith(FIRST)]
    last = [by_id[id_] for id_ in LAST if id_ in by_id]
    middle = [hint for hint in by_id.values() if hint not in first and hint not in last]
    middle.sort(key=_rank)
    # The keys of this screen are worth more than the names of the others.
    own = [hint for hint in middle if not hint.id.startswith(SPARED)]
    wanted = hints if pairs else [*first, *own, *last]
    if sum(hint.width for hint in wanted) > width:
        first = _folded(first)
    room = width - 1 - sum(hint.width for hint in (*first, *last))
    kept: list[Hint] = []
    for hint in middle:
        unit = pairs.get(hint.id, [hint])
        needed = sum(each.width for each in unit)
        if needed <= room:
            kept += unit
            room -= needed
    return [*first, *kept, *last]


def _rank(hint: Hint) -> int:
    """Return how early a key is left out: those of a recording last, what any table can first."""
    if hint.id.startswith("replay."):
        return 0
    return 2 if hint.id.startswith(RARER) else 1


def _take_pairs(by_id: dict[str, Hint]) -> dict[str, list[Hint]]:
    """Return keys that belong together by the id of the first, and take the second ones out."""
    pairs = {}
    for one, (other, does) in PAIRS.items():
        if one in by_id and other in by_id:
            pairs[one] = [by_id[one]._replace(does=""), by_id.pop(other)._replace(does=does)]
    return pairs


def _folded(views: list[Hint]) -> list[Hint]:
    """Return the views by their keys alone, where their names leave no room for anything else."""
    *others, last = views
    return [*(hint._replace(does="") for hint in others), last._replace(does="views")]


def footer_line(hints: Sequence[Hint]) -> Line:
    """Return the line: keys in the accent, what they do dim."""
    spans = [Span(" ")]
    for hint in hints:
        rest = f" {hint.does}  " if hint.does else " "
        spans += [Span(hint.sign, Meaning.ACCENT), dim(rest)]
    return Line(tuple(spans))
