"""The dialog that tells all that is known of one machine, and how to trust its host key."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.screen import ModalScreen

from swarmtui.insight.containers import MachineRow
from swarmtui.insight.picture import Picture
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import EMPTY, Line, Spans, dim, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.tail_words import sample_age, tail_glyph, tail_word, trust_command
from swarmtui.tui.verdicts import verdict_of
from swarmtui.tui.views.machine_columns import clock_offset
from swarmtui.tui.words import age_since, left, wrap

LABEL = 14


class MachineDialog(ModalScreen[None]):
    """Lies over a screen and tells of a machine as it was when it was opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,i", "dismiss", "Close", id="machine.close"),
        Binding("c", "copy_command", "Copy the command", id="machine.copy"),
        Binding("q,ctrl+c", "app.quit", "Quit", id="machine.quit", show=False),
        Binding("down,j", "scroll(1)", "Down", id="machine.down", show=False),
        Binding("up,k", "scroll(-1)", "Up", id="machine.up", show=False),
    ]

    DEFAULT_CSS = """
    MachineDialog {
        align: center middle;
        background: $background 60%;
        & #machine-box {
            width: 90%;
            max-width: 110;
            height: auto;
            max-height: 90%;
            background: $panel;
            padding: 1 2;
            scrollbar-background: $panel;
            scrollbar-size-vertical: 1;
        }
        & #machine-lines { width: 1fr; background: $panel; }
    }
    """

    def __init__(self, machine: MachineRow, picture: Picture, *, now: datetime) -> None:
        super().__init__(id="machine")
        self._machine = machine
        self._picture = picture
        self._now = now
        self._is_copied = False
        self._pane = Pane(id="machine-lines")
        self._box = VerticalScroll(self._pane, id="machine-box", can_focus=False)

    def compose(self) -> ComposeResult:
        """Put the lines in a box that scrolls."""
        yield self._box

    @property
    def command(self) -> str:
        """Return the command that accepts the machine's host key; empty when none is asked for."""
        return command_for(self._machine)

    @property
    def lines(self) -> Sequence[Line]:
        """Return what is said."""
        return self._pane.lines

    def on_resize(self, event: Resize) -> None:
        """Break the lines to the width."""
        del event
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a copy only of what is there."""
        del parameters
        return action != "copy_command" or bool(self.command)

    def action_copy_command(self) -> None:
        """Hand the command to the terminal's clipboard."""
        self.app.copy_to_clipboard(self.command)
        self._is_copied = True
        self._draw()

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self._box.scroll_relative(y=lines, animate=False)

    def _draw(self) -> None:
        # The box takes nine tenths, at most 110 cells, with two at each side left free.
        width = min(self.size.width * 9 // 10, 110) - 4
        lines = machine_lines(
            self._machine, self._picture, self._now, width=width, is_copied=self._is_copied
        )
        self._pane.styles.height = len(lines)
        self._pane.paint(lines)


def command_for(machine: MachineRow) -> str:
    """Return the command that accepts the host key of a machine that shows an unknown one."""
    texts = (
        machine.tail.text if machine.tail else "",
        machine.seen.error if machine.seen else "",
    )
    return next((found for text in texts if (found := trust_command(text))), "")


def machine_lines(
    machine: MachineRow, picture: Picture, now: datetime, *, width: int, is_copied: bool = False
) -> list[Line]:
    """Return all that is known of a machine, broken to the width."""
    lines = [Line((title(f" {plain(machine.name)}"),)), EMPTY]
    for label, spans in _facts(machine, picture, now):
        lines.append(Line((dim(f" {left(label, LABEL)}"), *spans)))
    for text in _reasons(machine):
        lines += [EMPTY, *(Line((Span(f" {part}"),)) for part in wrap(text, width - 2))]
    if command := command_for(machine):
        lines += _asking(command, width=width)
        copying = " copied · " if is_copied else " c copies the command · "
        return [*lines, EMPTY, Line((dim(f"{copying}esc closes"),))]
    return [*lines, EMPTY, Line((dim(" esc closes"),))]


def _asking(command: str, *, width: int) -> list[Line]:
    """Return the question whether the key is the machine's own, and what to do if it is."""
    question = (
        "Compare the fingerprint with what the machine or its owner tells. If it is the same, "
        "accept it in another terminal:"
    )
    return [
        EMPTY,
        Line((Span(" Trust this key?", Meaning.WARN),)),
        *(Line((Span(f" {part}"),)) for part in wrap(question, width - 2)),
        *(Line((Span(f"   {part}", Meaning.ACCENT),)) for part in wrap(command, width - 4)),
    ]


def _reasons(machine: MachineRow) -> list[str]:
    seen = machine.seen
    texts = (
        machine.tail.text if machine.tail else "",
        seen.error if seen else "",
        f"not joined: {seen.join_error}" if seen and seen.join_error else "",
    )
    told = (plain(text).partition("; compare it, then accept it")[0] for text in texts if text)
    return list(dict.fromkeys(told))


def _facts(machine: MachineRow, picture: Picture, now: datetime) -> list[tuple[str, Spans]]:
    verdict = verdict_of(machine, picture)
    facts: list[tuple[str, Spans]] = [
        ("swarm", (verdict.glyph, Span(f" {verdict.word}", verdict.glyph.meaning))),
        ("node", (Span(_node(machine, picture)),)),
        ("region", (Span(plain(machine.region)),)),
        ("contributor", (Span(plain(machine.contributor)),)),
    ]
    if machine.seen is not None:
        facts += _answer(machine, now)
    if machine.tail is not None:
        sign = tail_glyph(machine.tail)
        word = Span(f" {tail_word(machine.tail, now)}", sign.meaning)
        facts.append(("docker stats", (sign, word, dim(" · sample "), *_age(machine, now))))
    return [(label, spans) for label, spans in facts if "".join(text for text, _ in spans).strip()]


def _age(machine: MachineRow, now: datetime) -> Spans:
    return sample_age(machine.taken_at, now)


def _node(machine: MachineRow, picture: Picture) -> str:
    node_id = machine.node_id or (machine.seen.node_id if machine.seen else "")
    node = picture.snapshot.nodes.get(node_id)
    return plain(f"{node.hostname} · {node_id}" if node else node_id)


def _answer(machine: MachineRow, now: datetime) -> list[tuple[str, Spans]]:
    seen = machine.seen
    if seen is None:
        return []
    managers = ", ".join(plain(address) for address in seen.managers)
    return [
        ("role", (Span("manager" if seen.is_manager else "worker" if seen.is_in else ""),)),
        ("managers", (Span(managers),)),
        ("docker", (Span(plain(seen.docker_version)),)),
        ("clock", clock_offset(seen.clock_offset_s) if seen.reachable else ()),
        ("answered", (Span(f"{age_since(seen.taken_at, now)} ago"),)),
    ]
