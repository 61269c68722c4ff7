"""Which values in sight changed a moment ago."""

from datetime import datetime

from swarmtui.tui.freshness import FRESH_FOR
from swarmtui.tui.lines import Spans
from swarmtui.tui.table.layout import Layout
from swarmtui.tui.table.painting import NOTHING_FRESH


class News:
    """Changes of cells, by row id and column key, kept for two seconds."""

    def __init__(self) -> None:
        self._changed: dict[str, dict[str, datetime]] = {}

    def compare(
        self,
        row_id: str,
        before: tuple[Spans, ...],
        after: tuple[Spans, ...],
        *,
        layout: Layout,
        now: datetime,
    ) -> None:
        """Take note of the cells of a row that differ; ages and the like always do."""
        for place, old, new in zip(layout.placed, before, after, strict=True):
            if old != new and not (place.column.is_age or place.column.is_lively):
                self._changed.setdefault(row_id, {})[place.column.key] = now

    def fresh(self, row_id: str) -> frozenset[str]:
        """Return the columns of a row that changed a moment ago."""
        changed = self._changed.get(row_id)
        return frozenset(changed) if changed else NOTHING_FRESH

    def fade(self, now: datetime) -> None:
        """Forget what is older than two seconds."""
        if not self._changed:
            return
        kept = {
            row_id: {key: at for key, at in changed.items() if now - at < FRESH_FOR}
            for row_id, changed in self._changed.items()
        }
        self._changed = {row_id: changed for row_id, changed in kept.items() if changed}
