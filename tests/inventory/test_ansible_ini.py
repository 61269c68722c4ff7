"""Static Ansible inventories in the INI format."""

from pathlib import Path

import pytest

from swarmtui.swarm.machine import Machine
from tests.inventory.writing import HOME, addresses, machines, read, refusal, write

WHOLE = """
# The event
mg0 ansible_host=203.0.113.7 ansible_user=root   # the first manager

[web]
web[01:03].example.com:2222 region=bkk
"web 9" ; not a comment here

[db]
db1 ansible_ssh_host=10.0.0.9 ansible_ssh_private_key_file=keys/db ansible_password="CANARY x"

[bangkok:children]
web
db

[bangkok:vars]
ansible_user = ubuntu
contributor = "NIPA Technology"  # quotes hold blanks
ansible_ssh_private_key_file=~/.ssh/nipa
ansible_ssh_common_args='-o ProxyJump=ops@gate:2200 -o StrictHostKeyChecking=no'
"""


def test_everything_of_a_host_is_found_where_it_is_said(tmp_path: Path) -> None:
    found = machines(read(write(tmp_path / "hosts", WHOLE)))
    assert found["mg0"] == Machine(name="mg0", addr="203.0.113.7", user="root", source="ansible")
    assert found["web02.example.com"] == Machine(
        name="web02.example.com",
        addr="web02.example.com",
        port=2222,
        user="ubuntu",
        key_files=(str(HOME / ".ssh/nipa"),),
        jump="ops@gate:2200",
        region="bkk",
        contributor="NIPA Technology",
        groups=("web", "bangkok"),
        source="ansible",
    )
    assert found["db1"].addr == "10.0.0.9"
    assert found["db1"].key_files == (str(tmp_path / "keys" / "db"),)
    assert list(found) == ["mg0", *(f"web0{n}.example.com" for n in (1, 2, 3)), "db1"]


def test_passwords_are_not_kept(tmp_path: Path) -> None:
    assert "CANARY" not in repr(read(write(tmp_path / "hosts", WHOLE)))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("web1 ansible_host", "line 2: expected name=value"),
        ('web1 ansible_host="10.0.0.1', "line 2: No closing quotation; close the quote"),
        ("web[1:999999999]", "line 2: web[1:999999999]: stands for more than 20,000 machines"),
        ("[web:nonsense]", "line 2: [web:nonsense] is not a section"),
        ("[web web]", "line 2: [web web] is not a section"),
        ("[v:vars]\nregion", "line 3: not a variable; write name=value"),
        ("h1 ansible_port=x", "h1: x is not a port; left out"),
        ("h1 ansible_port=70000", "h1: 70000 is not a port; left out"),
        ("h1 ansible_host='a b'", "h1: a b is not an address; left out"),
        ("h1 ansible_connection=local", "h1: its connection is local, not ssh; left out"),
        ("h1 ansible_host={{ip}}", "h1: its host is a template, and none is filled in; left out"),
    ],
)
def test_a_line_that_cannot_be_used_loses_no_other(tmp_path: Path, line: str, words: str) -> None:
    name = write(tmp_path / "hosts", f"first\n{line}\n[last]\nlast\n")
    found = read(name)
    assert list(machines(found)) == ["first", "last"]
    assert len(found.warnings) == 1
    assert words in found.warnings[0]
    assert found.warnings[0].startswith(name)


def test_lines_below_a_section_that_is_none_belong_to_nothing(tmp_path: Path) -> None:
    text = "[web:odd]\nnot-a-host\n[web]\nweb1\n"
    assert list(machines(read(write(tmp_path / "hosts", text)))) == ["web1"]


def test_a_template_of_the_own_name_is_filled_in_and_others_are_left(tmp_path: Path) -> None:
    text = "a ansible_host='{{ inventory_hostname }}.example.com' ansible_user='{{ me }}'\n"
    found = read(write(tmp_path / "hosts", text))
    assert addresses(found) == {"a": "a.example.com"}
    assert "its user is a template" in found.warnings[0]


def test_the_innermost_group_wins_and_then_the_host(tmp_path: Path) -> None:
    text = """
[outer:children]
inner
[outer:vars]
region=outer
contributor=outer
ansible_user=outer
[inner]
h1 region=host
[inner:vars]
region=inner
contributor=inner
[all:vars]
ansible_user=all
ansible_port=2200
"""
    machine = machines(read(write(tmp_path / "hosts", text)))["h1"]
    assert (machine.region, machine.contributor) == ("host", "inner")
    assert (machine.user, machine.port) == ("outer", 2200)
    assert machine.groups == ("inner", "outer")


def test_among_groups_of_one_depth_priority_decides_and_then_the_name(tmp_path: Path) -> None:
    text = "[a]\nh1\n[b]\nh1\n[a:vars]\nregion=a\ncontributor=a\n[b:vars]\nregion=b\n"
    assert machines(read(write(tmp_path / "one", text)))["h1"].region == "b"
    text += "[a:vars]\nansible_group_priority=10\n"
    assert machines(read(write(tmp_path / "two", text)))["h1"].region == "a"


def test_groups_that_contain_each_other_are_taken_apart(tmp_path: Path) -> None:
    text = "[a:children]\nb\n[b:children]\nc\n[c:children]\na\n[c]\nh1\n[a:vars]\nregion=a\n"
    found = read(write(tmp_path / "hosts", text))
    assert machines(found)["h1"].groups == ("c", "b", "a")
    assert machines(found)["h1"].region == "a"
    assert [line.partition(": ")[2] for line in found.warnings] == [
        "group a is in itself by way of c; left out there"
    ]


def test_a_group_in_itself_is_no_matter(tmp_path: Path) -> None:
    found = read(write(tmp_path / "hosts", "[a:children]\na\n[a]\nh1\n"))
    assert machines(found)["h1"].groups == ("a",)


def test_a_chain_of_groups_without_end_is_cut(tmp_path: Path) -> None:
    text = "".join(f"[g{n}:children]\ng{n + 1}\n" for n in range(5000)) + "[g5000]\nh1\n"
    found = read(write(tmp_path / "hosts", text))
    assert "h1" in machines(found)
    assert any("nested deeper than 100 groups" in line for line in found.warnings)


def test_variables_in_folders_beside_the_file_go_before_its_own(tmp_path: Path) -> None:
    name = write(tmp_path / "hosts", "[web]\nh1 contributor=inline\n[web:vars]\nregion=inline\n")
    write(tmp_path / "group_vars" / "all.yml", "ansible_user: all\nansible_password: CANARY\n")
    write(tmp_path / "group_vars" / "web" / "main.yml", "region: file\ncontributor: file\n")
    write(tmp_path / "group_vars" / "web" / "vault", "$ANSIBLE_VAULT;1.1;AES256\n6132\n")
    write(tmp_path / "host_vars" / "h1", "ansible_host: 10.0.0.5\nansible_port: 0022\n")
    write(tmp_path / "host_vars" / "other.yml", "- nonsense: [\n")
    found = read(name)
    machine = machines(found)["h1"]
    assert (machine.region, machine.contributor, machine.user) == ("file", "inline", "all")
    assert (machine.addr, machine.port) == ("10.0.0.5", 22)
    assert [line.partition(": ")[2] for line in found.warnings] == [
        "web/vault: encrypted, and no vault is opened; name a plain file"
    ]
    assert "CANARY" not in repr(found)


def test_all_inventories_of_a_folder_are_one(tmp_path: Path) -> None:
    write(tmp_path / "inv" / "01-hosts.ini", "[web]\nweb1\n")
    write(tmp_path / "inv" / "02-more.yml", "web: {hosts: {web2: }, vars: {region: bkk}}\n")
    write(tmp_path / "inv" / "aws_ec2.yml", "plugin: aws_ec2\n")
    write(tmp_path / "inv" / "broken.yml", "all: [\n")
    write(tmp_path / "inv" / "script", "#!/bin/sh\necho {}\n")
    write(tmp_path / "inv" / "README.md", "web3\n")
    write(tmp_path / "inv" / ".hidden", "web4\n")
    write(tmp_path / "inv" / "group_vars" / "web.yml", "contributor: NIPA\n")
    write(tmp_path / "inv" / "deeper" / "hosts", "web5\n")
    found = read(str(tmp_path / "inv"))
    assert sorted(machines(found)) == ["web1", "web2", "web5"]
    machine = machines(found)["web1"]
    assert (machine.region, machine.contributor) == ("bkk", "NIPA")
    assert len(found.warnings) == 3
    assert any("settings of a dynamic inventory" in line for line in found.warnings)
    assert any("script: a program, and none is run" in line for line in found.warnings)


def test_a_program_is_never_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    script = write(tmp_path / "inventory.sh", f"#!/bin/sh\ntouch {mark}\n")
    (tmp_path / "inventory.sh").chmod(0o755)
    assert "ansible-inventory" in refusal(script)
    assert not mark.exists()


def test_more_hosts_than_anybody_has_are_a_warning(tmp_path: Path) -> None:
    text = "".join(f"a{n}-[0:9999]\n" for n in range(3))
    found = read(write(tmp_path / "hosts", text))
    assert len(found.machines) == 20_000
    assert "a2-[0:9999]: more than 20,000 machines in all" in found.warnings[0]


def test_hosts_named_again_and_again_are_refused_in_time(tmp_path: Path) -> None:
    name = write(tmp_path / "hosts", "a[0:9999]\n" * 300_000)
    assert "far more often than any inventory" in refusal(name)


def test_a_file_full_of_nonsense_does_not_fill_the_screen(tmp_path: Path) -> None:
    found = read(write(tmp_path / "hosts", "".join(f"a b{n}\n" for n in range(100_000))))
    assert len(found.warnings) < 30
    assert "more like these" in found.warnings[-1]
