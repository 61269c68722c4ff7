"""Where the user came from, so that Escape leads back there with the filter that stood."""

from dataclasses import replace

from swarmtui.tui.view import Spot


class Trail:
    """Spots from where one began to where one is."""

    def __init__(self, start: Spot) -> None:
        self._spots = [start]

    @property
    def here(self) -> Spot:
        """Return where the user is."""
        return self._spots[-1]

    @property
    def leads_back(self) -> bool:
        """Tell whether there is somewhere to go back to."""
        return len(self._spots) > 1

    def visit(self, spot: Spot) -> None:
        """Be somewhere else, with nothing to go back to."""
        self._spots = [spot]

    def drill(self, spot: Spot, *, filtered_by: str) -> None:
        """Go further in from here, where this filter stands."""
        if replace(spot, filter="") == replace(self.here, filter=""):
            return
        self._spots[-1] = replace(self.here, filter=filtered_by)
        self._spots.append(spot)

    def go_back(self) -> Spot:
        """Return to where one came from; stay where there is nothing to return to."""
        if self.leads_back:
            self._spots.pop()
        return self.here
