"""Find which engine to talk to, exactly as the docker CLI would.

Source: docker/cli `cli/command/cli.go`, `cli/flags/options.go` and `opts/hosts.go` (28.x).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from swarmtui.engine.contexts import current_context, read_context
from swarmtui.engine.tls import Tls, tls_from_files
from swarmtui.engine.usage import AddressError
from swarmtui.swarm.text import plain

DEFAULT_SOCKET = "unix:///var/run/docker.sock"
DEFAULT_CONTEXT = "default"
METRICS_PATH = "/metrics"
_TCP_PORT = 2375
_LOCAL = "localhost"

_NETLOC = re.compile(
    r"(?:\[(?P<v6>[0-9A-Za-z:.%]+)\]|(?P<name>[^][:/@\s]*))(?::(?P<port>[0-9]*))?", re.ASCII
)
_SSH = re.compile(
    r"(?:(?P<user>[^@:/\s]+)@)?(?:\[[0-9A-Za-z:.%]+\]|[^][:/@\s-][^][:/@\s]*)"
    r"(?::(?P<port>[0-9]{1,6}))?/?",
    re.ASCII,
)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says about the engine; `None` and empty are "not given"."""

    hosts: tuple[str, ...] = ()
    """`-H`, as often as it was given: managers to fall back on, in this order."""
    context: str = ""
    tls: bool | None = None
    tlsverify: bool | None = None
    tlscacert: str = ""
    tlscert: str = ""
    tlskey: str = ""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """One engine to talk to."""

    url: str
    """`unix:///PATH`, `tcp://HOST:PORT[/PATH]` or `ssh://[USER@]HOST[:PORT]`."""
    tls: Tls | None = None
    """`None`: no TLS at all."""
    origin: str = ""
    """Who said so, for people: `-H`, `DOCKER_HOST`, `context prod`, `the default`."""
    api_version: str = ""
    """The version the user insists on with `DOCKER_API_VERSION`; empty to negotiate."""

    @property
    def scheme(self) -> str:
        """Return `unix`, `tcp` or `ssh`."""
        return self.url.partition("://")[0]


def resolve_addresses(
    options: Options, *, env: Mapping[str, str], home: Path
) -> tuple[Address, ...]:
    """Return the engines meant, in the order to try them; several only with several `-H`.

    Raise `AddressError`, one line that says what to mend, also for a context nobody knows: the
    local socket is never taken in its place.
    """
    config = Path(env.get("DOCKER_CONFIG") or home / ".docker")
    if options.context and options.hosts:
        raise AddressError("both -H and --context are given: leave one of them out")
    pinned = env.get("DOCKER_API_VERSION", "").removeprefix("v")
    name, source = _choose_context(options, env, config)
    if name != DEFAULT_CONTEXT:
        return (_address_of_context(config, name, source, pinned),)
    tls = _tls_of_options(options, env, config)
    return tuple(
        Address(url=url, tls=_tls_for(url, tls), origin=origin, api_version=pinned)
        for url, origin in _hosts(options, env, with_tls=tls is not None)
    )


def parse_host(text: str) -> str:
    """Return the full URL for what `-H` or `DOCKER_HOST` takes, or raise `AddressError`.

    A missing port is 2375, with TLS too: that is what the docker CLI makes of it.
    """
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        rest = scheme
        scheme = "unix" if rest.startswith(("/", "./")) else "tcp"
    match scheme:
        case "unix":
            return f"unix://{rest}" if rest else DEFAULT_SOCKET
        case "tcp":
            return _parse_tcp(rest, text)
        case "ssh":
            return _parse_ssh(rest, text)
        case "http" | "https":
            raise AddressError(f"not a host for docker: {text}; write tcp://{rest} (and --tls)")
        case _:
            raise AddressError(
                f"not a host for docker: {text}; "
                "write unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST"
            )


def metrics_address(url: str) -> Address:
    """Return where to ask for `http://HOST:PORT[/metrics]`; raise `AddressError`."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http" or not parts.hostname or parts.path not in {"", "/", METRICS_PATH}:
        raise AddressError(
            f"not the metrics of an engine: {plain(url)}; write http://HOST:9323/metrics, "
            "its metrics-addr"
        )
    return Address(url=parse_host(f"tcp://{parts.netloc}"), origin="--metrics")


def _choose_context(options: Options, env: Mapping[str, str], config: Path) -> tuple[str, str]:
    """Return the name of the context meant, and who said so."""
    if options.context:
        return options.context, "--context"
    if options.hosts or env.get("DOCKER_HOST"):
        return DEFAULT_CONTEXT, ""
    if name := env.get("DOCKER_CONTEXT"):
        return name, "DOCKER_CONTEXT"
    return current_context(config) or DEFAULT_CONTEXT, str(config / "config.json")


def _address_of_context(config: Path, name: str, source: str, pinned: str) -> Address:
    context = read_context(config, name, source=source)
    url = parse_host(context.host) if context.host else DEFAULT_SOCKET
    return Address(
        url=url, tls=_tls_for(url, context.tls), origin=f"context {name}", api_version=pinned
    )


def _hosts(options: Options, env: Mapping[str, str], *, with_tls: bool) -> list[tuple[str, str]]:
    """Return every host of the default context as URL and origin."""
    default = f"tcp://{_LOCAL}:2376" if with_tls else DEFAULT_SOCKET
    if options.hosts:
        return [(parse_host(h) if h.strip() else default, "-H") for h in options.hosts]
    if host := env.get("DOCKER_HOST", "").strip():
        return [(parse_host(host), "DOCKER_HOST")]
    return [(default, "the default")]


def _tls_of_options(options: Options, env: Mapping[str, str], config: Path) -> Tls | None:
    """Return the TLS of flags and environment, or `None` when none of them asks for it.

    `--tlsverify`, even when false, and `DOCKER_TLS_VERIFY` turn TLS on; `--tls` alone does not
    verify. Files not named are looked for in `DOCKER_CERT_PATH`, else in the config folder.
    """
    verify = options.tlsverify
    if verify is None:
        verify = env.get("DOCKER_TLS_VERIFY", "") != ""
    wanted = options.tls if options.tls is not None else env.get("DOCKER_TLS", "") != ""
    if not (wanted or verify or options.tlsverify is not None):
        return None
    folder = Path(env.get("DOCKER_CERT_PATH") or config)
    return tls_from_files(
        folder,
        ca=_unquote(options.tlscacert),
        cert=_unquote(options.tlscert),
        key=_unquote(options.tlskey),
        verify=verify,
    )


def _tls_for(url: str, tls: Tls | None) -> Tls | None:
    """Return the TLS to use: none on a socket or within ssh."""
    return tls if url.startswith("tcp://") else None


def _parse_tcp(rest: str, text: str) -> str:
    if not rest:
        return f"tcp://{_LOCAL}:{_TCP_PORT}"
    netloc, slash, path = rest.partition("/")
    found = _NETLOC.fullmatch(netloc)
    if found is None:
        raise AddressError(f"not a host and port: {text}; write tcp://HOST:PORT")
    port = int(found["port"] or _TCP_PORT)
    if not 0 < port < 1 << 16:
        raise AddressError(f"no such port: {port} in {text}")
    host = f"[{found['v6']}]" if found["v6"] else found["name"] or _LOCAL
    return f"tcp://{host}:{port}{slash}{path}".rstrip("/")


def _parse_ssh(rest: str, text: str) -> str:
    # The CLI also takes a path, and then runs another command than `docker system dial-stdio`.
    found = _SSH.fullmatch(rest)
    if found is None:
        raise AddressError(
            f"not a host for ssh: {_without_password(text)}; "
            "write ssh://USER@HOST or ssh://USER@HOST:PORT, without a password or a path"
        )
    if found["port"] and not 0 < int(found["port"]) < 1 << 16:
        raise AddressError(f"no such port: {found['port']} in {text}")
    return f"ssh://{rest}".rstrip("/")


def _without_password(text: str) -> str:
    return re.sub(r":[^:@/]*@", ":…@", text)


def _unquote(text: str) -> str:
    """Return a file name without quotes around it, which Windows shells leave there."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def split_tcp(url: str) -> tuple[str, int, str]:
    """Return host, port and path prefix of a `tcp://` URL made by `parse_host`."""
    parts = urlsplit(url)
    return parts.hostname or _LOCAL, parts.port or _TCP_PORT, parts.path.rstrip("/")
