"""Read from an engine's debug log which requests reached it."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.lab.call import LAB_MARK

# 20.10 to 25 write the first; later ones the second.
_CALLING = re.compile(r'level=debug msg="Calling (\S+) ([^"]*)"')
_HANDLING = re.compile(r'level=debug msg="handling (\S+) request".* request-url="?([^" ]+)')


@dataclass(frozen=True)
class LoggedRequest:
    """One request as the engine saw it."""

    method: str
    path: str
    """With the version in front and the query behind, as sent."""


def read_requests(log: Path, *, offset: int) -> list[LoggedRequest]:
    """Return the requests logged after `offset`, in bytes, but those that the lab made."""
    with log.open("rb") as file:
        file.seek(offset)
        lines = file.read().decode(errors="replace").splitlines()
    found = [match for line in lines if (match := _CALLING.search(line) or _HANDLING.search(line))]
    requests = [LoggedRequest(match[1], match[2]) for match in found]
    return [request for request in requests if LAB_MARK not in request.path]
