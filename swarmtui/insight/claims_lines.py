"""Read claims at the end of the lines that `docker node ls` prints."""

import re
from collections.abc import Sequence

from swarmtui.insight.claim import Claim, Claims, Entry, Spellings, collect_claims

# 1.12 prints MEMBERSHIP and no ENGINE VERSION, later ones the other way round. The word of
# MANAGER STATUS stands where a worker's claim does and is none; a word not known may be a `?`.
_NODE = re.compile(
    r"""\s*(?P<id>[a-z0-9]{10,25})(?:\s+\*)?
    (?:\s+\S+)??
    (?:\s+(?:Accepted|Pending|Rejected))?
    \s+(?:Ready|Down|Unknown|Disconnected)
    \s+(?:Active|Pause|Drain|\?)
    (?:\s+(?:Leader|Reachable|Unreachable|Unknown)(?!\S))?
    (?:\s+(?:v?[0-9]+\.[0-9]+\.[0-9]+\S*|\?(?!\S)))?
    (?:\s+(?P<claim>\S.*))?""",
    re.VERBOSE,
)
_HEAD = re.compile(r"\s*ID\s+(?:\*\s+)?(?:HOST)?NAME\b")


def is_node_line(line: str) -> bool:
    """Tell whether a line is one of `docker node ls`, or the head above them."""
    return bool(_HEAD.match(line) or _NODE.fullmatch(line.rstrip()))


def read_node_list(lines: Sequence[tuple[int, str]]) -> Claims:
    """Return the claims in numbered lines; those that are no nodes become warnings."""
    spellings = Spellings()
    entries: list[Entry] = []
    warnings: list[str] = []
    for number, line in lines:
        found = _NODE.fullmatch(line.rstrip())
        if found and found["claim"]:
            claim = Claim(spellings.unify(found["claim"]))
            entries.append(Entry(number, claim, node_id=found["id"]))
        elif not found and not _HEAD.match(line):
            warnings.append(f"line {number}: not a line of docker node ls; left out")
    return collect_claims(entries, warnings=warnings)
