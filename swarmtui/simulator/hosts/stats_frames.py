"""What `docker stats --no-trunc --format '{{json .}}'` writes, byte by byte.

The forms are those of real CLIs, as captured from 20.10.24 and 28.2.2.
"""

from collections.abc import Sequence

from swarmtui.simulator.hosts.usage import Usage

_DECIMAL = ("B", "kB", "MB", "GB", "TB", "PB")
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_HOME = "\x1b[H"
_CLEAR = "\x1b[2J\x1b[H"
_ERASE_LINE = " \x1b[K\n"
_ERASE_BELOW = "\x1b[J"


def decimal_size(size: float) -> str:
    """Return a size as docker prints network and block I/O: `12.3kB`, and `1e+03kB` too."""
    power = 0
    while size >= 1000:
        size /= 1000
        power += 1
    return f"{size:.3g}{_DECIMAL[power]}"


def binary_size(size: float) -> str:
    """Return a size as docker prints memory: `3.168MiB`."""
    power = 0
    while size >= 1024:
        size /= 1024
        power += 1
    return f"{size:.4g}{_BINARY[power]}"


def known_line(container_id: str, name: str, usage: Usage, *, limit_bytes: int) -> str:
    """Return the line of a container of which there is a sample."""
    return (
        f'{{"BlockIO":"{decimal_size(usage.block_read_bytes)} / '
        f'{decimal_size(usage.block_write_bytes)}","CPUPerc":"{usage.cpu_percent:.2f}%",'
        f'"Container":"{container_id[:12]}","ID":"{container_id}",'
        f'"MemPerc":"{100 * usage.memory_bytes / limit_bytes:.2f}%",'
        f'"MemUsage":"{binary_size(usage.memory_bytes)} / {binary_size(limit_bytes)}",'
        f'"Name":"{name}","NetIO":"{decimal_size(usage.net_rx_bytes)} / '
        f'{decimal_size(usage.net_tx_bytes)}","PIDs":"{usage.pids}"}}'
    )


def unknown_line(container_id: str) -> str:
    """Return the line of a container of which there is no sample yet: not even its name."""
    return (
        f'{{"BlockIO":"--","CPUPerc":"--","Container":"{container_id[:12]}","ID":"",'
        '"MemPerc":"--","MemUsage":"-- / --","Name":"--","NetIO":"--","PIDs":"--"}'
    )


def frame_of_20(lines: Sequence[str]) -> bytes:
    """Return a repaint of the CLI of 20.10: the screen is cleared first."""
    return (_CLEAR + "".join(f"{line}\n" for line in lines)).encode()


def frame_of_28(lines: Sequence[str]) -> bytes:
    """Return a repaint of the CLI of 28: all twice, the second time erasing what was longer."""
    plain = "".join(f"{line}\n" for line in lines)
    erasing = "".join(f"{line}{_ERASE_LINE}" for line in (*lines, ""))
    return (_HOME + plain + _HOME + erasing + _ERASE_BELOW).encode()
