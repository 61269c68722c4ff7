"""Claim a number for a lab, and clear away what the holder of a number leaves behind.

The number makes the subnet and every name on the machine, so that two runs never collide. A claim
is a file in /run that names its owner: what a killed run left is found by it.
"""

import contextlib
import fcntl
import ipaddress
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.lab import processes
from tests.lab.errors import LabError
from tests.lab.waiting import wait_for

PREFIX = "swarmlab-"
MARKER = "SWARMLAB_BASE"
"""The environment variable that every process of a lab carries."""

RECORDS = Path("/run")
CGROUPS = Path("/sys/fs/cgroup")
LONGEST_BASE = 40
"""Characters: a unix socket's path has 108, and dockerd puts about 60 below the base."""


@dataclass(frozen=True)
class Claim:
    """One lab's number, and who holds it."""

    number: int
    owner_pid: int
    owner_started_at: int
    base: str
    """The folder that holds all files of the lab."""

    @property
    def name(self) -> str:
        """Return the name shared by the link, the cgroup and the record."""
        return f"{PREFIX}{self.number}"

    @property
    def record(self) -> Path:
        """Return the file that stands for the claim."""
        return RECORDS / f"{self.name}.json"

    def address(self, last: int) -> str:
        """Return an IPv4 address in the lab's subnet, a /24."""
        return f"10.77.{self.number}.{last}"

    def is_orphaned(self) -> bool:
        """Tell whether the owner has ended without releasing the claim."""
        return processes.started_at(self.owner_pid) != self.owner_started_at


def make_claim(parent: Path | None = None) -> Claim:
    """Claim the first free number and make its folder below `parent`, the temporary one if none."""
    parent = parent or Path(tempfile.gettempdir())
    _check_parent(parent)
    pid = os.getpid()
    with _records_locked():
        number = _find_free_number()
        base = parent / f"{PREFIX}{number}-{pid}"
        claim = Claim(number, pid, processes.started_at(pid) or 0, str(base))
        _write_record(claim)
    base.mkdir(mode=0o700)
    return claim


def read_claim(record: Path) -> Claim:
    """Return the claim that a record stands for."""
    return Claim(**json.loads(record.read_text()))


def release(claim: Claim) -> None:
    """Remove every trace of a lab; what is running is killed."""
    wait_for(lambda: _kill_processes(claim.base), within_s=20, what=f"{claim.name}: all killed")
    _remove_link(claim.name)
    wait_for(
        lambda: _remove_cgroups(claim.name), within_s=20, what=f"{claim.name}: cgroups removed"
    )
    shutil.rmtree(claim.base, ignore_errors=True)
    claim.record.unlink(missing_ok=True)


def sweep() -> list[str]:
    """Release the claims of runs that were killed, and return their names."""
    with _records_locked():
        orphans = [claim for claim in _claims() if claim.is_orphaned()]
        for claim in orphans:
            release(claim)
    return [claim.name for claim in orphans]


def leftovers() -> list[str]:
    """Return every trace of a lab on this machine that belongs to no living run."""
    living = [claim for claim in _claims() if not claim.is_orphaned()]
    names = {claim.name for claim in living}
    bases = {claim.base for claim in living}
    found = [f"record {path}" for path in _records() if path.stem not in names]
    found += [f"link {path.name}" for path in _links() if path.name not in names]
    found += [f"cgroup {path}" for path in _cgroups("*") if path.name not in names]
    found += [
        f"process {pid}" for pid, base in processes.processes_with(MARKER) if base not in bases
    ]
    found += [f"mount {path}" for path in _mounts() if not path.startswith(tuple(bases))]
    orphans = [claim for claim in _claims() if claim.is_orphaned()]
    return found + [f"files {claim.base}" for claim in orphans if Path(claim.base).exists()]


def traces(claim: Claim) -> list[str]:
    """Return what is there of one lab; an empty list once it has been released."""
    found = [f"record {claim.record}"] if claim.record.exists() else []
    found += [f"files {claim.base}"] if Path(claim.base).exists() else []
    found += [f"link {path.name}" for path in _links() if path.name == claim.name]
    found += [f"cgroup {path}" for path in _cgroups(claim.name)]
    found += [f"process {pid}" for pid in _processes(claim.base)]
    return found + [f"mount {path}" for path in _mounts() if path.startswith(claim.base)]


def _check_parent(parent: Path) -> None:
    if parent.is_relative_to("/run") or parent.is_relative_to("/var/run"):
        raise LabError(f"{parent}: every machine of the lab has an empty /run of its own")
    if len(str(parent)) > LONGEST_BASE:
        raise LabError(f"{parent}: too long a path for the unix sockets below it")


@contextlib.contextmanager
def _records_locked() -> Iterator[None]:
    """Keep other runs from claiming and sweeping meanwhile."""
    # The folder itself is locked: a lock file would be one more trace.
    folder = os.open(RECORDS, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _find_free_number() -> int:
    for number in range(256):
        if not (RECORDS / f"{PREFIX}{number}.json").exists() and not _is_routed(number):
            return number
    raise LabError("all networks from 10.77.0.0/24 to 10.77.255.0/24 are taken")


def _write_record(claim: Claim) -> None:
    """Write the record whole or not at all: a run can be killed at any moment."""
    draft = RECORDS / f".{claim.name}"
    draft.write_text(json.dumps(asdict(claim)))
    draft.rename(claim.record)


def _records() -> Iterator[Path]:
    return RECORDS.glob(f"{PREFIX}*.json")


def _claims() -> list[Claim]:
    found = []
    for record in _records():
        # Its owner may be removing it right now.
        with contextlib.suppress(FileNotFoundError):
            found.append(read_claim(record))
    return found


def _links() -> Iterator[Path]:
    return Path("/sys/class/net").glob(f"{PREFIX}*")


def _cgroups(name: str) -> list[Path]:
    """Return a lab's top cgroups: one a controller in version 1, one in version 2."""
    name = f"{PREFIX}*" if name == "*" else name
    return [*CGROUPS.glob(name), *CGROUPS.glob(f"*/{name}")]


def _mounts() -> list[str]:
    lines = Path("/proc/self/mounts").read_text().splitlines()
    return [path for path in (line.split()[1] for line in lines) if f"/{PREFIX}" in path]


def _processes(base: str) -> list[int]:
    return [pid for pid, value in processes.processes_with(MARKER) if value == base]


def _kill_processes(base: str) -> bool:
    """Kill what is running and return whether nothing was."""
    pids = _processes(base)
    for pid in pids:
        processes.send(pid, signal.SIGKILL)
    return not pids


def _remove_link(name: str) -> None:
    """Delete the link into the lab; it goes by itself too, a moment after the lab's network."""
    subprocess.run(["ip", "link", "delete", name], capture_output=True, check=False)


def _remove_cgroups(name: str) -> bool:
    """Remove the cgroups that are empty by now, and return whether none is left."""
    for top in _cgroups(name):
        folders = [Path(folder) for folder, _, _ in os.walk(top, topdown=False)]
        # A container that was killed a moment ago still holds its own.
        with contextlib.suppress(OSError):
            for folder in folders:
                folder.rmdir()
    return not _cgroups(name)


def _is_routed(number: int) -> bool:
    """Tell whether this machine already knows a way to the subnet."""
    listing = subprocess.run(
        ["ip", "-json", "-4", "route", "show"], capture_output=True, check=True, text=True
    ).stdout
    known = [route["dst"] for route in json.loads(listing or "[]") if route["dst"] != "default"]
    subnet = ipaddress.ip_network(f"10.77.{number}.0/24")
    # Wider routes, as those of a VPN, give way to ours.
    return any(
        network.prefixlen >= 16 and network.overlaps(subnet)
        for network in map(ipaddress.ip_network, known)
    )
