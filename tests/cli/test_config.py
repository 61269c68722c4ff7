"""What the config file sets, and what is said of a wrong one."""

import os
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.cli.config import (
    Config,
    ConfigError,
    LabelKeys,
    NetworkRule,
    RecordSettings,
    SshSettings,
    default_config_path,
    parse_config,
    read_claims,
    read_config,
    rules_of,
)
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.claim import Claims
from swarmtui.insight.thresholds import Thresholds
from swarmtui.swarm.machine import Machine
from tests.factories import make_node

FILE = Path("/home/me/.config/swarmtui/config.toml")

WHOLE = r"""
hosts = ["tcp://10.0.0.7:2376", "ssh://root@mg2"]
claims = "claims.txt"
inventory = ["hosts.ini", "/etc/hosts.toml", "ssh:web-*"]
mine = "NIPA Technology"
theme = "swarm-light"
duty = 0.05
hostnames = ['^(?P<contributor>nipa)-(?P<region>[a-z0-9]+)']

[labels]
region = ["region", "zone"]
contributor = ["owner"]

[[networks]]
cidr = "10.4.0.0/16"
region = "ap-southeast-1"

[ssh]
user = "root"
port = 2222
key = "keys/swarm"

[record]
folder = "recordings"

[keys]
"nodes.open" = "enter,o"
"""


def refusal_of(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, file=FILE)
    return str(caught.value)


def find_refusal(text: str) -> str:
    """Return what is wrong with a text, or nothing."""
    try:
        parse_config(text, file=FILE)
    except ConfigError as error:
        return str(error)
    return ""


def test_everything_can_be_set() -> None:
    assert parse_config(WHOLE, file=FILE) == Config(
        hosts=("tcp://10.0.0.7:2376", "ssh://root@mg2"),
        claims=FILE.parent / "claims.txt",
        inventory=(str(FILE.parent / "hosts.ini"), "/etc/hosts.toml", "ssh:web-*"),
        ssh=SshSettings(user="root", port=2222, key=FILE.parent / "keys" / "swarm"),
        record=RecordSettings(folder=FILE.parent / "recordings"),
        mine="NIPA Technology",
        theme="swarm-light",
        duty=0.05,
        labels=LabelKeys(region=("region", "zone"), contributor=("owner",)),
        hostnames=("^(?P<contributor>nipa)-(?P<region>[a-z0-9]+)",),
        networks=(NetworkRule(cidr="10.4.0.0/16", region="ap-southeast-1"),),
        keys={"nodes.open": "enter,o"},
    )


def test_an_empty_file_sets_nothing() -> None:
    assert parse_config("", file=FILE) == Config()


def test_a_whole_number_is_a_share_too() -> None:
    assert parse_config("duty = 1", file=FILE).duty == 1.0


def test_a_home_directory_is_found() -> None:
    text = 'claims = "~/claims.txt"\ninventory = ["~/hosts"]\n[ssh]\nkey = "~/key"'
    text += '\n[record]\nfolder = "~"'
    config = parse_config(text, file=FILE)
    assert config.claims == Path.home() / "claims.txt"
    assert config.inventory == (str(Path.home() / "hosts"),)
    assert config.ssh.key == Path.home() / "key"
    assert config.record.folder == Path.home()


def test_the_home_of_somebody_who_is_not_known_here_is_an_error_of_one_line() -> None:
    assert "who has no home here" in refusal_of('claims = "~no-such-user/claims.txt"')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hots = []", "hots: unknown key; did you mean hosts?"),
        ("zzz = 1", "zzz: unknown key; expected one of hosts, claims, mine"),
        ("[labels]\nregin = []", "labels.regin: unknown key; did you mean region?"),
        ("[[networks]]\ncdir = ''", "networks[0].cdir: unknown key; did you mean cidr?"),
        ("hosts = 'a'", "hosts: found text; expected a list like"),
        ("mine = ['a']", 'mine: found a list; expected a name in quotes like "NIPA Technology"'),
        ("hosts = [1]", "hosts[0]: found a number; expected a list like"),
        ("hosts = ['']", "hosts[0]: not usable; expected a list like"),
        ("claims = 1", "claims: not usable; expected a path in quotes"),
        ("duty = 'x'", "duty: found text; expected a number above 0 and at most 1"),
        ("duty = 2", "duty: not usable; expected a number above 0 and at most 1"),
        ("duty = 0", "duty: not usable; expected a number above 0 and at most 1"),
        ("duty = true", "duty: found true or false; expected a number"),
        ("inventory = 'a'", 'inventory: found text; expected a list like ["hosts.ini"'),
        ("ssh = 3", "ssh: found a number; expected a table with user, port and key"),
        ("[ssh]\nprot = 1", "ssh.prot: unknown key; did you mean port?"),
        ("[ssh]\nport = 0", "ssh.port: not usable; expected a number from 1 to 65535"),
        ("[ssh]\nport = '22'", "ssh.port: found text; expected a number from 1 to 65535"),
        ("[ssh]\nuser = 1", "ssh.user: found a number; expected a name in quotes"),
        ("[record]\npath = 'x'", "record.path: unknown key; expected one of folder"),
        ("[record]\nfolder = 1", "record.folder: not usable; expected a path in quotes"),
        ("[ssh]\nkey = 1", "ssh.key: not usable; expected a path in quotes"),
        ("labels = 3", "labels: found a number; expected a table with region and contributor"),
        ("[keys]\na = 1", 'keys: found a number; expected lines like "nodes.open" = "enter"'),
        ("hostnames = ['(']", "hostnames[0]: hostname pattern (: missing )"),
        ("hostnames = ['a']", "hostnames[0]: hostname pattern a: name a group"),
        ("[[networks]]\nregion = 'a'", "networks[0].cidr: missing; expected a network like"),
        ("[[networks]]\ncidr = '10/8'\nregion = 'a'", "networks[0]: network 10/8: write it as"),
        ("[[networks]]\ncidr = '10.0.0.0/8'", "networks[0]: expected a region, a contributor or"),
        ("hosts = [", "not TOML: "),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_file_and_key(text: str, words: str) -> None:
    refusal = refusal_of(text)
    assert refusal.startswith(f"{FILE}: {words}")
    assert "\n" not in refusal


def test_a_hostile_key_is_harmless_in_the_error() -> None:
    assert "\x1b" not in refusal_of('"evil\\u001b[31m" = 1')


TOML_VALUES = st.sampled_from(
    ["1", "1.5", "nan", "true", "''", "'x'", "[]", "[1]", "['x']", "{}", "{a=1}", "1979-05-27"]
)


@given(
    st.dictionaries(st.sampled_from([*Config.__struct_fields__, "other"]), TOML_VALUES, max_size=4)
)
def test_any_value_anywhere_is_taken_or_refused_in_one_line(values: dict[str, str]) -> None:
    text = "\n".join(f"{key} = {value}" for key, value in values.items())
    assert "\n" not in find_refusal(text)


def test_no_file_where_one_is_looked_for_is_fine(tmp_path: Path) -> None:
    assert read_config(None, default=tmp_path / "config.toml") == Config()


def test_no_file_where_one_was_named_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_config(tmp_path / "mine.toml", default=tmp_path / "config.toml")


def test_the_named_file_is_read_instead_of_the_default(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("duty = 0.1")
    (tmp_path / "mine.toml").write_text("duty = 0.2")
    assert read_config(tmp_path / "mine.toml", default=tmp_path / "config.toml").duty == 0.2
    assert read_config(None, default=tmp_path / "config.toml").duty == 0.1


def test_a_directory_is_an_error_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(tmp_path, default=tmp_path)


def test_a_file_that_is_not_text_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="save it as UTF-8"):
        read_config(None, default=tmp_path / "config.toml")


@pytest.mark.skipif(os.name != "posix", reason="the path is the one of POSIX systems")
def test_the_default_file_is_the_programs_own() -> None:
    assert default_config_path().parts[-2:] == ("swarmtui", "config.toml")


def test_rules_are_the_usual_ones_where_nothing_is_set() -> None:
    assert rules_of(Config(), claims=Claims()) == Rules()


def test_rules_are_the_configs() -> None:
    rules = rules_of(parse_config(WHOLE, file=FILE), claims=Claims())
    place = Attribution(rules).place
    assert place(make_node(hostname="nipa-sgp1")).region == "sgp1"
    assert place(make_node(labels={"zone": "z1"})).region_from == "node label"
    assert place(make_node(hostname="x", addr="10.4.0.9")).region == "ap-southeast-1"
    assert place(make_node(labels={"owner": "nipa technology"})).mine


def test_rules_know_the_machines_of_the_inventory() -> None:
    machines = (Machine(name="m", addr="10.9.0.9", region="bkk"),)
    rules = rules_of(Config(), claims=Claims(), machines=machines)
    assert Attribution(rules).place(make_node(addr="10.9.0.9")).region_from == "inventory"


def test_the_command_line_says_who_i_am_before_the_config_does() -> None:
    assert rules_of(Config(mine="a"), claims=Claims(), mine="b").mine == "b"


def test_the_usual_patterns_follow_the_configs() -> None:
    rules = rules_of(parse_config(WHOLE, file=FILE), claims=Claims())
    assert Attribution(rules).place(make_node(hostname="a-eu-west-1")).region == "eu-west-1"


def test_a_claims_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text("node,contributor\n01211slza7ofcxgbwsokoj6ya,NIPA\n")
    claims = read_claims(tmp_path / "claims.csv")
    assert claims.contributors == ("NIPA",)


def test_a_claims_file_that_cannot_be_used_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text("what,is\nthis\n")
    with pytest.raises(ConfigError) as caught:
        read_claims(tmp_path / "claims.csv")
    assert str(caught.value).startswith(f"{tmp_path / 'claims.csv'}: line 1: ")


def thresholds_of(text: str) -> Thresholds:
    return parse_config(f"[problems]\n{text}", file=FILE).problems


def test_what_is_a_problem_can_be_set_one_by_one() -> None:
    told = thresholds_of('no_progress = "2m"\nfailures = 9\nalike_share = 1\nclock_off_s = 2')
    assert told == Thresholds(
        no_progress=timedelta(minutes=2), failures=9, alike_share=1.0, clock_off_s=2.0
    )


def test_every_threshold_can_be_set_to_what_it_is() -> None:
    lines = []
    for name, usual in msgspec.structs.asdict(Thresholds()).items():
        is_length = isinstance(usual, timedelta)
        lines.append(f'{name} = "{usual.total_seconds()}s"' if is_length else f"{name} = {usual}")
    assert thresholds_of("\n".join(lines)) == Thresholds()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no_progres = 1", "problems.no_progres: unknown key; did you mean no_progress?"),
        ("zzz = 1", "problems.zzz: unknown key; expected one of no_progress"),
        ("no_progress = 60", "problems.no_progress: not usable; expected a length of time in quo"),
        ('no_progress = "60"', "problems.no_progress: not usable; expected a length of time"),
        ('no_progress = "0s"', "above 0 and at most a year"),
        ('no_progress = "999999d"', "above 0 and at most a year"),
        ("failures = 0", "problems.failures: not usable; expected a whole number from 1 on"),
        ("failures = 2.5", "problems.failures: not usable; expected a whole number from 1 on"),
        ("failures = true", "problems.failures: not usable; expected a whole number from 1 on"),
        ("alike_share = 1.5", "problems.alike_share: not usable; expected a number above 0 and at"),
        ("alike_share = nan", "problems.alike_share: not usable; expected a number above 0 and at"),
        ("clock_off_s = -1", "problems.clock_off_s: not usable; expected a number of seconds abov"),
    ],
)
def test_a_threshold_that_cannot_be_used_is_one_line_that_names_it(text: str, words: str) -> None:
    refusal = refusal_of(f"[problems]\n{text}")
    assert words in refusal
    assert "\n" not in refusal


def test_thresholds_are_a_table() -> None:
    assert "problems: expected a table" in refusal_of("problems = 3")


def test_every_threshold_is_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "config.md").read_text(encoding="utf-8")
    missing = [name for name in Thresholds.__struct_fields__ if f"`{name}`" not in text]
    assert missing == []


def test_the_example_in_the_documentation_can_be_used() -> None:
    text = (Path(__file__).parents[2] / "docs" / "config.md").read_text(encoding="utf-8")
    config = parse_config(text.split("```toml\n")[1].split("```")[0], file=FILE)
    assert config.problems.failures == 10
