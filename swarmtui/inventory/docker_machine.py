"""Read the machines that docker-machine made, from the files it keeps, without its cloud keys."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from swarmtui.insight.attribution import CONTRIBUTOR_LABELS, REGION_LABELS, find_label
from swarmtui.inventory.files import read_bytes
from swarmtui.inventory.inventory import MOST_MACHINES, Inventory, InventoryError, Warnings
from swarmtui.swarm.machine import Machine

SOURCE = "docker-machine"

_MOST_BYTES = 1 << 20
_ZONE = re.compile(r"(?P<region>.+[0-9])-[a-z]")
"""Google names a zone after its region: `us-central1-a`."""


class _Driver(msgspec.Struct, frozen=True, gc=False):
    """Nothing else of a driver is decoded: access keys and tokens stand beside these in clear."""

    ip: str = msgspec.field(default="", name="IPAddress")
    name: str = msgspec.field(default="", name="MachineName")
    user: str = msgspec.field(default="", name="SSHUser")
    port: int = msgspec.field(default=0, name="SSHPort")
    key: str = msgspec.field(default="", name="SSHKeyPath")
    region: str = msgspec.field(default="", name="Region")
    zone: str = msgspec.field(default="", name="Zone")


class _Engine(msgspec.Struct, frozen=True):
    labels: tuple[str, ...] | None = msgspec.field(default=None, name="Labels")


class _Options(msgspec.Struct, frozen=True):
    engine: _Engine | None = msgspec.field(default=None, name="EngineOptions")


class _Host(msgspec.Struct, frozen=True):
    driver: _Driver = msgspec.field(name="Driver")
    driver_name: str = msgspec.field(default="", name="DriverName")
    options: _Options | None = msgspec.field(default=None, name="HostOptions")


_DECODER = msgspec.json.Decoder(_Host)


def find_store(env: Mapping[str, str], *, home: Path) -> Path | None:
    """Return where docker-machine keeps its machines, if it has any."""
    store = Path(env.get("MACHINE_STORAGE_PATH") or home / ".docker" / "machine")
    return store if is_store(store) else None


def is_store(folder: Path) -> bool:
    """Tell whether a folder is docker-machine's."""
    try:
        return (folder / "machines").is_dir()
    except (OSError, ValueError):
        return False


def read_store(
    store: Path,
    *,
    region_labels: Sequence[str] = REGION_LABELS,
    contributor_labels: Sequence[str] = CONTRIBUTOR_LABELS,
) -> Inventory:
    """Return the machines of a store, by name; raise `InventoryError` when it cannot be listed.

    Region and contributor are what the engine labels say, else the region is where the cloud's
    driver put the machine.
    """
    region_labels = [key.lower() for key in region_labels]
    contributor_labels = [key.lower() for key in contributor_labels]
    warnings = Warnings(store)
    machines = []
    for folder in _list_folders(store, warnings):
        try:
            host = _read_host(folder / "config.json")
        except InventoryError as error:
            warnings.add(f"{folder.name}: {error}; left out")
            continue
        labels = _read_labels(host)
        machines.append(
            _make_machine(
                host,
                folder,
                region=find_label(labels, region_labels) or _find_region(host),
                contributor=find_label(labels, contributor_labels),
            )
        )
    return Inventory(tuple(machines), warnings.lines())


def _read_host(file: Path) -> _Host:
    if not file.is_file():
        raise InventoryError("has no config.json")
    try:
        host = _DECODER.decode(read_bytes(file, most=_MOST_BYTES))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # What the decoder says could repeat a part of the file.
        raise InventoryError("config.json is not what docker-machine writes") from None
    if not host.driver.ip:
        raise InventoryError("has no address; was it ever started?")
    return host


def _list_folders(store: Path, warnings: Warnings) -> Sequence[Path]:
    folder = store / "machines"
    try:
        folders = sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError as error:
        raise InventoryError(f"{folder}: cannot be read: {error.strerror}") from None
    if len(folders) > MOST_MACHINES:
        warnings.add(f"only the first {MOST_MACHINES:,} machines are read")
    return folders[:MOST_MACHINES]


def _make_machine(host: _Host, folder: Path, *, region: str, contributor: str) -> Machine:
    driver = host.driver
    return Machine(
        name=driver.name or folder.name,
        addr=driver.ip,
        # What docker-machine itself takes where the file says nothing: libmachine/drivers/base.go.
        port=driver.port or 22,
        user=driver.user or "root",
        key_files=_find_keys(driver, folder),
        region=region,
        contributor=contributor,
        source=SOURCE,
    )


def _find_keys(driver: _Driver, folder: Path) -> tuple[str, ...]:
    """Return the key named; the one beside the file if none is, or a store that moved lost it."""
    beside = folder / "id_rsa"
    try:
        if beside.is_file() and not (driver.key and Path(driver.key).is_file()):
            return (str(beside),)
    except (OSError, ValueError):
        return ()
    return (driver.key,) if driver.key else ()


def _read_labels(host: _Host) -> Mapping[str, str]:
    engine = host.options.engine if host.options else None
    pairs = (label.partition("=") for label in (engine and engine.labels) or ())
    return {key: value for key, _, value in pairs}


def _find_region(host: _Host) -> str:
    if host.driver_name != "google":
        return host.driver.region
    found = _ZONE.fullmatch(host.driver.zone)
    return found["region"] if found else host.driver.zone
