"""Amounts as people write them on a command line: how long, how large, which things."""

import re
from datetime import timedelta

import click

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([kmgt]?)(i?)b?", re.IGNORECASE | re.ASCII)
_LEAST_BYTES = 1_000_000
"""Below, a recording would be a keyframe and no room for what comes after."""

REDACTABLE = ("addresses", "hostnames")


class Duration(click.ParamType[timedelta]):
    """How long, as `90s`, `10m` or `1h30m`."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return how long that is."""
        from swarmtui.insight.moments import MomentError, parse_duration  # noqa: PLC0415

        try:
            duration = parse_duration(str(value))
        except MomentError as error:
            self.fail(error.message, param, ctx)
        if not duration:
            self.fail(f"{value} is no time at all", param, ctx)
        return duration


class Size(click.ParamType[int]):
    """How large, as `500MB`, `2G` or `1.5GiB`, in bytes."""

    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return how many bytes that are."""
        found = _SIZE.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is not a size; write it as 500MB or 2G", param, ctx)
        power = " kmgt".index(found[2].lower() or " ")
        size = int(float(found[1]) * (1024 if found[3] else 1000) ** power)
        if size < _LEAST_BYTES:
            self.fail(f"{value} is too small for a recording; give it 1MB at least", param, ctx)
        return size


class Redacted(click.ParamType[tuple[str, ...]]):
    """What is to be replaced in a recording, as `addresses,hostnames`."""

    name = "redacted"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the words, each once."""
        if isinstance(value, tuple):  # the default
            return value
        words = [word.strip().lower() for word in str(value).split(",")]
        for word in words:
            if word not in REDACTABLE:
                known = " and ".join(REDACTABLE)
                self.fail(f"{word!r} cannot be replaced; {known} can, with a comma", param, ctx)
        return tuple(sorted(set(words)))
