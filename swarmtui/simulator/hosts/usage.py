"""What a container uses: it moves smoothly, and is the same for the same task and time."""

import math
from dataclasses import dataclass
from random import Random

_WARM_UP_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What docker knows of a container at one moment."""

    cpu_percent: float
    memory_bytes: float
    net_rx_bytes: float = 0.0
    net_tx_bytes: float = 0.0
    block_read_bytes: float = 0.0
    block_write_bytes: float = 0.0
    pids: int = 0


@dataclass(frozen=True, slots=True)
class _Wave:
    """Between 0 and 2, mostly around 1."""

    period_s: float
    height: float
    offset: float

    def at(self, t: float) -> float:
        return 1 + self.height * math.sin(t / self.period_s + self.offset)

    def integral(self, t: float) -> float:
        """Return the area below it from 0 to `t`: it never falls."""
        swing = math.cos(self.offset) - math.cos(t / self.period_s + self.offset)
        return t + self.height * self.period_s * swing


class Habit:
    """How the container of one task uses its machine."""

    def __init__(self, task_id: str, *, memory_bytes: int, has_network: bool) -> None:
        chance = Random(task_id)
        busy = chance.lognormvariate(-0.5, 1.1)
        self._cpu_percent = min(busy, 45.0)
        self._fast = _Wave(chance.uniform(2, 6), chance.uniform(0.1, 0.5), chance.uniform(0, 6.28))
        self._slow = _Wave(chance.uniform(15, 60), chance.uniform(0, 0.4), chance.uniform(0, 6.28))
        # Forty of them fit on the smallest machine, of 512 MB, and leave half of it.
        self._memory_bytes = memory_bytes / 140 * chance.lognormvariate(0, 0.4)
        self._net = (
            (chance.lognormvariate(7, 1.5), chance.lognormvariate(6.5, 1.5)) if has_network else ()
        )
        self._read_bytes = chance.choice((0.0, chance.uniform(1e5, 3e7)))
        self._write_rate = chance.choice((0.0, 0.0, chance.lognormvariate(5, 1.5)))
        self._pids = min(1 + int(chance.expovariate(0.3)), 60)

    def at(self, lived_s: float) -> Usage:
        """Return what is used `lived_s` seconds after the start."""
        warmth = 1 - math.exp(-lived_s / _WARM_UP_S)
        load = self._fast.at(lived_s) * self._slow.at(lived_s)
        passed = self._slow.integral(lived_s)
        received, sent = self._net or (0.0, 0.0)
        return Usage(
            # A start is work: it settles within seconds.
            cpu_percent=self._cpu_percent * load + 15 * math.exp(-lived_s / 3),
            memory_bytes=self._memory_bytes * (0.4 + 0.6 * warmth) * (0.96 + 0.04 * load),
            net_rx_bytes=866 + received * passed if self._net else 0.0,
            net_tx_bytes=sent * passed,
            block_read_bytes=self._read_bytes * warmth,
            block_write_bytes=self._write_rate * passed,
            pids=self._pids,
        )
