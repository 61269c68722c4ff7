"""Read the config's table `problems`: from when on something is one."""

import difflib
import math
from collections.abc import Mapping
from datetime import timedelta

import msgspec

from swarmtui.insight.moments import MomentError, parse_duration
from swarmtui.insight.thresholds import Thresholds

TABLE = "problems"
_LONGEST = timedelta(days=365)
_MOST = 1_000_000_000

_A_LENGTH = 'a length of time in quotes like "90s", "10m" or "1h30m"'
_A_COUNT = "a whole number from 1 on"
_A_SHARE = "a number above 0 and at most 1, like 0.1"
_SECONDS = "a number of seconds above 0"


class ThresholdError(ValueError):
    """A table that cannot be used; the text names the key and what is expected."""


def read_thresholds(table: object) -> Thresholds:
    """Return what the table says, as TOML has it; raise `ThresholdError`."""
    if not isinstance(table, Mapping):
        raise ThresholdError(f'{TABLE}: expected a table with lines like no_progress = "60s"')
    usual = msgspec.structs.asdict(Thresholds())
    for key in table:
        if key not in usual:
            raise ThresholdError(_explain_unknown(str(key), list(usual)))
    told = {key: _read(key, value, usual[key]) for key, value in table.items()}
    return msgspec.structs.replace(Thresholds(), **told)


def _read(key: str, value: object, usual: object) -> object:
    """Return a value of the type that the usual one has."""
    if isinstance(usual, timedelta):
        return _read_length(key, value)
    if isinstance(usual, int):
        if _is_number(value) and isinstance(value, int) and 1 <= value <= _MOST:
            return value
        raise _refuse(key, _A_COUNT)
    is_seconds = key.endswith("_s")
    most = _LONGEST.total_seconds() if is_seconds else 1.0
    if _is_number(value) and isinstance(value, int | float) and 0 < value <= most:
        return float(value)
    raise _refuse(key, _SECONDS if is_seconds else _A_SHARE)


def _read_length(key: str, value: object) -> timedelta:
    if not isinstance(value, str):
        raise _refuse(key, _A_LENGTH)
    try:
        length = parse_duration(value.strip())
    except (MomentError, OverflowError):
        raise _refuse(key, _A_LENGTH) from None
    if not timedelta() < length <= _LONGEST:
        raise _refuse(key, f"{_A_LENGTH}, above 0 and at most a year")
    return length


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _refuse(key: str, expected: str) -> ThresholdError:
    return ThresholdError(f"{TABLE}.{key}: not usable; expected {expected}")


def _explain_unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(known)}"
    return f"{TABLE}.{name}: unknown key; {hint}"
