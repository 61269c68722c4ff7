"""Say shares and sizes the way `docker stats` prints them; pure."""

from collections.abc import Sequence

from swarmtui.swarm.stats import ContainerStats

UNKNOWN = "--"
"""What docker prints where the engine told nothing."""

_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_DECIMAL = ("B", "kB", "MB", "GB", "TB", "PB")


def cpu(percent: float | None) -> str:
    """Return a share of one core: `0.07%`, `212.50%`."""
    return UNKNOWN if percent is None else f"{percent:.2f}%"


def memory(size_bytes: int | None) -> str:
    """Return bytes in binary units, to four figures: `12.4MiB`."""
    return UNKNOWN if size_bytes is None else _scaled(size_bytes, 1024, _BINARY, figures=4)


def traffic(size_bytes: int | None) -> str:
    """Return bytes in decimal units, to three figures: `1.2kB`."""
    return UNKNOWN if size_bytes is None else _scaled(size_bytes, 1000, _DECIMAL, figures=3)


def memory_of(stats: ContainerStats) -> tuple[str, str]:
    """Return what is used and the limit."""
    return memory(stats.memory_bytes), memory(stats.memory_limit_bytes)


def net_of(stats: ContainerStats) -> tuple[str, str]:
    """Return what came in and what went out."""
    return traffic(stats.net_rx_bytes), traffic(stats.net_tx_bytes)


def block_of(stats: ContainerStats) -> tuple[str, str]:
    """Return what was read and what was written."""
    return traffic(stats.block_read_bytes), traffic(stats.block_write_bytes)


def _scaled(size: float, base: int, units: Sequence[str], *, figures: int) -> str:
    step = 0
    # What would be rounded up to 1000 is said in the next unit: docker itself writes `1e+03kB`.
    while step < len(units) - 1 and float(f"{size:.{figures}g}") >= base:
        size /= base
        step += 1
    return f"{float(f'{size:.{figures}g}'):g}{units[step]}"
