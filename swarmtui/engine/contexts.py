"""Read the contexts that `docker context` keeps, with their TLS files."""

from pathlib import Path

import msgspec

from swarmtui.engine.tls import Tls, tls_of_context
from swarmtui.engine.usage import AddressError


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """One stored context, as far as docker is concerned."""

    name: str
    host: str
    """As stored; empty means the default socket."""
    tls: Tls | None


class _Endpoint(msgspec.Struct, rename="pascal"):
    host: str = ""
    skip_tls_verify: bool = msgspec.field(default=False, name="SkipTLSVerify")


class _Endpoints(msgspec.Struct):
    docker: _Endpoint | None = None


class _Meta(msgspec.Struct, rename="pascal"):
    name: str = ""
    endpoints: _Endpoints = msgspec.field(default_factory=_Endpoints)


class _Config(msgspec.Struct, rename="camel"):
    """Nothing else is decoded: the file holds passwords of registries."""

    current_context: str = ""


def current_context(config: Path) -> str:
    """Return the context of `docker context use`; empty when none was ever chosen."""
    path = config / "config.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Config).current_context
    except FileNotFoundError:
        return ""
    except (OSError, msgspec.DecodeError) as error:
        raise AddressError(f"cannot read {path}: {error}; mend it, or name the host with -H") from (
            error
        )


def read_context(config: Path, name: str, *, source: str) -> Context:
    """Return the context called `name`; `source` says who named it, for the error."""
    import hashlib  # noqa: PLC0415 - neither for the usual context nor in the collector

    store = config / "contexts"
    # Where docker/cli keeps it: cli/context/store/metadatastore.go, contextdirOf.
    digest = hashlib.sha256(name.encode()).hexdigest()
    path = store / "meta" / digest / "meta.json"
    try:
        meta = msgspec.json.decode(path.read_bytes(), type=_Meta)
    except FileNotFoundError as error:
        raise AddressError(_unknown(name, source, known_contexts(config))) from error
    except (OSError, msgspec.DecodeError) as error:
        raise AddressError(f"cannot read the context {name}: {path}: {error}") from error
    endpoint = meta.endpoints.docker
    if endpoint is None:
        raise AddressError(f"the context {name} names no docker endpoint; choose another one")
    tls = tls_of_context(store / "tls" / digest / "docker", skip_verify=endpoint.skip_tls_verify)
    return Context(name=name, host=endpoint.host, tls=tls)


def known_contexts(config: Path) -> list[str]:
    """Return the names of the contexts that can be read, sorted, beginning with `default`."""
    names = []
    for path in (config / "contexts" / "meta").glob("*/meta.json"):
        try:
            names.append(msgspec.json.decode(path.read_bytes(), type=_Meta).name)
        except (OSError, msgspec.DecodeError):
            continue  # a list for an error text: what does not parse cannot be chosen either
    return ["default", *sorted(names)]


def _unknown(name: str, source: str, known: list[str]) -> str:
    return f"no context {name} (named by {source}); there are: {', '.join(known)}"
