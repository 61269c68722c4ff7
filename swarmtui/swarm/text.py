"""Make text from outside harmless: hostnames, labels, errors, addresses are hostile until then."""

import re
import unicodedata

_SUSPECT = re.compile(r"[^\x20-\x7e]")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")


def plain(text: str) -> str:
    """Return `text` on one line, without escape sequences, control or direction characters.

    What is taken out leaves `·` behind where it could otherwise hide a difference between two
    names; white space becomes a blank. Markup is left alone: nothing here interprets it.
    """
    if _SUSPECT.search(text) is None:
        return text
    return "".join(_harmless(char) for char in _ESCAPES.sub("·", text))


def _harmless(char: str) -> str:
    if char in "\t\n\r":
        return " "
    # Cc control, Cf format (right-to-left overrides, zero-width), Cs lone surrogates, Co private,
    # Cn unassigned: none of them draws a cell that a terminal and this program agree on.
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return "·"
    return char
