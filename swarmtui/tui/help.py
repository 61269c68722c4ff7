"""The help screen: the keys of the screen below it, and the filter language."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.screen import ModalScreen, Screen

from swarmtui.insight.query_help import explain_fields, explain_grammar
from swarmtui.tui.footer import sign_of
from swarmtui.tui.lines import EMPTY, Line, dim, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.words import left, wrap

KEY = 14
HIDDEN = ("screen.", "app.copy", "app.suspend", "app.interrupt", "app.tab")
"""Beginnings of actions that Textual binds for every program."""


class HelpScreen(ModalScreen[None]):
    """Lies over a screen and explains it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark", "dismiss", "Close", id="help.close"),
        Binding("q,ctrl+c", "app.quit", "Quit", id="help.quit"),
        Binding("down,j", "scroll(1)", "Down", id="help.down", show=False),
        Binding("up,k", "scroll(-1)", "Up", id="help.up", show=False),
        Binding("pagedown,space", "scroll(15)", "Page down", id="help.page_down", show=False),
        Binding("pageup", "scroll(-15)", "Page up", id="help.page_up", show=False),
        Binding("home", "scroll(-1000)", "First", id="help.home", show=False),
        Binding("end", "scroll(1000)", "Last", id="help.end", show=False),
    ]

    def __init__(self, keys: Sequence[tuple[str, str]], *, view: str) -> None:
        super().__init__(id="help")
        self._keys = keys
        self._view = view
        self._pane = Pane(id="help-lines")
        self._box = VerticalScroll(self._pane, id="help-box", can_focus=False)

    def compose(self) -> ComposeResult:
        """Put the lines in a box that scrolls."""
        yield self._box

    def on_resize(self, event: Resize) -> None:
        """Break the lines to the width."""
        # The box takes nine tenths, at most 100 cells, with two at each side and the bar left free.
        width = min(event.size.width * 9 // 10, 100) - 5
        lines = help_lines(self._keys, view=self._view, width=width)
        self._pane.styles.height = len(lines)
        self._pane.paint(lines)

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self._box.scroll_relative(y=lines, animate=False)


def keys_of(screen: Screen[object]) -> list[tuple[str, str]]:
    """Return every key that does something on a screen now, with what it does."""
    said: dict[str, list[str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.enabled and binding.description and not binding.action.startswith(HIDDEN):
            # Ours tell more than there is room for in the line of keys; Textual's tell the same.
            does = (binding.id and binding.tooltip) or binding.description
            said.setdefault(does, []).append(sign_of(binding.key))
    return [(" ".join(dict.fromkeys(keys)), does) for does, keys in said.items()]


def help_lines(keys: Sequence[tuple[str, str]], *, view: str, width: int) -> list[Line]:
    """Return what the help says, in lines no longer than `width`."""
    lines = [Line((title(f" KEYS ON {view.upper()}"),))]
    lines += [
        line for key, does in keys for line in _pair(key, does[:1].upper() + does[1:], KEY, width)
    ]
    lines += [EMPTY, Line((title(" FILTERS"), dim("  terms side by side must all be true")))]
    for form, meaning in explain_grammar():
        lines += _pair(form, meaning, 20, width)
    lines += [EMPTY, Line((title(" FIELDS"),))]
    for field in explain_fields():
        kinds = ", ".join(field.kinds)
        lines += _pair(field.name, f"{field.help} ({kinds}), as in {field.example}", KEY, width)
    return lines


def _pair(name: str, text: str, indent: int, width: int) -> list[Line]:
    """Return a name with its explanation, broken under itself."""
    first, *more = wrap(text, max(10, width - indent - 2)) or [""]
    head = Line((Span(f" {left(name, indent)} ", Meaning.ACCENT), Span(first)))
    return [head, *(Line((Span(f" {' ' * indent} "), Span(rest))) for rest in more)]
