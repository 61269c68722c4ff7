"""Ask whether a host key is to be trusted, and tell what came of a yes; pure."""

import shlex
from collections.abc import Sequence

from swarmtui.insight.containers import MachineRow
from swarmtui.swarm.stats import TrustOutcome, UnknownKey
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import Line, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.words import wrap

_AUTHORITY = (
    "A certificate authority is to vouch for it by known_hosts: that is not spoken here, the key "
    "itself has to be known."
)
_NOWHERE = "UserKnownHostsFile is none in ~/.ssh/config: there is no file to write it to."


def trust_command(key: UnknownKey) -> str:
    """Return the command that accepts an unknown host key, quoted for a shell."""
    asked_as = map(plain, key.asked_as)
    return shlex.join(("swarmtui", "trust", *asked_as, "--fingerprint", plain(key.fingerprint)))


def outcome_of(machine: MachineRow, key: UnknownKey | None) -> TrustOutcome | None:
    """Return what came of a yes to this key; `None` when nothing did yet."""
    outcome = machine.trust
    return outcome if outcome is not None and outcome.wish.key == key else None


def question_lines(key: UnknownKey, *, width: int) -> Sequence[Line]:
    """Return the question whether a key is the machine's own, and exactly what a yes writes."""
    name = plain(key.name)
    shown = f"{name} shows a host key that is in no known_hosts, and so it was left alone:"
    compare = "Compare this with what the machine itself, or its owner, tells. If it is the same:"
    hashed = " (hashed)" if key.is_hashed else ""
    yes = f"writes this key into {plain(key.file)}, as that of {name}{hashed}; nothing else."
    return [
        Line((Span(" Trust this key?", Meaning.WARN),)),
        *_told(shown, width),
        Line((Span(f"   {plain(key.type)}"),)),
        *(Line((Span(f"   {part}", Meaning.ACCENT),)) for part in _parts(key.fingerprint, width)),
        *(_told(_AUTHORITY, width) if key.has_authority else ()),
        *_told(compare, width),
        *(_choice("y", yes, width) if key.file else _told(_NOWHERE, width)),
        *_choice("n", "leaves everything as it is.", width),
        *_choice("c", f"copies {trust_command(key)}", width),
    ]


def asking_lines(key: UnknownKey, *, width: int) -> Sequence[Line]:
    """Return that a yes is being done."""
    text = f"Asking {plain(key.name)} for its key once more, to write it only if it is the same…"
    return [Line((Span(f" {part}", Meaning.ACCENT),)) for part in wrap(text, width - 2)]


def outcome_lines(outcome: TrustOutcome, *, width: int) -> Sequence[Line]:
    """Return what came of a yes."""
    key = outcome.wish.key
    if outcome.is_trusted:
        text, meaning = f"✓ The key of {plain(key.name)} is in {plain(outcome.file)}.", Meaning.OK
    else:
        text, meaning = f"✗ Not trusted: {plain(outcome.text)}", Meaning.BAD
    return [Line((Span(f" {part}", meaning),)) for part in wrap(text, width - 2)]


def _told(text: str, width: int) -> Sequence[Line]:
    return [Line((Span(f" {part}"),)) for part in wrap(text, width - 2)]


def _parts(text: str, width: int) -> Sequence[str]:
    return wrap(plain(text), width - 4)


def _choice(key: str, does: str, width: int) -> Sequence[Line]:
    """Return what a key does, broken under itself."""
    first, *more = wrap(does, width - 6)
    head = Line((Span(f"   {key} ", Meaning.ACCENT), Span(first)))
    return [head, *(Line((dim("     "), Span(part))) for part in more)]
