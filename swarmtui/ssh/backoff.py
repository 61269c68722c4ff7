"""How long to wait before trying again: longer each time, and never all at once."""

import msgspec


class Backoff(msgspec.Struct, frozen=True, kw_only=True):
    """A wait that grows with each attempt. A value: `next` gives another one."""

    first_s: float = 1.0
    longest_s: float = 60.0
    attempt: int = 0
    """Attempts that failed so far."""

    def next(self) -> "Backoff":
        """Return the wait after one more failure."""
        return msgspec.structs.replace(self, attempt=self.attempt + 1)

    def fresh(self) -> "Backoff":
        """Return the wait after a success."""
        return msgspec.structs.replace(self, attempt=0)

    def wait_s(self, chance: float) -> float:
        """Return the seconds to wait; `chance` within [0, 1) spreads those who failed together.

        Between half and the whole of a time that doubles: those who were turned away by a busy
        server must not come back as one.
        """
        # No sum of machines waits for 2 ** 32 seconds, and a float holds no 2 ** 10,000.
        whole = min(self.longest_s, self.first_s * 2.0 ** min(self.attempt, 32))
        return whole * (0.5 + chance / 2)
