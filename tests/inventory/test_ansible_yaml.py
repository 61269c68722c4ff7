"""Static Ansible inventories in the YAML format."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swarmtui.inventory.yaml_tree import YamlError, read_tree
from swarmtui.swarm.machine import Machine
from tests.inventory.writing import HOME, machines, read, refusal, write

WHOLE = """
all:
  hosts:
    mg0: {ansible_host: 203.0.113.7, ansible_port: 022, ansible_password: CANARY}
  vars:
    ansible_user: &me root
  children:
    bangkok:
      vars: {region: bkk, contributor: "NIPA Technology"}
      children:
        web:
          hosts:
            web[01:02].example.com:
              ansible_user: *me
              node_id: 01211slza7ofcxgbwsokoj6ya
              ansible_ssh_private_key_file: ~/.ssh/web
            web09:
          vars:
            ansible_ssh_common_args: -o ProxyCommand="ssh -q -W %h:%p ops@gate"
"""


def test_everything_of_a_host_is_found_where_it_is_said(tmp_path: Path) -> None:
    found = machines(read(write(tmp_path / "hosts.yml", WHOLE)))
    assert found["mg0"] == Machine(
        name="mg0", addr="203.0.113.7", port=22, user="root", source="ansible"
    )
    assert found["web02.example.com"] == Machine(
        name="web02.example.com",
        addr="web02.example.com",
        user="root",
        key_files=(str(HOME / ".ssh/web"),),
        jump="ops@gate",
        node_id="01211slza7ofcxgbwsokoj6ya",
        region="bkk",
        contributor="NIPA Technology",
        groups=("web", "bangkok"),
        source="ansible",
    )
    assert list(found) == ["mg0", "web01.example.com", "web02.example.com", "web09"]
    assert "CANARY" not in repr(found)


@pytest.mark.parametrize("name", ["hosts", "hosts.yaml", "hosts.json", "inventory.txt"])
@pytest.mark.parametrize(
    "text",
    ["all:\n  hosts:\n    h1:\n", "---\n# x\nall: {hosts: h1}\n", '{"all": {"hosts": ["h1"]}}'],
)
def test_yaml_is_known_by_its_ending_or_else_by_its_look(
    tmp_path: Path, name: str, text: str
) -> None:
    assert list(machines(read(write(tmp_path / name, text)))) == ["h1"]


def test_a_variable_is_the_text_that_was_written(tmp_path: Path) -> None:
    text = "all: {hosts: {h1: {region: no, contributor: 2026-07-22, ansible_host: 10.0.0.010}}}"
    found = read(write(tmp_path / "h.yml", text))
    assert (found.machines[0].region, found.machines[0].contributor) == ("no", "2026-07-22")


def test_a_secret_in_a_vault_is_no_value(tmp_path: Path) -> None:
    text = "all:\n  hosts: {h1: }\n  vars:\n    ansible_user: !vault |\n      $ANSIBLE_VAULT\n"
    assert read(write(tmp_path / "h.yml", text)).machines[0].user == ""


def test_no_tag_constructs_anything(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    text = f'all: {{hosts: {{h1: !!python/object/apply:os.system ["touch {mark}"]}}}}'
    assert "h1" in machines(read(write(tmp_path / "h.yml", text)))
    assert not mark.exists()


def test_keys_are_merged_as_people_do_it(tmp_path: Path) -> None:
    text = """
.common: &common {ansible_user: root, ansible_port: 2200}
.more: &more {region: bkk}
all:
  hosts:
    h1: {<<: *common, ansible_port: 22}
    h2: {<<: [*common, *more]}
"""
    found = machines(read(write(tmp_path / "h.yml", text)))
    assert (found["h1"].user, found["h1"].port) == ("root", 22)
    assert (found["h2"].user, found["h2"].port, found["h2"].region) == ("root", 2200, "bkk")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("all: [", "h.yml: line"),
        ("all: *nobody", "h.yml: line 1: *nobody stands for nothing"),
        ("all: &a {children: {x: *a}}", "h.yml: line 1: *a stands for nothing"),
        ("all:\n  {a: {}}: 1", "h.yml: line 2: a list or a table where a name belongs"),
        ("[" * 1_000_000, "nested deeper than any inventory"),
        ("- h1\n- h2\n", "no groups"),
        ("plugin: aws_ec2\n", "settings of a dynamic inventory"),
        ("all:\n\thosts:\n", "h.yml: line 2"),
        ("all: {hosts: \x07}", "characters that YAML does not allow"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, text: str, words: str
) -> None:
    told = refusal(write(tmp_path / "h.yml", text))
    assert words in told
    assert len(told) < 400
    assert told.isprintable()


def make_bomb(part: str) -> str:
    """Return a file of a kilobyte that names the same things a billion times over."""
    levels = [f"&a0 {{{part}: {{h0: , h1: }}}}"]
    levels += [f"&a{n} {{children: {{x{n}: *a{n - 1}, y{n}: *a{n - 1}}}}}" for n in range(1, 30)]
    return "\n".join(f"g{n}: {level}" for n, level in enumerate(levels))


@pytest.mark.parametrize("part", ["hosts", "children"])
def test_aliases_of_aliases_are_not_unfolded_without_end(tmp_path: Path, part: str) -> None:
    assert "far more often than any inventory" in refusal(
        write(tmp_path / "h.yml", make_bomb(part))
    )


def test_merges_of_merges_are_not_unfolded_without_end(tmp_path: Path) -> None:
    text = "a0: &a0 {k0: }\n" + "".join(
        f"a{n}: &a{n} {{<<: *a{n - 1}, k{n}: }}\n" for n in range(1, 3000)
    )
    assert "merges more keys" in refusal(write(tmp_path / "h.yml", text))


def test_parts_that_are_none_are_warnings(tmp_path: Path) -> None:
    text = "all: {host: {h0: }, hosts: {h1: {ansible_host: [1]}, 'h[': }, vars: 7}\nweb: 3\n"
    found = read(write(tmp_path / "h.yml", text))
    assert list(machines(found)) == ["h1"]
    assert [line.partition(": ")[2] for line in found.warnings] == [
        "all: host is none of hosts, children and vars",
        "h1: ansible_host is not a single value",
        "all: h[: a bracket stands alone; write web[01:50]",
        "all: not a table of variables",
        "web: not a group; write hosts:, children: or vars: below it",
    ]


WORDS = st.sampled_from(
    [*"hosts vars h1 *a &a << : { } [ ] , - ? region ansible_port".split(), "all:", "\n", "\n  "]  # noqa: SIM905 - easier to read
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    told = refusal(write(tmp_path / "h.yml", text))
    assert told.isprintable()


@given(st.text(max_size=200))
def test_any_text_is_a_tree_or_none(text: str) -> None:
    try:
        read_tree(text)
    except YamlError as error:
        assert str(error)  # noqa: PT017 - either is right
