"""Whether an ssh server is the one it should be."""

import base64
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from swarmtui.ssh.config import Target
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.known_hosts import (
    HostKey,
    KnownHosts,
    Verdict,
    add_known_host,
    explain_verdict,
    names_of,
    read_known_hosts,
)
from swarmtui.swarm.stats import UnknownKey
from tests.ssh.sshd import make_key

needs_openssh = pytest.mark.skipif(
    not shutil.which("ssh-keygen"), reason="needs ssh-keygen of OpenSSH"
)


def key(seed: str, type_: str = "ssh-ed25519") -> HostKey:
    """Return something that looks like a key from outside."""
    parts = (type_.encode(), seed.encode().ljust(32, b"."))
    return HostKey(type_, b"".join(len(part).to_bytes(4, "big") + part for part in parts))


def line(names: str, a_key: HostKey, *, marker: str = "") -> str:
    return f"{marker} {names} {a_key.type} {base64.b64encode(a_key.blob).decode()} comment".strip()


def target(tmp_path: Path, **settings: object) -> Target:
    path = str(tmp_path / "home" / ".ssh" / "known_hosts")
    files = (path, str(tmp_path / "second"))
    said = {"name": "m1", "host": "m1", "known_hosts": files, **settings}
    return Target(label="m1", user="root", **said)  # type: ignore[arg-type]


ONE, OTHER = key("one"), key("other")


def judge(text: str, name: str = "m1", a_key: HostKey = ONE) -> Verdict:
    return KnownHosts(text.splitlines()).judge((name,), a_key)


def test_a_key_is_known_by_any_name_and_pattern_of_its_line() -> None:
    text = line("m1,10.0.0.7,*.example.org,!bad.example.org,[m2]:2222", ONE)
    for name in ("m1", "10.0.0.7", "a.example.org", "[m2]:2222"):
        assert judge(text, name) is Verdict.KNOWN
    for name in ("m2", "bad.example.org", "[m1]:2222", "m"):
        assert judge(text, name) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "bad",
    [
        "nonsense",
        "m1 ssh-ed25519",
        "m1 ssh-ed25519 damaged!",
        "m1 ssh-ed25519 AAAA",
        "m1 ssh-unheard-of AAAA",
        "m1 ssh-rsa " + base64.b64encode(ONE.blob).decode(),
        "|1|x|y ssh-ed25519 " + base64.b64encode(OTHER.blob).decode(),
        "|1| ssh-ed25519 " + base64.b64encode(OTHER.blob).decode(),
        "@unheard-of " + line("m1", OTHER),
        "# comment",
        "",
        "\x00\x1b[2J",
        "@revoked",
    ],
)
def test_a_bad_line_costs_that_line_alone(bad: str) -> None:
    """Paramiko drops the whole file for some of them."""
    assert judge(f"{bad}\n{line('m1', ONE)}\n{bad}") is Verdict.KNOWN


def test_another_key_for_the_same_name_is_a_change() -> None:
    assert judge(line("m1", OTHER)) is Verdict.CHANGED


def test_a_key_of_another_type_than_those_known_is_a_change_too() -> None:
    """A server is asked for the types that are known: who has none of them is somebody else."""
    assert judge(line("m1", key("x", "ssh-rsa"))) is Verdict.CHANGED


def test_one_of_several_keys_is_enough() -> None:
    assert judge(f"{line('m1', OTHER)}\n{line('m1', ONE)}") is Verdict.KNOWN


def test_a_revoked_key_is_refused_wherever_it_stands() -> None:
    text = f"{line('m1', ONE)}\n{line('*', ONE, marker='@revoked')}"
    assert judge(text) is Verdict.REVOKED
    assert judge(text, a_key=OTHER) is Verdict.CHANGED


def test_an_authority_makes_no_key_known_and_is_owned_up_to(tmp_path: Path) -> None:
    text = line("*", OTHER, marker="@cert-authority")
    assert judge(text) is Verdict.UNKNOWN
    machine = target(tmp_path)
    write(machine, text)
    error = explain_verdict(Verdict.UNKNOWN, ONE, machine)
    assert "certificate authority, which is not spoken here" in error.text
    assert error.unknown_key
    assert error.unknown_key.has_authority


def test_the_types_that_are_known_are_preferred_in_our_own_order() -> None:
    lines = [line("m1", key("x", "ssh-rsa")), line("m1", ONE), line("m2", OTHER)]
    assert KnownHosts(lines).types_of(("m1",)) == ("ssh-ed25519", "ssh-rsa")
    assert KnownHosts(lines).types_of(("m3", "m2")) == ("ssh-ed25519",)
    assert KnownHosts(lines).types_of(("m4",)) == ()


def test_a_key_known_without_its_port_is_known_but_another_one_is_not_changed() -> None:
    known = KnownHosts([line("m1", ONE)])
    names = ("[m1]:2222", "m1")
    assert known.judge(names, ONE) is Verdict.KNOWN
    assert known.judge(names, OTHER) is Verdict.UNKNOWN


def test_names_are_those_that_ssh_writes(tmp_path: Path) -> None:
    assert names_of(target(tmp_path, host="M1")) == ("m1",)
    assert names_of(target(tmp_path, host="m1", port=2222)) == ("[m1]:2222", "m1")
    assert names_of(target(tmp_path, port=2222, host_key_alias="alias")) == ("alias",)


def test_a_change_is_said_loudly_and_what_to_do(tmp_path: Path) -> None:
    error = explain_verdict(Verdict.CHANGED, ONE, target(tmp_path, port=2222))
    assert error.failure is SshFailure.CHANGED_KEY
    assert "HOST KEY HAS CHANGED" in error.text
    assert "ssh-keygen -R '[m1]:2222'" in error.text
    assert ONE.fingerprint in error.text
    assert error.unknown_key is None


def test_an_unknown_key_comes_with_what_a_yes_would_write_and_where(tmp_path: Path) -> None:
    machine = target(tmp_path, host="m1", port=2222, name="m1:2222", via="gate,inner")
    error = explain_verdict(Verdict.UNKNOWN, ONE, machine)
    assert error.unknown_key == UnknownKey(
        type=ONE.type,
        fingerprint=ONE.fingerprint,
        asked_as=("-J", "gate,inner", "m1:2222"),
        name="[m1]:2222",
        file=machine.known_hosts[0],
    )
    assert "accept it with `swarmtui trust -J gate,inner m1:2222`" in error.text


def test_an_accepted_key_is_known_from_then_on(tmp_path: Path) -> None:
    machine = target(tmp_path)
    path = add_known_host(machine, ONE)
    assert path == machine.known_hosts[0]
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(path).parent.stat().st_mode) == 0o700
    assert read_known_hosts(machine).judge(names_of(machine), ONE) is Verdict.KNOWN


def test_accepting_twice_writes_once(tmp_path: Path) -> None:
    machine = target(tmp_path)
    add_known_host(machine, ONE)
    path = add_known_host(machine, ONE)
    assert Path(path).read_text().count("\n") == 1


def test_what_stood_in_the_file_stays_as_it_was(tmp_path: Path) -> None:
    machine = target(tmp_path)
    write(machine, "# mine, without an end")
    add_known_host(machine, ONE)
    text = Path(machine.known_hosts[0]).read_text()
    assert text.startswith("# mine, without an end\nm1 ssh-ed25519 ")


@pytest.mark.parametrize("marker", ["", "@revoked"])
def test_a_changed_or_revoked_key_is_never_written(tmp_path: Path, marker: str) -> None:
    machine = target(tmp_path)
    text = line("m1", OTHER if not marker else ONE, marker=marker)
    write(machine, text)
    with pytest.raises(SshError) as caught:
        add_known_host(machine, ONE)
    assert caught.value.failure is SshFailure.CHANGED_KEY
    assert Path(machine.known_hosts[0]).read_text() == text


def test_without_a_file_to_write_to_that_is_said_and_the_key_is_still_unknown(
    tmp_path: Path,
) -> None:
    with pytest.raises(SshError, match="UserKnownHostsFile is none") as caught:
        add_known_host(target(tmp_path, known_hosts=()), ONE)
    assert caught.value.unknown_key
    assert caught.value.unknown_key.file == ""
    (tmp_path / "file").touch()
    with pytest.raises(SshError, match="cannot write") as caught:
        add_known_host(target(tmp_path, known_hosts=(str(tmp_path / "file" / "x"),)), ONE)
    assert caught.value.unknown_key
    assert caught.value.unknown_key.fingerprint == ONE.fingerprint


def test_a_file_that_keeps_nothing_is_said_to(tmp_path: Path) -> None:
    with pytest.raises(SshError, match="/dev/null keeps nothing"):
        add_known_host(target(tmp_path, known_hosts=("/dev/null",)), ONE)


@needs_openssh
@pytest.mark.parametrize("is_hashed", [True, False])
def test_ssh_keygen_finds_what_was_written(tmp_path: Path, is_hashed: bool) -> None:
    real = real_key(tmp_path)
    machine = target(tmp_path, port=2222, hash_known_hosts=is_hashed)
    path = add_known_host(machine, real)
    found = keygen("-F", "[m1]:2222", "-f", path)
    assert base64.b64encode(real.blob).decode() in found
    assert ("[m1]" in Path(path).read_text()) is not is_hashed


@needs_openssh
def test_names_hashed_by_ssh_keygen_are_found(tmp_path: Path) -> None:
    real = real_key(tmp_path)
    machine = target(tmp_path)
    path = add_known_host(machine, real)
    keygen("-H", "-f", path)
    text = Path(path).read_text()
    assert text.split()[0].startswith("|1|")
    assert judge(text, a_key=real) is Verdict.KNOWN
    assert judge(text, "m2", real) is Verdict.UNKNOWN


@needs_openssh
def test_fingerprints_are_those_of_ssh_keygen(tmp_path: Path) -> None:
    real = real_key(tmp_path)
    assert keygen("-lf", str(tmp_path / "key.pub")).split()[1] == real.fingerprint


def write(machine: Target, text: str) -> None:
    path = Path(machine.known_hosts[0])
    path.parent.mkdir(parents=True)
    path.write_text(text)


def real_key(tmp_path: Path) -> HostKey:
    make_key(tmp_path / "key")
    kind, blob = (tmp_path / "key.pub").read_text().split()[:2]
    return HostKey(kind, base64.b64decode(blob))


def keygen(*arguments: str) -> str:
    command = ["ssh-keygen", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
