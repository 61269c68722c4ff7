"""What ~/.ssh/config means for a machine."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from swarmtui.ssh.config import Target, Targets, find_target, list_hosts, parse_hop
from swarmtui.ssh.config_file import read_config
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.swarm.machine import Machine

NOWHERE = Path("/nonexistent")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".ssh").mkdir()
    return tmp_path


def write(home: Path, text: str, *, name: str = "config") -> None:
    path = home / ".ssh" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def find(home: Path, addr: str, *, system: Path = NOWHERE, **said: object) -> Target:
    machine = Machine(name=addr, addr=addr, **said)  # type: ignore[arg-type]
    config = read_config(home, system=system)
    return find_target(machine, home=home, config=config, local_user="ann")


def hosts(home: Path, pattern: str = "*") -> tuple[str, ...]:
    return list_hosts(pattern, home=home, config=read_config(home, system=NOWHERE))


def test_without_a_config_a_machine_is_reached_as_ssh_would(home: Path) -> None:
    found = find(home, "m1")
    ssh = str(home / ".ssh")
    assert found == Target(
        label="m1",
        name="m1",
        host="m1",
        port=22,
        user="ann",
        key_files=(f"{ssh}/id_rsa", f"{ssh}/id_ecdsa", f"{ssh}/id_ed25519"),
        known_hosts=(f"{ssh}/known_hosts", f"{ssh}/known_hosts2"),
        system_known_hosts=("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"),
    )


def test_every_setting_of_a_host_is_honoured(home: Path) -> None:
    write(
        home,
        """
        Host m1
            HostName %h.example.org
            Port=2222
            User ops
            IdentityFile ~/keys/%n-%r
            IdentityFile "/keys/with space"
            IdentitiesOnly yes
            UserKnownHostsFile ~/.ssh/%h.hosts /more/hosts  # two of them
            GlobalKnownHostsFile none
            HostKeyAlias the-one
            HashKnownHosts yes
            ProxyCommand nc -X "a b" %h %p
        """,
    )
    found = find(home, "m1")
    assert (found.host, found.port, found.user) == ("m1.example.org", 2222, "ops")
    assert found.key_files == (f"{home}/keys/m1-ops", "/keys/with space")
    assert found.identities_only
    assert found.known_hosts == (f"{home}/.ssh/m1.example.org.hosts", "/more/hosts")
    assert found.system_known_hosts == ()
    assert found.host_key_alias == "the-one"
    assert found.hash_known_hosts
    assert found.proxy_command == ("nc", "-X", "a b", "m1.example.org", "2222")
    assert found.place == "m1.example.org:2222"


def test_what_the_inventory_says_goes_before_the_config(home: Path) -> None:
    write(home, "Host m1\n User ops\n Port 2222\n IdentityFile /keys/a\n ProxyCommand nc %h %p\n")
    found = find(home, "m1", user="root", port=22, key_files=("/keys/mine",), jump="gate")
    assert (found.user, found.port, found.key_files) == ("root", 22, ("/keys/mine", "/keys/a"))
    assert [jump.host for jump in found.jumps] == ["gate"]
    assert found.proxy_command == ()


def test_the_first_value_wins_and_the_users_file_goes_before_the_systems(
    home: Path, tmp_path: Path
) -> None:
    write(home, "Host m*\n User first\nHost m1\n User second\n Port 2\n")
    system = tmp_path / "system"
    system.write_text("Host *\n User third\n Port 3\n HashKnownHosts yes\n")
    found = find(home, "m1", system=system)
    assert (found.user, found.port, found.hash_known_hosts) == ("first", 2, True)


def test_patterns_negate_and_take_no_brackets(home: Path) -> None:
    write(home, "Host m? !m2 [x]\n User ops\n")
    assert find(home, "M1").user == "ops"
    assert find(home, "m2").user == "ann"
    assert find(home, "x").user == "ann"


def test_included_files_are_read_in_place_and_relative_to_the_ssh_folder(home: Path) -> None:
    write(home, "Include swarm/*.conf ~/.ssh/extra missing\nHost *\n User last\n")
    write(home, "Host a1\n User from-a\n", name="swarm/a.conf")
    write(home, "Host b1\n User from-b\nInclude deeper\n", name="swarm/b.conf")
    write(home, "Host e1\n User from-e\n", name="extra")
    write(home, "User from-deeper\n", name="deeper")
    assert [find(home, n).user for n in ("a1", "b1", "e1", "c1")] == [
        "from-a",
        "from-b",
        "from-e",
        "last",
    ]
    assert hosts(home) == ("a1", "b1", "e1")


def test_a_home_with_odd_characters_includes_its_own_files(tmp_path: Path) -> None:
    home = tmp_path / "a[b]*c"
    write(home, "Include more* ~/.ssh/other\n")
    write(home, "Host a1\n User from-a\n", name="more")
    write(home, "Host b1\n User from-b\n", name="other")
    assert [find(home, n).user for n in ("a1", "b1")] == ["from-a", "from-b"]


def test_an_include_within_a_host_block_is_for_that_host_alone(home: Path) -> None:
    write(home, "Host a*\n Include inner\n Port 2222\nHost *\n User last\n")
    write(home, "User inner\nHost a1 b1\n Port 1111\n", name="inner")
    assert (find(home, "a1").user, find(home, "a1").port) == ("inner", 1111)
    assert (find(home, "a2").user, find(home, "a2").port) == ("inner", 2222)
    assert (find(home, "b1").user, find(home, "b1").port) == ("last", 22)


def test_files_that_include_each_other_are_read_once(home: Path) -> None:
    write(home, "Include config other other\nHost m1\n User ops\n")
    write(home, "Include config other\nHost o1\n User other\n", name="other")
    assert find(home, "m1").user == "ops"
    assert find(home, "o1").user == "other"


def test_match_exec_is_never_run_and_never_matches(home: Path) -> None:
    trace = home / "was-run"
    write(
        home,
        f"""
        Match exec "touch {trace}"
            User exec
        Match host m1 !exec "touch {trace}"
            User exec
        """,
    )
    assert find(home, "m1").user == "ann"
    assert not trace.exists()


@pytest.mark.parametrize(
    "match",
    [
        "tagged blue",
        "localnetwork 10.0.0.0/8",
        "unheard-of x",
        "host",
        'host "m1',
        "!sessiontype x",
    ],
)
def test_a_match_that_is_not_understood_never_matches(home: Path, match: str) -> None:
    """Paramiko has all of these match every host."""
    write(home, f"Match {match}\n User wrong\nMatch all\n User right\n")
    assert find(home, "m1").user == "right"


def test_match_sees_what_was_set_before(home: Path) -> None:
    write(
        home,
        """
        Host m1
            HostName m1.example.org
        Match host *.example.org user ann localuser ann originalhost m1
            Port 2222
        Match !host *.example.org
            Port 3333
        Match final host *.example.org
            User late
        """,
    )
    assert (find(home, "m1").port, find(home, "m1").user) == (2222, "late")
    assert find(home, "m2").port == 3333


def test_jumps_are_chained_each_with_its_own_settings(home: Path) -> None:
    write(
        home,
        """
        Host m1
            ProxyJump me@gate:2222,inner
        Host gate
            HostName gate.example.org
            IdentityFile /keys/gate
            UserKnownHostsFile /hosts/gate
        Host inner
            User ops
            ProxyJump elsewhere
        """,
    )
    gate, inner = find(home, "m1").jumps
    assert (gate.user, gate.host, gate.port) == ("me", "gate.example.org", 2222)
    assert (gate.key_files, gate.known_hosts) == (("/keys/gate",), ("/hosts/gate",))
    assert (inner.user, inner.host, inner.jumps) == ("ops", "inner", ())


def test_each_host_on_the_way_is_asked_for_its_key_the_way_it_is_reached(home: Path) -> None:
    write(home, "Host m1\n ProxyJump me@gate:2222,inner\n")
    gate, inner = find(home, "m1").jumps
    assert gate.asked_as == ("gate:2222",)
    assert inner.asked_as == ("-J", "me@gate:2222", "inner")
    assert find(home, "m1").asked_as == ("m1",)
    assert find(home, "m2", jump="gate,inner").asked_as == ("-J", "gate,inner", "m2")
    assert find(home, "fd00::7", port=2222).asked_as == ("[fd00::7]:2222",)


def test_the_way_to_a_jump_host_is_part_of_the_way(home: Path) -> None:
    write(home, "Host m1\n ProxyJump b\nHost b\n ProxyJump a\n")
    assert [jump.host for jump in find(home, "m1").jumps] == ["a", "b"]


def test_a_jump_host_is_not_reached_through_itself(home: Path) -> None:
    write(home, "Host *\n ProxyJump gate\n")
    assert [jump.host for jump in find(home, "m1").jumps] == ["gate"]
    assert find(home, "gate").jumps == ()


def test_jumps_in_a_circle_end(home: Path) -> None:
    write(home, "Host a\n ProxyJump b\nHost b\n ProxyJump a\n")
    assert [jump.host for jump in find(home, "a").jumps] == ["b"]


@pytest.mark.parametrize(
    ("lines", "jumps", "command"),
    [
        ("ProxyJump none\nProxyCommand nc %h %p", [], ()),
        ("ProxyCommand none\nProxyJump gate", [], ()),
        ("ProxyJump gate\nProxyCommand nc %h %p", ["gate"], ()),
        ("ProxyCommand nc %h\nProxyJump gate", [], ("nc", "m1")),
    ],
)
def test_of_jump_and_command_the_first_wins(
    home: Path, lines: str, jumps: list[str], command: tuple[str, ...]
) -> None:
    write(home, f"{lines}\n")
    found = find(home, "m1")
    assert [jump.host for jump in found.jumps] == jumps
    assert found.proxy_command == command


@pytest.mark.parametrize(
    "addr", ["-oProxyCommand=x", "a b", "m1;reboot", "m1$(x)", "", "a\nb", "`x`", "m1/../x"]
)
def test_an_address_that_is_none_goes_nowhere(home: Path, addr: str) -> None:
    with pytest.raises(SshError) as caught:
        find(home, addr)
    assert caught.value.failure is SshFailure.BROKEN


@pytest.mark.parametrize("user", ["-l", "-oProxyCommand=x", "a\x1bb"])
def test_a_user_that_is_none_goes_nowhere(home: Path, user: str) -> None:
    with pytest.raises(SshError):
        find(home, "m1", user=user)


def test_names_filled_into_a_command_stay_one_word(home: Path) -> None:
    write(home, "ProxyCommand nc -u %r %h\n")
    assert find(home, "m1", user="a b; c").proxy_command == ("nc", "-u", "a b; c", "m1")


@pytest.mark.parametrize(
    "line", ["Port x", "Port 0", f"Port {'9' * 5000}", "ProxyJump a,,b", "ProxyJump -"]
)
def test_a_setting_that_cannot_be_meant_says_which(home: Path, line: str) -> None:
    write(home, f"{line}\n")
    with pytest.raises(SshError) as caught:
        find(home, "m1")
    assert caught.value.failure is SshFailure.BROKEN
    assert "\n" not in caught.value.text


@pytest.mark.parametrize("text", ["\x00\xff", "Host", "Host '", "User", "= =", "Match", 'User "x'])
def test_lines_that_mean_nothing_cost_themselves_alone(home: Path, text: str) -> None:
    write(home, f"{text}\nHost m1\n Port 2222\n")
    assert find(home, "m1").port == 2222


def test_a_config_that_is_a_folder_is_said_to_be_unreadable(home: Path) -> None:
    (home / ".ssh" / "config").mkdir()
    with pytest.raises(SshError, match="cannot read"):
        find(home, "m1")


def test_hosts_named_in_full_are_listed_in_their_order(home: Path) -> None:
    write(home, "Host web-2 web-1 web-* !web-3\nHost db-1 web-1\nMatch host web-9\n")
    assert hosts(home) == ("web-2", "web-1", "db-1")
    assert hosts(home, "WEB-*") == ("web-2", "web-1")
    assert hosts(home, "x*") == ()


@pytest.mark.parametrize(
    ("text", "user", "addr", "port"),
    [
        ("m1", "", "m1", None),
        ("ops@m1:2222", "ops", "m1", 2222),
        ("ssh://ops@m1:2222/", "ops", "m1", 2222),
        ("[fe80::1%eth0]:22", "", "fe80::1%eth0", 22),
    ],
)
def test_a_hop_is_read_as_in_proxyjump(text: str, user: str, addr: str, port: int | None) -> None:
    hop = parse_hop(text)
    assert (hop.user, hop.addr, hop.port) == (user, addr, port)


def test_many_are_looked_up_in_one_reading_and_a_change_counts_soon(home: Path) -> None:
    now = 0.0
    targets = Targets(home, clock=lambda: now)
    m1 = Machine(name="m1", addr="m1")
    write(home, "Port 1\n")
    assert targets.find(m1).port == 1
    write(home, "Port 2\n")
    now = 4.0
    assert targets.find(m1).port == 1
    now = 6.0
    assert targets.find(m1).port == 2


CONFIG = """
Include {home}/.ssh/more
User top
Host a? !a2
    Port 1111
    IdentityFile /keys/one
    Include {home}/.ssh/within
Match originalhost b1,b2 user top
    HostName %h.example.org
    IdentityFile /keys/two
Match host *.example.org
    Port 2222
    UserKnownHostsFile /hosts/%n /hosts/two
Match final host b1.example.org
    HostKeyAlias late
Host c1
    ProxyJump me@gate:22,inner
    IdentitiesOnly yes
Host c2
    ProxyCommand "nc" %h %p # all of it
Host *
    IdentityFile ~/.ssh/%r@%h
    HashKnownHosts yes
"""
MORE = "Host a1 c?\n    HostName 10.0.0.%%7\nHost b2\n    User other\n"
WITHIN = "User within\nHost a3 b1\n    Port 3333\n"


@pytest.mark.skipif(not shutil.which("ssh"), reason="needs the ssh client of OpenSSH")
@pytest.mark.parametrize("name", ["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2"])
def test_the_real_ssh_client_reads_the_same(home: Path, name: str) -> None:
    write(home, CONFIG.format(home=home))
    write(home, MORE, name="more")
    write(home, WITHIN, name="within")
    real = ask_ssh(home, name)
    found = find(home, name)
    assert [found.host, str(found.port), found.user] == real["hostname"] + real["port"] + real[
        "user"
    ]
    files = [path.replace("~", str(home), 1) for path in real["identityfile"]]
    # ssh expands these only when it needs them.
    assert [f.replace(f"{found.user}@{found.host}", "%r@%h") for f in found.key_files] == files
    assert found.host_key_alias == (real.get("hostkeyalias") or [""])[0]
    assert found.identities_only == (real["identitiesonly"] == ["yes"])
    assert found.hash_known_hosts == (real["hashknownhosts"] == ["yes"])
    if found.known_hosts[0].startswith("/hosts"):
        assert " ".join(found.known_hosts) == real["userknownhostsfile"][0].replace("%n", name)
    assert bool(found.jumps) == ("proxyjump" in real)
    assert bool(found.proxy_command) == ("proxycommand" in real)


def ask_ssh(home: Path, name: str) -> dict[str, list[str]]:
    command = ["ssh", "-G", "-F", str(home / ".ssh" / "config"), name]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "HOME": str(home)}
    )
    answer: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        answer.setdefault(keyword, []).append(value)
    return answer
