"""Which engine is meant, checked against what the docker CLI 28.2 does."""

import hashlib
import json
from pathlib import Path

import pytest

from swarmtui.engine.address import Address, Options, parse_host, resolve_addresses
from swarmtui.engine.tls import Tls
from swarmtui.engine.usage import AddressError


def resolve(home: Path, options: Options | None = None, **env: str) -> Address:
    (address,) = resolve_addresses(options or Options(), env=env, home=home)
    return address


def make_context(
    home: Path, name: str, host: str, *, files: tuple[str, ...] = (), skip_verify: bool = False
) -> Path:
    """Store a context as docker does, and return the folder of its TLS files."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = home / ".docker" / "contexts" / "meta" / digest
    meta.mkdir(parents=True)
    endpoint = {"Host": host, "SkipTLSVerify": skip_verify}
    (meta / "meta.json").write_text(
        json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": endpoint}})
    )
    folder = home / ".docker" / "contexts" / "tls" / digest / "docker"
    make_files(folder, files)
    return folder


def make_files(folder: Path, names: tuple[str, ...] = ("ca.pem", "cert.pem", "key.pem")) -> Path:
    for name in names:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def choose_context(home: Path, name: str) -> None:
    (home / ".docker").mkdir(exist_ok=True)
    secret = {"auths": {"registry": {"auth": "c2VjcmV0"}}, "currentContext": name}
    (home / ".docker" / "config.json").write_text(json.dumps(secret))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("unix://", "unix:///var/run/docker.sock"),
        ("unix:///tmp/a.sock", "unix:///tmp/a.sock"),
        ("/tmp/a.sock", "unix:///tmp/a.sock"),
        ("./a.sock", "unix://./a.sock"),
        ("tcp://", "tcp://localhost:2375"),
        ("tcp://1.2.3.4", "tcp://1.2.3.4:2375"),
        ("tcp://1.2.3.4:2376", "tcp://1.2.3.4:2376"),
        ("1.2.3.4", "tcp://1.2.3.4:2375"),
        ("1.2.3.4:99", "tcp://1.2.3.4:99"),
        (":99", "tcp://localhost:99"),
        ("manager.example.org:99", "tcp://manager.example.org:99"),
        ("tcp://[::1]:99", "tcp://[::1]:99"),
        ("tcp://[::1]", "tcp://[::1]:2375"),
        ("tcp://[::1]:", "tcp://[::1]:2375"),
        ("tcp://proxy:80/engine/", "tcp://proxy:80/engine"),
        ("ssh://10.0.0.7", "ssh://10.0.0.7"),
        ("ssh://root@10.0.0.7:2222", "ssh://root@10.0.0.7:2222"),
        (" tcp://1.2.3.4:1 ", "tcp://1.2.3.4:1"),
    ],
)
def test_a_host_is_completed_as_the_docker_cli_does(text: str, url: str) -> None:
    assert parse_host(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "http://1.2.3.4:2375",
        "fd://3",
        "npipe:////./pipe/docker_engine",
        "foo://bar",
        "tcp://::1",
        "tcp://a:b",
        "tcp://a:70000",
        "tcp://user@a:1",
        "ssh://",
        "ssh://user:secret@host",
        "ssh://host/run/docker.sock",
        "ssh://-oProxyCommand=evil",
        "ssh://host:0",
        "ssh://host:70000",
    ],
)
def test_what_is_no_host_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_host(text)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_nothing_given_means_the_local_socket(tmp_path: Path) -> None:
    assert resolve(tmp_path) == Address(url="unix:///var/run/docker.sock", origin="the default")


def test_precedence_is_that_of_the_docker_cli(tmp_path: Path) -> None:
    """Each beats the next: --context, -H, DOCKER_HOST, DOCKER_CONTEXT, currentContext, default."""
    for name in ("flag", "env", "current"):
        make_context(tmp_path, name, f"tcp://{name}:1")
    choose_context(tmp_path, "current")
    env = {"DOCKER_HOST": "tcp://host:1", "DOCKER_CONTEXT": "env"}

    assert resolve(tmp_path, Options(context="flag"), **env).url == "tcp://flag:1"
    assert resolve(tmp_path, Options(hosts=("tcp://given:1",)), **env).url == "tcp://given:1"
    assert resolve(tmp_path, None, **env).url == "tcp://host:1"
    assert resolve(tmp_path, DOCKER_CONTEXT="env").url == "tcp://env:1"
    assert resolve(tmp_path).url == "tcp://current:1"
    assert resolve(tmp_path, DOCKER_CONTEXT="default").url == "unix:///var/run/docker.sock"


def test_the_origin_is_told_for_people(tmp_path: Path) -> None:
    make_context(tmp_path, "prod", "ssh://root@m1")
    assert resolve(tmp_path, Options(context="prod")).origin == "context prod"
    assert resolve(tmp_path, Options(hosts=("a:1",))).origin == "-H"
    assert resolve(tmp_path, DOCKER_HOST="a:1").origin == "DOCKER_HOST"


def test_several_hosts_keep_their_order(tmp_path: Path) -> None:
    addresses = resolve_addresses(Options(hosts=("b:1", "a:2")), env={}, home=tmp_path)
    assert [address.url for address in addresses] == ["tcp://b:1", "tcp://a:2"]


def test_the_default_context_still_heeds_docker_host(tmp_path: Path) -> None:
    assert resolve(tmp_path, Options(context="default"), DOCKER_HOST="a:1").url == "tcp://a:1"


def test_host_and_context_together_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="both -H and --context"):
        resolve(tmp_path, Options(hosts=("a:1",), context="prod"))


def test_an_unknown_context_is_an_error_that_names_the_known_ones(tmp_path: Path) -> None:
    make_context(tmp_path, "prod", "tcp://a:1")
    with pytest.raises(AddressError, match=r"no context prdo \(named by DOCKER_CONTEXT\).*prod"):
        resolve(tmp_path, DOCKER_CONTEXT="prdo")
    choose_context(tmp_path, "gone")
    with pytest.raises(AddressError, match=r"no context gone .*config\.json.*default, prod"):
        resolve(tmp_path)


def test_a_broken_config_is_an_error_and_not_the_local_socket(tmp_path: Path) -> None:
    choose_context(tmp_path, "x")
    (tmp_path / ".docker" / "config.json").write_text("{")
    with pytest.raises(AddressError, match="cannot read"):
        resolve(tmp_path)
    assert resolve(tmp_path, DOCKER_HOST="a:1").url == "tcp://a:1"


def test_a_context_without_docker_or_with_a_broken_file_is_an_error(tmp_path: Path) -> None:
    make_context(tmp_path, "prod", "tcp://a:1")
    (meta,) = (tmp_path / ".docker" / "contexts" / "meta").glob("*/meta.json")
    meta.write_text('{"Name": "prod", "Endpoints": {}}')
    with pytest.raises(AddressError, match="names no docker endpoint"):
        resolve(tmp_path, Options(context="prod"))
    meta.write_text("[]")
    with pytest.raises(AddressError, match="cannot read the context prod"):
        resolve(tmp_path, Options(context="prod"))


def test_docker_config_moves_the_folder(tmp_path: Path) -> None:
    make_context(tmp_path, "prod", "tcp://a:1")
    elsewhere = tmp_path / "home"
    address = resolve(elsewhere, Options(context="prod"), DOCKER_CONFIG=str(tmp_path / ".docker"))
    assert address.url == "tcp://a:1"


def test_a_context_brings_its_tls_files(tmp_path: Path) -> None:
    files = ("ca.pem", "cert.pem", "key.pem")
    folder = make_context(tmp_path, "prod", "tcp://a:2376", files=files)
    assert resolve(tmp_path, Options(context="prod")).tls == Tls(
        ca=str(folder / "ca.pem"), cert=str(folder / "cert.pem"), key=str(folder / "key.pem")
    )


def test_a_context_may_skip_verifying_and_may_have_no_tls_at_all(tmp_path: Path) -> None:
    make_context(tmp_path, "plain", "tcp://a:1")
    make_context(tmp_path, "lax", "tcp://a:1", skip_verify=True)
    make_context(tmp_path, "socket", "unix:///a.sock", skip_verify=True)
    assert resolve(tmp_path, Options(context="plain")).tls is None
    assert resolve(tmp_path, Options(context="lax")).tls == Tls(verify=False)
    assert resolve(tmp_path, Options(context="socket")).tls is None


def test_tls_flags_do_not_touch_a_context(tmp_path: Path) -> None:
    make_context(tmp_path, "plain", "tcp://a:1")
    assert resolve(tmp_path, Options(context="plain", tlsverify=True)).tls is None


def test_tls_alone_does_not_verify_and_tlsverify_does(tmp_path: Path) -> None:
    make_files(tmp_path / ".docker")
    host = Options(hosts=("a:1",))
    strict = resolve(tmp_path, Options(hosts=("a:1",), tlsverify=True)).tls
    assert strict is not None
    assert strict.verify
    lax = [
        resolve(tmp_path, Options(hosts=("a:1",), tls=True)),
        resolve(tmp_path, Options(hosts=("a:1",), tlsverify=False), DOCKER_TLS_VERIFY="1"),
        resolve(tmp_path, host, DOCKER_TLS="1"),
    ]
    assert [address.tls.verify for address in lax if address.tls] == [False] * 3
    from_env = resolve(tmp_path, host, DOCKER_TLS_VERIFY="1").tls
    assert from_env is not None
    assert from_env.verify
    assert resolve(tmp_path, host, DOCKER_TLS_VERIFY="").tls is None


def test_a_missing_port_is_2375_even_with_tls_but_nothing_at_all_is_2376(tmp_path: Path) -> None:
    """Seen with docker 28.2: `docker --tls -H tcp://127.0.0.1 version` asks port 2375."""
    make_files(tmp_path / ".docker")
    assert resolve(tmp_path, Options(hosts=("tcp://a",), tls=True)).url == "tcp://a:2375"
    assert resolve(tmp_path, Options(tls=True)).url == "tcp://localhost:2376"


def test_tls_files_come_from_the_cert_path_unless_named(tmp_path: Path) -> None:
    folder = make_files(tmp_path / "certs")
    other = tmp_path / "other.pem"
    other.write_text("")
    tls = resolve(
        tmp_path,
        Options(hosts=("a:1",), tlscacert=f'"{other}"', tls=True),
        DOCKER_CERT_PATH=str(folder),
    ).tls
    assert tls == Tls(
        ca=str(other),
        cert=str(folder / "cert.pem"),
        key=str(folder / "key.pem"),
        verify=False,
    )


def test_named_tls_files_and_the_ca_must_exist_but_the_others_may_be_missing(
    tmp_path: Path,
) -> None:
    with pytest.raises(AddressError, match=r"no such file: .*ca\.pem; name .* --tlscacert"):
        resolve(tmp_path, Options(hosts=("a:1",), tls=True))
    make_files(tmp_path / ".docker", ("ca.pem",))
    tls = resolve(tmp_path, Options(hosts=("a:1",), tls=True)).tls
    assert tls is not None
    assert (tls.cert, tls.key) == ("", "")
    with pytest.raises(AddressError, match="--tlskey"):
        resolve(tmp_path, Options(hosts=("a:1",), tls=True, tlskey="/nope"))


def test_an_api_version_can_be_insisted_on(tmp_path: Path) -> None:
    assert resolve(tmp_path, DOCKER_API_VERSION="v1.40").api_version == "1.40"
