"""Write filters that show what a problem or a happening is about."""

import re
from collections.abc import Sequence

from swarmtui.insight.query_syntax import quote
from swarmtui.insight.query_values import LONGEST_PATTERN


def query_nodes(ids: Sequence[str], *, otherwise: str) -> str:
    """Return a filter for exactly these nodes, or `otherwise` when they are too many for one."""
    if len(ids) > 12:
        return otherwise
    pattern = f"^({'|'.join(re.escape(id_) for id_ in ids)})$"
    if not ids or len(pattern) > LONGEST_PATTERN:
        return otherwise
    return f"id~{quote(pattern)}"


def query_field(field: str, value: str) -> str:
    """Return a filter for things whose field has this value, whatever characters it has."""
    return f"{field}:{quote(value)}"
