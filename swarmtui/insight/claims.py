"""Read a claims file in any of its formats."""

from swarmtui.insight.claim import Claim, Claims, ClaimsError, Network
from swarmtui.insight.claims_lines import is_node_line, read_node_list
from swarmtui.insight.claims_table import COLUMNS_HELP, is_table_head, read_table
from swarmtui.insight.claims_toml import is_toml_line, read_toml

__all__ = ["Claim", "Claims", "ClaimsError", "Network", "parse_claims"]


def parse_claims(text: str) -> Claims:
    """Return the claims in `text`; raise `ClaimsError` when it is in no format known.

    The formats: what `docker node ls` prints, with a claim at the end of each line; CSV with a
    head line; TOML with a table for each contributor or region:

        [contributors."Internet Thailand"]
        pledged = 200
        nodes = ["022y2f6afykvv61b9zckqaffi"]
        addresses = ["10.4.0.29"]
        networks = ["10.4.0.0/16"]

    In the first two, a line that cannot be used is a warning and loses no other line. Blank lines
    and those that begin with # are skipped.
    """
    text = text.removeprefix("\ufeff")
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if _says_something(line)]
    if not lines:
        return Claims()
    number, first = lines[0]
    if is_node_line(first):
        return read_node_list(lines)
    if is_toml_line(first):
        return read_toml(text)
    if is_table_head(first):
        return read_table(lines)
    if any(is_node_line(line) for _, line in lines):
        return read_node_list(lines)
    raise ClaimsError(
        f"neither lines of docker node ls, nor TOML, nor CSV; for CSV {COLUMNS_HELP}", line=number
    )


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
