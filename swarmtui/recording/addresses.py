"""Find addresses in texts, however they are written, and write them anew."""

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

# Dotted, or dashed as clouds put them into hostnames: `ip-10-0-0-7`. Four numbers or more: of
# `5-10-0-0-7` the last four are the address.
_IPV4 = re.compile(r"(?<!\d)\d+(?:(?:\.\d+){3,}|(?:-\d+){3,})")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]{2,}")
_WORD_CHARACTER = re.compile(r"\w")

Address = IPv4Address | IPv6Address


def read_address(text: str) -> Address | None:
    """Return the address that this is, or `None`."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def replace_addresses(text: str, replace: Callable[[Address], str]) -> str:
    """Return the text with every address in it as `replace` has it; ports stay."""
    if ":" in text:
        text = _IPV6.sub(lambda match: _replace_v6(match, replace), text)
    return _IPV4.sub(lambda match: _replace_v4(match[0], replace), text)


def _replace_v6(match: re.Match[str], replace: Callable[[Address], str]) -> str:
    run = match[0]
    if run.count(":") < 2 or _goes_on(match):
        return run
    core = run.strip(".")
    # A colon alone at either end is one of the sentence: `fe80::1: refused`.
    core = core.removesuffix(":") if not core.endswith("::") else core
    core = core.removeprefix(":") if not core.startswith("::") else core
    for address in (core, core.rpartition(":")[0]):  # behind it may stand a port
        found = read_address(address)
        if found is not None:
            return run.replace(address, replace(found), 1)
    return run


def _goes_on(match: re.Match[str]) -> bool:
    """Tell whether what was found is only a part of a word."""
    text, start, end = match.string, match.start(), match.end()
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    is_begun = bool(_WORD_CHARACTER.match(before)) and not match[0].startswith(":")
    return is_begun or bool(_WORD_CHARACTER.match(after))


def _replace_v4(run: str, replace: Callable[[Address], str]) -> str:
    mark = "." if "." in run else "-"
    numbers = run.split(mark)
    for start in range(len(numbers) - 4, -1, -1):
        four = numbers[start : start + 4]
        if all(len(number) <= 3 and int(number) <= 255 for number in four):
            address = IPv4Address(".".join(str(int(number)) for number in four))
            written = replace(address).replace(".", mark)
            return mark.join((*numbers[:start], written, *numbers[start + 4 :]))
    return run
