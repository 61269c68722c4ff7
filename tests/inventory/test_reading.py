"""Several inventories as one."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from swarmtui.inventory.inventory import InventoryError
from swarmtui.inventory.reading import read_inventory
from swarmtui.swarm.machine import Machine
from tests.inventory.writing import (
    HOME,
    addresses,
    machines,
    read,
    refusal,
    write,
    write_machine,
)


def list_web(pattern: str) -> Sequence[str]:
    """Return the aliases of a ~/.ssh/config with two of them."""
    return ["web-1", "web-2"] if pattern == "web-*" else []


def test_nothing_named_and_nothing_found_is_no_machine() -> None:
    found = read()
    assert (found.machines, found.warnings) == ((), ())


def test_hosts_of_ssh_config_are_machines_by_their_alias() -> None:
    found = read_inventory(["ssh:web-*"], env={}, home=HOME, ssh_hosts=list_web)
    assert found.machines == tuple(
        Machine(name=alias, addr=alias, source="ssh config") for alias in ("web-1", "web-2")
    )


@pytest.mark.parametrize("name", ["ssh:", "ssh:none*", "ssh://root@web-1"])
def test_a_pattern_that_names_no_host_is_refused(name: str) -> None:
    with pytest.raises(InventoryError, match=r"~/\.ssh/config"):
        read_inventory([name], env={}, home=HOME, ssh_hosts=list_web)


def test_a_machine_in_two_inventories_is_one_and_gaps_are_filled(tmp_path: Path) -> None:
    first = write(tmp_path / "a.ini", "web1 ansible_host=10.0.0.5 region=bkk\n")
    second = write(
        tmp_path / "b.toml",
        "contributor = 'NIPA'\nregion = 'x'\nuser = 'root'\n[machines]\n"
        "other = {addr = '10.0.0.5', port = 22, key = '/k'}\n",
    )
    assert read(first, second).machines == (
        Machine(
            name="web1",
            addr="10.0.0.5",
            port=22,
            user="root",
            key_files=("/k",),
            region="bkk",
            contributor="NIPA",
            source="ansible",
        ),
    )


def test_another_port_or_another_gate_is_another_machine(tmp_path: Path) -> None:
    text = """
[machines]
a = {addr = "10.0.0.5", jump = "gate-1"}
b = {addr = "10.0.0.5", jump = "gate-2"}
c = {addr = "10.0.0.5", port = 2222}
d = {addr = "10.0.0.5", region = "bkk"}
"""
    found = machines(read(write(tmp_path / "h.toml", text)))
    assert list(found) == ["a", "b", "c"]
    assert found["a"].region == "bkk"


def test_the_same_address_in_another_spelling_is_the_same_machine(tmp_path: Path) -> None:
    text = (
        '[machines]\na = "FD00::0:1"\nb = "fd00::1"\nc = "Web.example.com"\nd = "web.example.com"\n'
    )
    assert list(machines(read(write(tmp_path / "h.toml", text)))) == ["a", "c"]


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    one = write(tmp_path / "a.ini", "web ansible_host=10.0.0.1\nweb-2 ansible_host=10.0.0.2\n")
    two = write(tmp_path / "b.ini", "web ansible_host=10.0.0.3\n")
    three = write(tmp_path / "c.ini", "web ansible_host=10.0.0.4\n")
    found = read(one, two, three)
    assert addresses(found) == {
        "web": "10.0.0.1",
        "web-2": "10.0.0.2",
        "web-3": "10.0.0.3",
        "web-4": "10.0.0.4",
    }
    assert found.warnings[0] == "inventory: web: there are several; the one at 10.0.0.3 is web-3"


def test_thousands_of_machines_at_one_address_are_told_apart_in_time(tmp_path: Path) -> None:
    lines = "".join(f'm{n} = {{addr = "10.0.0.5", jump = "g{n}"}}\n' for n in range(20_000))
    assert len(read(write(tmp_path / "h.toml", f"[machines]\n{lines}")).machines) == 20_000


@pytest.mark.parametrize("name", ["hosts", "hosts.yml", "hosts.toml", "hosts.ini"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x7fELF\x02\x01" + b"\0" * 100, "not text"),
        (b"\xff\xfea\0l\0l\0", "not UTF-8 text"),
        (b"a" * (10 << 20), "larger than 4 MiB"),
        (b"#!/usr/bin/env python3\nprint()\n", "a program, and none is run"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n61\n", "encrypted"),
    ],
)
def test_what_is_no_inventory_is_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    told = refusal(write(tmp_path / name, content))
    assert words in told
    assert str(tmp_path / name) in told
    assert told.isprintable()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none.ini", "no such file"),
        ("", "without a name"),
        ("a\0b", "not a path"),
        pytest.param("x" * 5000, "cannot be read", id="long"),
        ("/dev/zero", "larger than"),
        ("evil\x1b[31m.ini", "no such file"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(name: str, words: str) -> None:
    told = refusal(name)
    assert words in told
    assert told.isprintable()


def test_an_inventory_without_machines_is_a_warning(tmp_path: Path) -> None:
    assert "names no machines" in read(write(tmp_path / "hosts", "# later\n")).warnings[0]


def test_a_byte_order_mark_and_the_ends_of_lines_of_windows_are_no_matter(tmp_path: Path) -> None:
    text = "\ufeff[web]\r\nweb1 ansible_host=10.0.0.1\r\n"
    assert addresses(read(write(tmp_path / "hosts.ini", text))) == {"web1": "10.0.0.1"}


def test_names_that_could_act_on_a_terminal_are_harmless(tmp_path: Path) -> None:
    text = (
        "we\x1b\x07b\u202e ansible_host=10.0.0.1 region='b\x07kk' contributor='N \u202e I'\n"
        "[gr\x1boup]\nx ansible_host=\x1b[2J\ny ansible_host=10.0.0.2\n[a\x1b:b]\n"
    )
    found = read(write(tmp_path / "hosts", text))
    told = [*found.warnings, *found.machines[1].groups]
    told += [str(getattr(found.machines[0], name)) for name in ("name", "region", "contributor")]
    assert len(found.machines) == 2
    assert all(line.isprintable() for line in told)


def test_a_name_as_long_as_a_file_is_cut(tmp_path: Path) -> None:
    found = read(write(tmp_path / "h.toml", f'[machines]\n{"a" * 100_000} = "10.0.0.1"\n'))
    assert len(found.machines[0].name) < 300


def test_one_inventory_that_cannot_be_used_is_said_whatever_the_others_are(tmp_path: Path) -> None:
    good = write(tmp_path / "good.ini", "web1\n")
    assert "none.ini" in refusal(good, str(tmp_path / "none.ini"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    name = write(tmp_path / "hosts", "web1\n")
    (tmp_path / "hosts").chmod(0)
    assert "Permission denied" in refusal(name)


def test_the_store_of_docker_machine_comes_after_what_is_named(tmp_path: Path) -> None:
    write_machine(tmp_path, "m", {"IPAddress": "10.0.0.5", "Region": "nyc3"})
    hosts = write(tmp_path / "hosts.ini", "web1 ansible_host=10.0.0.5 ansible_user=me\n")
    machine = read(hosts, env={"MACHINE_STORAGE_PATH": str(tmp_path)}).machines[0]
    assert (machine.name, machine.user, machine.region) == ("web1", "me", "nyc3")
