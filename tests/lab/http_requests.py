"""Find the requests in what an HTTP/1.1 client sends, however it packs them."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

LONGEST_LINE = 1 << 20
CHUNK = 1 << 16


@dataclass(frozen=True)
class RequestHead:
    """Request line and headers, as sent."""

    method: str
    """Empty when the bytes are no HTTP request; then nothing more is read."""
    path: str
    """With the version in front and the query behind; the whole line when it is no request."""
    headers: dict[str, str]
    """Names in lower case."""
    raw: bytes

    @property
    def has_body(self) -> bool:
        """Tell whether the request brings a body of more than no bytes."""
        return self.is_chunked or self.headers.get("content-length", "0") != "0"

    @property
    def is_chunked(self) -> bool:
        """Tell whether the body comes in chunks."""
        return "chunked" in self.headers.get("transfer-encoding", "").lower()

    @property
    def is_upgrade(self) -> bool:
        """Tell whether the client asks for a raw stream: nothing behind it is parsed."""
        return "upgrade" in self.headers

    def with_query(self, addition: str) -> bytes:
        """Return the head with something added to the query."""
        if not addition or not self.method:
            return self.raw
        path = f"{self.path}{'&' if '?' in self.path else '?'}{addition}"
        return self.raw.replace(self.path.encode("latin-1"), path.encode("latin-1"), 1)


def split_requests(stream: BufferedReader) -> Iterator[RequestHead | bytes]:
    """Yield each head, and between them what the bodies consist of, until the stream ends.

    Lines may end in LF alone, as engines (written in Go) accept that too: what an engine takes
    for a request must not pass here as something else.
    """
    while head := _read_head(stream):
        yield head
        if not head.method:
            return
        if head.is_upgrade:
            yield from _rest(stream)
        elif head.is_chunked:
            yield from _chunks(stream)
        else:
            yield from _exactly(stream, int(head.headers.get("content-length", "0")))


def _read_head(stream: BufferedReader) -> RequestHead | None:
    first = stream.readline(LONGEST_LINE)
    if not first:
        return None
    words = first.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/"):
        return RequestHead("", first.decode("latin-1").strip(), {}, first)
    lines = list(_lines_until_blank(stream))
    pairs = [line.decode("latin-1").partition(":") for line in lines]
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs if value.strip()}
    return RequestHead(words[0], words[1], headers, b"".join([first, *lines]))


def _lines_until_blank(stream: BufferedReader) -> Iterator[bytes]:
    """Yield lines up to the blank one, which is among them."""
    while line := stream.readline(LONGEST_LINE):
        yield line
        if not line.strip():
            return


def _chunks(stream: BufferedReader) -> Iterator[bytes]:
    while size_line := stream.readline(LONGEST_LINE):
        yield size_line
        size = int(size_line.partition(b";")[0], 16)
        if size == 0:
            yield from _lines_until_blank(stream)
            return
        yield from _exactly(stream, size)
        yield stream.readline(LONGEST_LINE)


def _exactly(stream: BufferedReader, size: int) -> Iterator[bytes]:
    while size and (part := stream.read1(min(size, CHUNK))):
        size -= len(part)
        yield part


def _rest(stream: BufferedReader) -> Iterator[bytes]:
    while part := stream.read1(CHUNK):
        yield part
