"""What `docker stats` prints, for tests of what reads it."""

import json


def line(name: str = "web.1.tz1vqm1zxzk0u0yq6kkhjmn9n", **changes: str) -> bytes:
    """Return one line, without its end; the id is made of the name."""
    values = {
        "BlockIO": "8.19kB / 0B",
        "CPUPerc": "99.37%",
        "Container": "c8da76f5abe9",
        "ID": name.encode().hex()[:64].ljust(64, "0"),
        "MemPerc": "0.51%",
        "MemUsage": "332KiB / 64MiB",
        "Name": name,
        "NetIO": "1.2MB / 656B",
        "PIDs": "3",
    }
    return json.dumps(values | changes, separators=(",", ":")).encode()


def unknown_line(name: str = "web.1.tz1vqm1zxzk0u0yq6kkhjmn9n") -> bytes:
    """Return the line of a container whose engine says nothing."""
    return line(
        name, CPUPerc="--", MemUsage="-- / --", NetIO="--", BlockIO="--", PIDs="--", MemPerc="--"
    )


def painted_by_20(*lines: bytes) -> bytes:
    """Return a frame as CLIs up to 27 print it."""
    return b"\x1b[2J\x1b[H" + b"".join(each + b"\n" for each in lines)


def painted_by_28(*lines: bytes) -> bytes:
    """Return a frame as 28 prints it: twice, the second time with each line's rest erased."""
    clean = b"".join(each + b"\n" for each in lines)
    erased = b"".join(each + b" \x1b[K\n" for each in (*lines, b""))
    return b"\x1b[H" + clean + b"\x1b[H" + erased + b"\x1b[J"
