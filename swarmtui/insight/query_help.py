"""What the help says of the filter language."""

from typing import NamedTuple

from swarmtui.insight.query_fields import FIELDS, Kind


class FieldHelp(NamedTuple):
    """One line of the help screen."""

    name: str
    kinds: tuple[Kind, ...]
    help: str
    example: str


def explain_fields() -> tuple[FieldHelp, ...]:
    """Return every field with what it applies to, its meaning and an example."""
    return tuple(
        FieldHelp(field.name, tuple(field.readings), field.help, field.example)
        for field in FIELDS.values()
    )


def explain_grammar() -> tuple[tuple[str, str], ...]:
    """Return the forms a term can have, each with its meaning."""
    return (
        ("word", "the name, id or address has this in it"),
        ("field:value", "is this; * stands for anything, field:* for having one at all"),
        ("field~pattern", "a regular expression is found in it"),
        ("field>number", "also < >= <= ; 512M, 1.5G, 5m, 1h30m, 2d"),
        ("-term", "not so"),
        ('field:"two words"', "quotes hold blanks; inside them * is just a *"),
        ("term term", "both"),
    )
