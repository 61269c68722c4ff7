"""Read the config file: what the user has set, checked, or one line that says what to mend."""

import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import platformdirs
from msgspec import Meta

from swarmtui.cli.config_problems import TABLE, ThresholdError, read_thresholds
from swarmtui.insight.attribution import Attribution, Rules, RulesError
from swarmtui.insight.claim import Claims, ClaimsError, Network
from swarmtui.insight.thresholds import USUAL, Thresholds
from swarmtui.inventory.ssh_hosts import PREFIX
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.text import plain

_Word = Annotated[str, Meta(min_length=1)]
_Share = Annotated[float, Meta(gt=0, le=1)]
_Port = Annotated[int, Meta(ge=1, le=65535)]


class ConfigError(Exception):
    """A config file that cannot be used; the message is one line and names file and key."""


class MissingFileError(ConfigError):
    """A file that is not there."""


class LabelKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys of node and engine labels that name a region or a contributor, the first found wins."""

    region: tuple[_Word, ...] | None = None
    """`None` keeps the usual keys."""
    contributor: tuple[_Word, ...] | None = None


class NetworkRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nodes with an address in this network are in this region or this contributor's."""

    cidr: _Word
    region: str = ""
    contributor: str = ""


class SshSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How nodes that are in no inventory are logged in to; else ~/.ssh/config says how."""

    user: str = ""
    port: _Port | None = None
    key: Path | None = None
    """A private key; a relative path is beside the config file."""


class RecordSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the recordings go that the key `r` begins."""

    folder: Path | None = None
    """A relative path is beside the config file; `None` is the folder one stands in."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a user can set; every field has a default."""

    hosts: tuple[_Word, ...] = ()
    """Managers asked when the command line names none, in this order."""
    claims: Path | None = None
    """The claims file; a relative one is beside the config file."""
    mine: str = ""
    """The contributor that is me; empty for none."""
    inventory: tuple[_Word, ...] = ()
    """Inventories when the command line names none; relative paths are beside the config file."""
    ssh: SshSettings = SshSettings()
    record: RecordSettings = RecordSettings()
    bell: bool = True
    """Whether new critical problems ring the bell and show on the desktop."""
    theme: str = ""
    """Name of a Textual theme; empty for the usual one."""
    duty: _Share | None = None
    """Share of the manager's time the watching may take; `None` for the usual one."""
    metrics: str = ""
    """URL of a manager's metrics; empty for none."""
    labels: LabelKeys = LabelKeys()
    hostnames: tuple[_Word, ...] = ()
    """Patterns on hostnames with a group named `region` or `contributor`; the usual ones follow."""
    networks: tuple[NetworkRule, ...] = ()
    keys: Mapping[str, str] = {}
    """Key, or keys with commas, by the id of the binding."""
    problems: Thresholds = USUAL
    """From when on something is a problem."""


def default_config_path() -> Path:
    """Return where the config file is when `--config` names none."""
    return platformdirs.user_config_path("swarmtui", appauthor=False) / "config.toml"


def read_config(path: Path | None, *, default: Path) -> Config:
    """Return what `path` says; without one what `default` says, if there is such a file."""
    file = path or default
    try:
        text = _read(file)
    except MissingFileError:
        if path is None:
            return Config()
        raise
    return parse_config(text, file=file)


def parse_config(text: str, *, file: Path) -> Config:
    """Return what the text of a config file says; raise `ConfigError`.

    Files it names are found from here: `~` is the user's home, a relative path is beside `file`.
    """
    import tomllib  # noqa: PLC0415 - most have no config, and all want the first paint

    try:
        tables = tomllib.loads(text)
        # Its lengths of time are not written as msgspec would have them.
        problems = read_thresholds(tables.pop(TABLE, {}))
        config = msgspec.convert(tables, Config, dec_hook=_path_of)
    except ThresholdError as error:
        raise ConfigError(_one_line(file, str(error))) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_one_line(file, f"not TOML: {error}")) from None
    except msgspec.ValidationError as error:
        raise ConfigError(_one_line(file, _explain(str(error)))) from None
    config = msgspec.structs.replace(config, problems=problems)
    _check(config, file)
    try:
        return _find_files(config, file.parent)
    except RuntimeError:
        problem = "a path begins with ~ and the name of a user who has no home here"
        raise ConfigError(_one_line(file, problem)) from None


def read_claims(file: Path) -> Claims:
    """Return what a claims file says; raise `ConfigError`."""
    from swarmtui.insight.claims import parse_claims  # noqa: PLC0415 - most have no claims either

    try:
        return parse_claims(_read(file))
    except ClaimsError as error:
        raise ConfigError(_one_line(file, str(error))) from None


def rules_of(
    config: Config, *, claims: Claims, machines: tuple[Machine, ...] = (), mine: str = ""
) -> Rules:
    """Return how regions and contributors are found; `mine` goes before the config's."""
    usual = Rules()
    return Rules(
        region_labels=config.labels.region or usual.region_labels,
        contributor_labels=config.labels.contributor or usual.contributor_labels,
        hostname_patterns=(*config.hostnames, *usual.hostname_patterns),
        networks=tuple(map(_network_of, config.networks)),
        claims=claims,
        machines=machines,
        mine=mine or config.mine,
    )


def _find_files(config: Config, folder: Path) -> Config:
    claims, key, recordings = config.claims, config.ssh.key, config.record.folder
    return msgspec.structs.replace(
        config,
        claims=claims and folder / claims.expanduser(),
        inventory=tuple(_find_inventory(name, folder) for name in config.inventory),
        ssh=msgspec.structs.replace(config.ssh, key=key and folder / key.expanduser()),
        record=RecordSettings(recordings and folder / recordings.expanduser()),
    )


def _find_inventory(name: str, folder: Path) -> str:
    return name if name.startswith(PREFIX) else str(folder / Path(name).expanduser())


def _path_of(kind: type, value: object) -> Path:
    if kind is Path and isinstance(value, str) and value:
        return Path(value)
    raise ValueError("not a path")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingFileError(_one_line(file, "no such file; is the path right?")) from None
    except UnicodeDecodeError:
        raise ConfigError(_one_line(file, "not UTF-8 text; save it as UTF-8")) from None
    except OSError as error:
        raise ConfigError(_one_line(file, f"cannot be read: {error.strerror}")) from None


def _network_of(rule: NetworkRule) -> Network:
    return Network(cidr=rule.cidr, region=rule.region, contributor=rule.contributor)


def _check(config: Config, file: Path) -> None:
    """Check what types cannot say; each rule alone, so that the error can name it."""
    for i, pattern in enumerate(config.hostnames):
        _check_rules(Rules(hostname_patterns=(pattern,)), f"hostnames[{i}]", file)
    for i, rule in enumerate(config.networks):
        _check_rules(Rules(networks=(_network_of(rule),)), f"networks[{i}]", file)
        if not rule.region and not rule.contributor:
            problem = f"networks[{i}]: expected a region, a contributor or both"
            raise ConfigError(_one_line(file, problem))


def _check_rules(rules: Rules, key: str, file: Path) -> None:
    try:
        Attribution(rules)
    except RulesError as error:
        raise ConfigError(_one_line(file, f"{key}: {error}")) from None


_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$(?P<key>[^`]*)`)?$", re.DOTALL)
_UNKNOWN_KEY = re.compile(r"^Object contains unknown field `(?P<key>.*)`$", re.DOTALL)
_MISSING_KEY = re.compile(r"^Object missing required field `(?P<key>.*)`$")
_FOUND = re.compile(r", got `(?P<type>[^`]*)`")
_INDEX = re.compile(r"\[[^]]*\]")

_TOML_WORDS = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}

_EXPECTED: Mapping[str, str] = {
    "hosts": 'a list like ["tcp://10.0.0.7:2376"]',
    "claims": 'a path in quotes like "claims.txt"',
    "inventory": 'a list like ["hosts.ini", "ssh:web-*"]',
    "ssh": "a table with user, port and key",
    "ssh.user": 'a name in quotes like "root"',
    "ssh.port": "a number from 1 to 65535",
    "ssh.key": 'a path in quotes like "~/.ssh/id_ed25519"',
    "record": "a table with folder",
    "record.folder": 'a path in quotes like "~/recordings"',
    "mine": 'a name in quotes like "NIPA Technology"',
    "bell": "true or false",
    "theme": "the name of a theme in quotes",
    "metrics": 'a URL in quotes like "http://10.0.0.7:9323/metrics"',
    "duty": "a number above 0 and at most 1, like 0.1",
    "labels": "a table with region and contributor",
    "labels.region": 'a list of label keys like ["region"]',
    "labels.contributor": 'a list of label keys like ["contributor"]',
    "hostnames": "a list of patterns like ['^(?P<region>[a-z]+)-']",
    "networks": "tables that begin with [[networks]]",
    "networks.cidr": 'a network like "10.4.0.0/16"',
    "networks.region": "text in quotes",
    "networks.contributor": "text in quotes",
    "keys": 'lines like "nodes.open" = "enter"',
}
"""What a key wants, in the words of TOML rather than of types."""


def _explain(error: str) -> str:
    """Return msgspec's words as `key: what is expected`."""
    found = _AT.match(error)
    if found is None:  # pragma: no cover - the pattern matches any text
        return error
    what, key = found["what"], (found["key"] or "").lstrip(".").replace("[...]", "")
    if unknown := _UNKNOWN_KEY.match(what):
        return _explain_unknown(unknown["key"], key)
    if missing := _MISSING_KEY.match(what):
        key = f"{key}.{missing['key']}"
        what = "missing"
    else:
        what = _explain_found(what)
    return f"{key}: {what}; expected {_EXPECTED.get(_INDEX.sub('', key), 'something else')}"


def _explain_found(what: str) -> str:
    found = _FOUND.search(what)
    return f"found {_TOML_WORDS.get(found['type'], found['type'])}" if found else "not usable"


def _explain_unknown(name: str, table: str) -> str:
    known = _known_keys(table)
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(known)}"
    return f"{f'{table}.' if table else ''}{name}: unknown key; {hint}"


def _known_keys(table: str) -> Sequence[str]:
    owners: Mapping[str, type[msgspec.Struct]] = {
        "labels": LabelKeys,
        "networks": NetworkRule,
        "record": RecordSettings,
        "ssh": SshSettings,
    }
    return owners.get(table.partition("[")[0], Config).__struct_fields__


def _one_line(file: Path, problem: str) -> str:
    return plain(f"{file}: {problem}")
