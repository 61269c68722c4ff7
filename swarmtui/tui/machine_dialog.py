"""The dialog that tells all that is known of one machine, and asks whether to trust its key."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType

from swarmtui.insight.containers import MachineRow
from swarmtui.insight.manager_ports import PORTS, tell_port
from swarmtui.insight.picture import Picture
from swarmtui.swarm.stats import MachineSeen, UnknownKey
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import EMPTY, Line, Spans, dim, title
from swarmtui.tui.lines_dialog import LinesDialog
from swarmtui.tui.meaning import Span
from swarmtui.tui.tail_words import sample_age, tail_glyph, tail_word
from swarmtui.tui.trust_words import (
    asking_lines,
    outcome_lines,
    outcome_of,
    question_lines,
    trust_command,
)
from swarmtui.tui.trusts import KeyAccepted, Trusts
from swarmtui.tui.verdicts import verdict_of
from swarmtui.tui.views.machine_columns import clock_offset
from swarmtui.tui.words import age_since, left, wrap

LABEL = 14


class MachineDialog(LinesDialog):
    """Lies over a screen and tells of a machine.

    Only the key that the machine showed when it was opened is ever offered: one that comes later
    might be taken with a key press that was meant for the one before.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,i,n", "dismiss", "Close", id="machine.close"),
        Binding("y", "trust", "Trust this key", id="machine.trust"),
        Binding("c", "copy_command", "Copy the command", id="machine.copy"),
        Binding("q,ctrl+c", "app.quit", "Quit", id="machine.quit", show=False),
        Binding("down,j", "scroll(1)", "Down", id="machine.down", show=False),
        Binding("up,k", "scroll(-1)", "Up", id="machine.up", show=False),
    ]

    def __init__(
        self, machine: MachineRow, picture: Picture, trusts: Trusts | None, *, now: datetime
    ) -> None:
        """Take what is being trusted; `None` where there is nobody to ask for a key."""
        super().__init__(id="machine")
        self._machine = machine
        self._picture = picture
        self._trusts = trusts or Trusts()
        self._now = now
        self._key = machine.unknown_key if trusts is not None else None
        self._is_copied = False

    @property
    def offered(self) -> UnknownKey | None:
        """Return the key that a yes would accept now."""
        if self._trusts.is_asked(self._machine.name) or self._machine.unknown_key != self._key:
            return None
        return self._key

    def follow(self, picture: Picture, trusts: Trusts, *, now: datetime) -> None:
        """Tell of the machine as the newest picture has it; the last that was known, else."""
        self._machine = picture.machines.get(self._machine.name, self._machine)
        self._picture, self._trusts, self._now = picture, trusts, now
        self.draw()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is to trust or to copy."""
        del parameters
        if action == "trust":
            return self.offered is not None and bool(self.offered.file)
        return action != "copy_command" or self.offered is not None

    def action_trust(self) -> None:
        """Say yes to the key that is shown."""
        if self.offered is not None:
            self.post_message(KeyAccepted(self._machine.name, self.offered))

    def action_copy_command(self) -> None:
        """Hand the command that accepts the key to the terminal's clipboard."""
        if self.offered is not None:
            self.app.copy_to_clipboard(trust_command(self.offered))
            self._is_copied = True
            self.draw()

    def lines_for(self, width: int) -> Sequence[Line]:
        """Return all that is known of the machine."""
        name, *facts = machine_lines(
            self._machine, self._picture, self._now, width=width, asked=self._key
        )
        return [name, EMPTY, *self._trust_lines(width), *facts, EMPTY, self._last_line()]

    def _trust_lines(self, width: int) -> Sequence[Line]:
        """Return what there is to say of the key: it stands first, where nothing hides it."""
        key, outcome = self._key, outcome_of(self._machine, self._key)
        lines = [*outcome_lines(outcome, width=width), EMPTY] if outcome else []
        if key is not None and self._trusts.is_asked(self._machine.name):
            return [*asking_lines(key, width=width), EMPTY]
        if self.offered is not None:
            return [*lines, *question_lines(self.offered, width=width), EMPTY]
        return lines

    def _last_line(self) -> Line:
        copied = " copied ·" if self._is_copied else ""
        return Line((dim(f"{copied} esc closes"),))


def machine_lines(
    machine: MachineRow,
    picture: Picture,
    now: datetime,
    *,
    width: int,
    asked: UnknownKey | None = None,
) -> list[Line]:
    """Return all that is known of a machine, broken to the width; its name is the first line.

    Of the key that is `asked` about nothing is said here.
    """
    lines = [Line((title(f" {plain(machine.name)}"),))]
    for label, spans in _facts(machine, picture, now):
        lines.append(Line((dim(f" {left(label, LABEL)}"), *spans)))
    for text in _reasons(machine, asked):
        lines += [EMPTY, *(Line((Span(f" {part}"),)) for part in wrap(text, width - 2))]
    return lines


def _reasons(machine: MachineRow, asked: UnknownKey | None) -> list[str]:
    tail, seen = machine.tail, machine.seen
    texts = (
        tail.text if tail and (asked is None or tail.unknown_key != asked) else "",
        seen.error if seen and (asked is None or not _is_about(seen, asked)) else "",
        f"not joined: {seen.join_error}" if seen and seen.join_error else "",
    )
    return list(dict.fromkeys(plain(text) for text in texts if text))


def _is_about(seen: MachineSeen, key: UnknownKey) -> bool:
    outcome = seen.trust
    return seen.unknown_key == key or (outcome is not None and outcome.wish.key == key)


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
        ("manager ports", _ports(seen)),
        ("docker", (Span(plain(seen.docker_version)),)),
        ("clock", clock_offset(seen.clock_offset_s) if seen.reachable else ()),
        ("answered", (Span(f"{age_since(seen.taken_at, now)} ago"),)),
    ]


def _ports(seen: MachineSeen) -> Spans:
    """Return how the managers' ports look from there; most often nobody can say."""
    if not seen.reachable:
        return ()
    told = " · ".join(f"{port} {tell_port(seen, port)}" for port in PORTS)
    return (Span(told),)
