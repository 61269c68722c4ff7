"""Inventories in the TOML format of our own."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swarmtui.swarm.machine import Machine
from tests.inventory.writing import HOME, addresses, machines, read, refusal, write

WHOLE = """
user = "root"
key = "keys/swarm"
contributor = "NIPA Technology"
hosts = ["spare-[1:2].example.com:2200"]

[machines]
mg0 = "203.0.113.7"
mg1 = { addr = "203.0.113.8", port = 2222, user = "admin", node_id = "01211slza7ofcxgbwsokoj6ya" }

[groups.bangkok]
region = "bkk"
jump = "ops@gate"
key = "~/.ssh/bkk"
hosts = ["10.4.0.[1:2]"]

[groups.bangkok.machines]
bkk-9 = { addr = "10.4.0.9", region = "bkk-2" }
"""

DOCUMENT = Path(__file__).parents[2] / "docs" / "inventory.md"


def test_everything_that_can_be_said_is_found(tmp_path: Path) -> None:
    found = machines(read(write(tmp_path / "hosts.toml", WHOLE)))
    assert found["mg1"] == Machine(
        name="mg1",
        addr="203.0.113.8",
        port=2222,
        user="admin",
        key_files=(str(tmp_path / "keys" / "swarm"),),
        node_id="01211slza7ofcxgbwsokoj6ya",
        contributor="NIPA Technology",
        source="toml",
    )
    assert found["10.4.0.2"] == Machine(
        name="10.4.0.2",
        addr="10.4.0.2",
        user="root",
        key_files=(str(HOME / ".ssh/bkk"),),
        jump="ops@gate",
        region="bkk",
        contributor="NIPA Technology",
        groups=("bangkok",),
        source="toml",
    )
    assert found["bkk-9"].region == "bkk-2"
    assert found["spare-2.example.com"].port == 2200
    assert found["mg0"].addr == "203.0.113.7"


def test_a_file_without_an_ending_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    assert addresses(read(write(tmp_path / "hosts", '[machines]\na = "10.0.0.1"\n'))) == {
        "a": "10.0.0.1"
    }


def test_an_ansible_group_named_machines_is_ansibles(tmp_path: Path) -> None:
    found = read(write(tmp_path / "hosts", "[machines]\na ansible_host=10.0.0.1\n"))
    assert found.machines[0].groups == ("machines",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[machines", "not TOML: "),
        ("usr = 'root'", "h.toml: usr is not known here"),
        ("port = '22'", "Expected `int | null`, got `str` - at `port`"),
        ("a = " + "[" * 100_000, "nested deeper than any inventory"),
        ("machines = 3", "got `int` - at `machines`"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, text: str, words: str
) -> None:
    told = refusal(write(tmp_path / "h.toml", text))
    assert words in told
    assert told.isprintable()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[machines]\nx = 3", "machines.x: Expected `object`, got `int`; left out"),
        ("[machines]\nx = {adr = ''}", "machines.x: adr is not known here; left out"),
        ("[groups.g]\nx = 3", "groups.g: x is not known here; left out"),
        ("[groups.g.machines]\nx = {port = 'a'}", "groups.g.machines.x: Expected `int | null`"),
        ("hosts = ['web[1:999999999]']", "hosts: web[1:999999999]: stands for more than"),
        ("[machines]\nx = {addr = 'a', node_id = 'hostname'}", "x: hostname is not a node id"),
        ("[machines]\nx = {addr = 'a b'}", "x: a b is not an address; left out"),
        ("[machines]\nx = {addr = 'x', port = 0}", "x: 0 is not a port; left out"),
        ("[machines]\nx = {addr = 'x', user = '-o'}", "x: -o is not a user; left out"),
        ("[machines]\nx = {addr = 'x', jump = 'a b'}", "x: a b are not hosts to go through"),
    ],
)
def test_a_machine_that_cannot_be_used_loses_no_other(
    tmp_path: Path, text: str, words: str
) -> None:
    found = read(write(tmp_path / "h.toml", f"{text}\n[groups.good.machines]\ngood = '10.0.0.1'\n"))
    assert "good" in machines(found)
    assert len(found.warnings) == 1
    assert words in found.warnings[0]


def test_ranges_stand_for_no_more_machines_than_anybody_has(tmp_path: Path) -> None:
    hosts = ", ".join(f"'a{n}-[0:9999]'" for n in range(1000))
    found = read(write(tmp_path / "h.toml", f"hosts = [{hosts}]"))
    assert len(found.machines) == 20_000
    assert len(found.warnings) < 30


VALUES = st.sampled_from(
    ["1", "true", "''", "'x'", "[]", "['x']", "{}", "{a=1}", "{x={}}", "{x=1}"]
)
KEYS = st.sampled_from(["user", "port", "key", "hosts", "machines", "groups", "other"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_value_anywhere_is_taken_or_refused_in_one_line(
    tmp_path: Path, values: dict[str, str]
) -> None:
    text = "\n".join(f"{key} = {value}" for key, value in values.items())
    assert refusal(write(tmp_path / "h.toml", text)).isprintable()


def test_the_example_in_the_document_is_read_as_it_says(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    example = next(text for text in examples if "[machines]" in text)
    assert set(tomllib.loads(example)) == {
        "user", "port", "key", "jump", "region", "contributor", "hosts", "machines", "groups",
    }  # fmt: skip
    found = read(write(tmp_path / "h.toml", example))
    assert found.warnings == ()
    assert len(found.machines) == 55
