"""Replace addresses and hostnames by others, the same one for the same one everywhere.

What replaces them is drawn with a salt that is made for one recording and written nowhere, so that
nobody can find out by trying. Which fields are treated so is said in `discretion`.
"""

import hmac
import re
import secrets
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address

from swarmtui.recording.addresses import Address, read_address, replace_addresses
from swarmtui.recording.errors import RecordingError
from swarmtui.swarm.text import plain

ADDRESSES, HOSTNAMES = "addresses", "hostnames"
KINDS = (ADDRESSES, HOSTNAMES)

MOST_TEXTS = 1 << 14
"""Texts remembered with what became of them: errors repeat a thousand times."""

_LONGEST_NAME = 40
"""Sentences carry longer names cut, with a mark at the end."""

# Of blocks that nobody is given, so that none can be taken for a real one.
_RESERVED = 240
_DOCUMENTATION = "2001:db8"
_MOST_TRIES = 2_000
"""Enough to find the last number of a network that is free."""

_WORD = re.compile(r"\w(?:[\w.-]*\w)?")

# Words of the sentences that a recording is full of. A host may be called so; it is then told from
# the word by where it stands: `node a went down`, `leader a → b`, `a: refused`, `tcp://a:2375`.
_EVERYDAY = frozenset(
    """
    about above accepted active add added address addresses after again agent all allocated alone
    already also and answer answers any api are asked asking assigned available back bad became
    because before began behind being below broken but call came can cannot changed changes check
    client closed cluster code command complete completed connect connected connection constraints
    container containers context copy could counted count daemon data dead deadline denied desc
    desired dial disconnected disk docker does down drain during election elections empty ended
    engine eof error errors every exceeded executable exit exited exists expired fail failed failure
    failures few file find first for found from gone group had handshake hang happened has have
    heartbeat held her here his host hosts how http https image images inactive info internal into
    invalid its job join joined just key killed known label last later leader leaderless left less
    limit list local locked long longer lookup lost machine machines made make manager managers many
    master memory message minute minutes missing mode more most mount moved name names network never
    new next nobody node nodes none non not nothing now off old once one only open opened operation
    orphaned other others our out over overlay own paused peer pending permission place platform
    plugin port ports preparing probably process pull quorum raft rate reach reachable reached
    read ready reason refused region rejected remove removed replica replicas request requests
    reset resource resources response resolve restart retry role rollback root rpc run running
    same scaled seconds secret see seen send sent server service services set shutdown since slot
    slow socket some spec ssh stack started starting state status stay still stopped stuck such
    suitable support supported swarm system tail task tasks tcp than that the their them then there
    these they this those time timed timeout tls token too took tried try turned two udp under unit
    unknown unreachable until unix unseen update updated use used user value version volume wait
    waiting want wanted was watched watching watch wave went were what when where which while who
    why will with without worker workers write wrong yes yet you your zero
    """.split()  # noqa: SIM905 - a list of two hundred strings is no easier to read
)
_BEFORE_NAME = re.compile(
    r"(?:\b(?:nodes?|managers?|leader|machine|host|asking|watching) |→ |://|@)$", re.IGNORECASE
)
_BEFORE_SERVICE = re.compile(r"\bservice $")
_LONGEST_BEFORE = 16
_AFTER_FIRST_NAME = re.compile(r": | became a | is no ")
_FEWEST_LETTERS = 3
"""A name with odd characters is searched for in texts when it has this many others."""

_NAMES = r"([^\s,]+)(?:, ([^\s,]+))?(?:, ([^\s,]+))?(?: and [0-9,]+ more)?"

# How this program puts the names of hosts into sentences that outlive the hosts.
_SENTENCES = (
    re.compile(rf"black holes? swallows? tasks of .*: {_NAMES} — [0-9,]+ failure"),
    re.compile(rf"; {_NAMES} out of reach$"),
    re.compile(r"^node (.+?) (?:went down|came back|was removed|turned unknown|joined)\b"),
    re.compile(r"^manager (.+?) is (?:reachable|unreachable|unknown)\b"),
    re.compile(r"^(.+?) (?:became a manager|is no manager any more)$"),
    re.compile(r"^leader (.+?)(?: → (.+?))?(?: again)?(?:[,;]|$)"),
    re.compile(r"\w://(?:[^\s/@]*@)?([\w.-]*\w)"),
)


def find_names(sentence: str) -> Iterator[str]:
    """Yield the hostnames in a line of the timeline, also of hosts known from nothing else."""
    for pattern in _SENTENCES:
        for match in pattern.finditer(sentence):
            yield from (name for name in match.groups() if name)


class Redaction:
    """What is to be replaced in one recording, and by what it was replaced so far."""

    def __init__(self, kinds: Iterable[str] = (), *, salt: bytes | None = None) -> None:
        """Take some of `KINDS`; raise `RecordingError` for what is none of them."""
        wanted = set(kinds)
        for kind in sorted(wanted.difference(KINDS)):
            raise RecordingError(f"cannot redact {plain(kind)}: write {' or '.join(KINDS)}")
        self.kinds = tuple(kind for kind in KINDS if kind in wanted)
        self._salt = salt or secrets.token_bytes(32)
        self._drawn: dict[str, str] = {}
        self._given: set[str] = set()
        self._names: dict[str, str] = {}
        """What replaces names: as they are, as they are shown, and cut."""
        self._folded: dict[str, str] = {}
        """The same in lower case: texts do not care."""
        self._odd: dict[str, re.Pattern[str]] = {}
        """Names that are more than one word."""
        self._texts: dict[str, str] = {}

    @property
    def replaces_names(self) -> bool:
        """Tell whether hostnames are replaced."""
        return HOSTNAMES in self.kinds

    @property
    def replaces_addresses(self) -> bool:
        """Tell whether addresses are replaced."""
        return ADDRESSES in self.kinds

    def learn(self, name: str) -> None:
        """Take note that this is a hostname: texts are searched for it from now on."""
        if not self.replaces_names or name in self._names or _is_nobody(name):
            return
        self._texts.clear()
        replacement = self._draw(name, _make_name)
        shown = plain(name)
        cut = f"{shown[: _LONGEST_NAME - 1]}…" if len(shown) > _LONGEST_NAME else shown
        for each in (name, shown, cut):
            self._names.setdefault(each, replacement)
            self._folded.setdefault(each.lower(), replacement)
            if _WORD.fullmatch(each) is None and len(re.findall(r"\w", each)) >= _FEWEST_LETTERS:
                self._odd.setdefault(each, _between_words(each))

    def name(self, name: str) -> str:
        """Return what stands for a hostname in the recording."""
        self.learn(name)
        return self._names.get(name) or self.text(name)

    def text(self, text: str) -> str:
        """Return a text as it stands in the recording; the same object when nothing is replaced."""
        if not self.kinds or not text:
            return text
        known = self._texts.get(text)
        if known is None:
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            known = self._replace(text)
            known = self._texts[text] = text if known == text else known
        return known

    def _replace(self, text: str) -> str:
        if self._names:
            for odd, pattern in self._odd.items():
                if odd in text:
                    text = pattern.sub(self._names[odd], text)
            text = _WORD.sub(self._replace_word, text)
        return replace_addresses(text, self._replace_address) if self.replaces_addresses else text

    def _replace_word(self, match: re.Match[str]) -> str:
        word = match[0]
        if _stands_behind(match, _BEFORE_SERVICE):
            return word  # services keep their names, hosts called the same or not
        found = self._names.get(word)
        if found is not None and _is_everyday(word):
            return found if _is_name(match) else word
        return found or self._replace_part(word)

    def _replace_part(self, word: str) -> str:
        """Replace the longest name in a word, from dot to dot, and with it its domain."""
        labels = word.split(".")
        for length in range(len(labels), 0, -1):
            for start in range(len(labels) - length + 1):
                part = ".".join(labels[start : start + length])
                found = self._folded.get(part.lower())
                if found is not None and not _is_everyday(part):
                    rest = labels[start + length :]
                    is_domain = bool(rest) and start == 0 and rest[-1].isalpha()
                    return ".".join((*labels[:start], found, *(() if is_domain else rest)))
        return word

    def _replace_address(self, address: Address) -> str:
        if address.is_loopback or address.is_unspecified:
            return str(address)
        # Network by network: who shares one, by which losses are explained, still does.
        parts = _split_v4(address) if isinstance(address, IPv4Address) else _split_v6(address)
        told, drawn = "", ""
        for part, make in parts:
            told = f"{told}{part}"
            drawn = self._draw(f"address {told}", partial(make, drawn, part))
        return str(ip_address(drawn))

    def _draw(self, original: str, make: Callable[[bytes], str]) -> str:
        """Return what replaces `original`, always, and nothing else as far as there are enough."""
        known = self._drawn.get(original)
        if known is not None:
            return known
        for attempt in range(_MOST_TRIES):
            drawn = make(self._digest(f"{attempt} {original}"))
            if drawn not in self._given:
                break
        self._given.add(drawn)
        self._drawn[original] = drawn
        return drawn

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._salt, text.encode("utf-8", "surrogatepass"), "sha256")


def _is_nobody(name: str) -> bool:
    """Tell whether it is the name of no host in particular."""
    return not name or name.lower() == "localhost" or read_address(name) is not None


def _make_name(digest: bytes) -> str:
    return f"host-{b32encode(digest[:5]).decode().lower()}"


_Part = tuple[str, Callable[[str, str, bytes], str]]
"""A part of an address, and what makes the part that replaces it behind those before it."""


def _split_v4(address: IPv4Address) -> Sequence[_Part]:
    first, second, third, fourth = str(address).split(".")
    return (
        (f"{first}.{second}", _make_wide_v4),
        (f".{third}", _make_number),
        (f".{fourth}", _make_number),
    )


def _split_v6(address: IPv6Address) -> Sequence[_Part]:
    groups = address.exploded.split(":")
    return (
        (":".join(groups[:3]), _make_wide_v6),
        (f":{groups[3]}", _make_groups),
        (f":{':'.join(groups[4:])}", _make_groups),
    )


def _make_wide_v4(_before: str, _part: str, digest: bytes) -> str:
    # 255.x is left out: it holds the address that means everybody.
    number = int.from_bytes(digest[:4], "big") % (15 << 8)
    return f"{_RESERVED + (number >> 8)}.{number & 0xFF}"


def _make_wide_v6(_before: str, _part: str, digest: bytes) -> str:
    return f"{_DOCUMENTATION}:{digest[:2].hex()}"


def _make_number(before: str, part: str, digest: bytes) -> str:
    """Return another number behind what is before; nothing stays nothing, as in networks."""
    number = int.from_bytes(digest[:4], "big") % 255 + 1
    return f"{before}.{0 if part == '.0' else number}"


def _make_groups(before: str, part: str, digest: bytes) -> str:
    groups = part.count(":")
    made = [digest[2 * i : 2 * i + 2].hex() for i in range(groups)]
    return f"{before}:{':'.join(made)}" if part.strip(":0") else f"{before}{part}"


def _is_everyday(word: str) -> bool:
    return word.isdigit() or (len(word) < 3 and word.isalpha()) or word.lower() in _EVERYDAY


def _is_name(match: re.Match[str]) -> bool:
    """Tell whether a word stands where the name of a host does."""
    if match.start() == 0 and _AFTER_FIRST_NAME.match(match.string, match.end()):
        return True
    return _stands_behind(match, _BEFORE_NAME)


def _stands_behind(match: re.Match[str], before: re.Pattern[str]) -> bool:
    start = match.start()
    return before.search(match.string, max(0, start - _LONGEST_BEFORE), start) is not None


def _between_words(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
