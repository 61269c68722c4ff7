"""TLS as the docker CLI does it: which files are meant, and the context made of them."""

import ssl
from pathlib import Path

import msgspec

from swarmtui.engine.usage import AddressError


class TlsFilesError(ssl.SSLError):
    """The files named are not what they should be."""


class Tls(msgspec.Struct, frozen=True, kw_only=True):
    """How to speak TLS to one engine. File names; empty when there is none."""

    ca: str = ""
    """Empty: the system's certificate authorities."""
    cert: str = ""
    key: str = ""
    verify: bool = True


def tls_from_files(folder: Path, *, ca: str, cert: str, key: str, verify: bool) -> Tls:
    """Return the TLS made of named files, and of those in `folder` where none is named.

    As the CLI has it: a named file, and `ca.pem` in any case, must exist; `cert.pem` and `key.pem`
    may be missing.
    """
    return Tls(
        ca=_existing(ca or str(folder / "ca.pem"), "--tlscacert"),
        cert=_existing(cert, "--tlscert") if cert else _found(folder / "cert.pem"),
        key=_existing(key, "--tlskey") if key else _found(folder / "key.pem"),
        verify=verify,
    )


def tls_of_context(folder: Path, *, skip_verify: bool) -> Tls | None:
    """Return the TLS kept in a context's folder; `None` when it keeps none and verifies nothing."""
    ca, cert, key = (_found(folder / f"{name}.pem") for name in ("ca", "cert", "key"))
    if not (ca or cert or key or skip_verify):
        return None
    return Tls(ca=ca, cert=cert, key=key, verify=not skip_verify)


def ssl_context(tls: Tls) -> ssl.SSLContext:
    """Return a client context that trusts the given authority and nobody else.

    Built from nothing, so that REQUESTS_CA_BUNDLE and the like have no say, and without the strict
    X.509 flags of newer Pythons: docker's own instructions make certificates that fail those.
    Raise `TlsFilesError` for files that do not fit.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif tls.ca:
        _trust(context, tls.ca)
    else:
        context.load_default_certs()
    if tls.cert and tls.key:
        _identify(context, tls.cert, tls.key)
    return context


def _trust(context: ssl.SSLContext, ca: str) -> None:
    try:
        context.load_verify_locations(cafile=ca)
    except OSError as error:
        raise TlsFilesError(0, f"{ca} is no CA certificate; name one with --tlscacert") from error


def _identify(context: ssl.SSLContext, cert: str, key: str) -> None:
    try:
        # An encrypted key would ask on the terminal, which belongs to the dashboard.
        context.load_cert_chain(cert, key, password=_no_password)
    except OSError as error:
        raise TlsFilesError(
            0, f"{cert} and {key} are no certificate with its key; see --tlscert and --tlskey"
        ) from error


def _no_password() -> str:
    raise TlsFilesError(0, "the private key is encrypted, which docker does not take either")


def _existing(path: str, option: str) -> str:
    if not Path(path).is_file():
        raise AddressError(f"no such file: {path}; name the right one with {option}")
    return path


def _found(path: Path) -> str:
    return str(path) if path.is_file() else ""
