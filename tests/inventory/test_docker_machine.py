"""Machines that docker-machine made."""

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from swarmtui.inventory.docker_machine import find_store, read_store
from swarmtui.inventory.reading import read_inventory
from swarmtui.swarm.machine import Machine
from tests.inventory.writing import addresses, machines, no_hosts, read, write, write_machine

CANARY = "AKIA-CANARY-SECRET"
KEYS = dict.fromkeys(("AccessKey", "SecretKey", "SessionToken", "AccessToken", "Token"), CANARY)


def region_of(store: Path, driver_name: str, driver: dict[str, Any], **fields: Any) -> str:
    write_machine(store, "m", driver, DriverName=driver_name, **fields)
    return read_store(store).machines[0].region


def test_a_machine_is_where_its_driver_put_it(tmp_path: Path) -> None:
    driver = {
        "IPAddress": "203.0.113.7",
        "SSHUser": "ubuntu",
        "SSHPort": 2222,
        "SSHKeyPath": "/keys/aws",
        "Region": "eu-west-1",
        "Zone": "a",
    }
    write_machine(tmp_path, "aws-1", driver, DriverName="amazonec2")
    assert read_store(tmp_path).machines == (
        Machine(
            name="aws-1",
            addr="203.0.113.7",
            port=2222,
            user="ubuntu",
            key_files=("/keys/aws",),
            region="eu-west-1",
            source="docker-machine",
        ),
    )


def test_what_the_file_leaves_open_is_root_at_22_with_the_key_beside_it(tmp_path: Path) -> None:
    folder = write_machine(tmp_path, "m", {"SSHPort": 0}).parent
    write(folder / "id_rsa", "never read")
    machine = read_store(tmp_path).machines[0]
    assert (machine.user, machine.port) == ("root", 22)
    assert machine.key_files == (str(folder / "id_rsa"),)


def test_a_store_that_was_moved_has_its_keys_beside_the_files(tmp_path: Path) -> None:
    folder = write_machine(tmp_path, "m", {"SSHKeyPath": "/old/place/id_rsa"}).parent
    write(folder / "id_rsa", "never read")
    assert read_store(tmp_path).machines[0].key_files == (str(folder / "id_rsa"),)


@pytest.mark.parametrize(
    ("driver_name", "driver", "region"),
    [
        ("amazonec2", {"Region": "us-east-1", "Zone": "a"}, "us-east-1"),
        ("digitalocean", {"Region": "nyc3"}, "nyc3"),
        ("google", {"Zone": "us-central1-a"}, "us-central1"),
        ("google", {"Zone": "somewhere"}, "somewhere"),
        ("scaleway", {"Region": "par1"}, "par1"),
        ("generic", {}, ""),
    ],
)
def test_the_region_is_the_clouds(
    tmp_path: Path, driver_name: str, driver: dict[str, Any], region: str
) -> None:
    assert region_of(tmp_path, driver_name, driver) == region


def test_engine_labels_go_before_the_cloud_and_name_the_contributor(tmp_path: Path) -> None:
    options = {"EngineOptions": {"Labels": ["com.example.region=bkk", "owner=NIPA", "odd"]}}
    write_machine(tmp_path, "m", {"Region": "nyc3"}, HostOptions=options)
    machine = read_store(tmp_path).machines[0]
    assert (machine.region, machine.contributor) == ("bkk", "NIPA")


def test_the_keys_of_engine_labels_are_the_users(tmp_path: Path) -> None:
    options = {"EngineOptions": {"Labels": ["rack=r7", "region=bkk"]}}
    write_machine(tmp_path, "m", {}, HostOptions=options)
    assert read_store(tmp_path, region_labels=["Rack"]).machines[0].region == "r7"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text,
        lambda text: text[:-20],
        lambda text: text.replace(b'"10.0.0.1"', b"17"),
        lambda text: text.replace(b'"10.0.0.1"', b'{"SecretKey":"%s"}' % CANARY.encode()),
        lambda text: text.replace(b'"10.0.0.1"', b'"\xff%s"' % CANARY.encode()),
        lambda text: text.replace(b'"10.0.0.1"', b'""'),
        lambda _: CANARY.encode(),
    ],
)
def test_no_cloud_key_ever_comes_out_of_a_file_however_broken(tmp_path: Path, spoil: Any) -> None:
    driver = {**KEYS, "SSHKeyPath": "/keys/m", "Nested": {"Token": CANARY, "List": [CANARY]}}
    path = write_machine(tmp_path, "m", driver, AuthToken=CANARY)
    path.write_bytes(spoil(path.read_bytes()))
    found = read_store(tmp_path)
    assert CANARY.encode() not in msgspec.json.encode(found)
    assert len(found.machines) + len(found.warnings) == 1


def test_a_broken_machine_loses_no_other(tmp_path: Path) -> None:
    write_machine(tmp_path, "good", {"IPAddress": "10.0.0.2"})
    write(tmp_path / "machines" / "empty" / "config.json", "")
    write(tmp_path / "machines" / "huge" / "config.json", b" " * (2 << 20))
    write_machine(tmp_path, "stopped", {"IPAddress": ""})
    (tmp_path / "machines" / "bare").mkdir()
    (tmp_path / "machines" / "pipe").mkdir()
    os.mkfifo(tmp_path / "machines" / "pipe" / "config.json")
    found = read_store(tmp_path)
    assert [machine.name for machine in found.machines] == ["good"]
    assert len(found.warnings) == 5
    assert any("stopped: has no address" in line for line in found.warnings)


def test_deep_nesting_in_a_file_is_a_warning(tmp_path: Path) -> None:
    text = b'{"Driver":' + b'{"a":' * 100_000
    write(tmp_path / "machines" / "m" / "config.json", text)
    assert len(read_store(tmp_path).warnings) == 1


def test_the_store_is_found_where_docker_machine_keeps_it(tmp_path: Path) -> None:
    usual, moved = tmp_path / ".docker" / "machine", tmp_path / "store"
    assert find_store({}, home=tmp_path) is None
    write_machine(usual, "m", {})
    write_machine(moved, "m", {})
    assert find_store({}, home=tmp_path) == usual
    assert find_store({"MACHINE_STORAGE_PATH": str(moved)}, home=tmp_path) == moved
    assert find_store({"MACHINE_STORAGE_PATH": str(tmp_path / "none")}, home=tmp_path) is None


def test_a_store_joins_in_by_itself_and_is_read_once_when_it_is_named_too(tmp_path: Path) -> None:
    store = tmp_path / ".docker" / "machine"
    write_machine(store, "m", {"IPAddress": "10.0.0.9"})
    hosts = write(tmp_path / "hosts.ini", "web1\n")
    assert addresses(read(hosts, home=tmp_path)) == {"web1": "web1", "m": "10.0.0.9"}
    for name in (str(store), str(store / "machines"), "~/.docker/machine"):
        assert addresses(read(name, home=tmp_path)) == {"m": "10.0.0.9"}


def test_a_store_is_left_alone_where_only_the_named_counts(tmp_path: Path) -> None:
    write_machine(tmp_path / ".docker" / "machine", "m", {})
    found = read_inventory([], env={}, home=tmp_path, ssh_hosts=no_hosts, finds_store=False)
    assert found.machines == ()


def test_a_store_that_nobody_named_only_warns(tmp_path: Path) -> None:
    store = tmp_path / ".docker" / "machine"
    write(store / "machines" / "m" / "config.json", "nonsense")
    found = read(home=tmp_path)
    assert found.machines == ()
    assert len(found.warnings) == 1
    assert machines(found) == {}
