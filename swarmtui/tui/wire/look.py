"""How a cell looks, and the shortest way to tell a terminal to draw otherwise; pure."""

from functools import lru_cache
from typing import NamedTuple

_OFF = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28",
    "9": "29", "21": "24", "51": "54", "52": "54", "53": "55",
}  # fmt: skip
"""What ends each attribute (ECMA-48, SGR); bold and dim end together."""

_SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})


class Look(NamedTuple):
    """Colours and attributes, as the parameters of SGR that set them."""

    attributes: tuple[str, ...] = ()
    colour: str = ""
    """Empty for the terminal's own."""
    ground: str = ""
    """Empty for the terminal's own."""
    link: str = ""
    """Parameters of OSC 8; empty without a link."""

    @property
    def blank(self) -> "Look":
        """Return what is seen of it where nothing is written."""
        if self.link or not _SEEN_ON_BLANKS.isdisjoint(self.attributes):
            return self
        return Look(ground=self.ground)


UNSET = Look()


@lru_cache(maxsize=4096)
def are_alike_on_blanks(one: Look, other: Look) -> bool:
    """Tell whether blanks look the same in both."""
    return one.blank == other.blank


@lru_cache(maxsize=4096)
def turn(before: Look, after: Look) -> str:
    """Return what a terminal must be sent to draw in another look."""
    link = f"\x1b]8;{after.link or ';'}\x1b\\" if after.link != before.link else ""
    afresh = ["0", *_turns(UNSET, after)]
    parameters = min(";".join(_turns(before, after)), ";".join(afresh), key=len)
    return f"{link}\x1b[{parameters}m" if parameters else link


def _turns(before: Look, after: Look) -> list[str]:
    gone = {_OFF[code] for code in before.attributes if code not in after.attributes}
    turns = sorted(gone)
    turns += [c for c in after.attributes if c not in before.attributes or _OFF[c] in gone]
    if after.colour != before.colour:
        turns.append(after.colour or "39")
    if after.ground != before.ground:
        turns.append(after.ground or "49")
    return turns
