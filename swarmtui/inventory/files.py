"""Read a file of an inventory, as long as it can be one."""

from pathlib import Path

from swarmtui.inventory.inventory import InventoryError

MOST_BYTES = 4 << 20
"""A line for each of 20,000 machines is 2 MB."""


def read_bytes(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """Return what is in a file; raise `InventoryError`. Never takes in more than `most` bytes."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except FileNotFoundError:
        raise InventoryError(f"{path}: no such file; is the path right?") from None
    except OSError as error:
        raise InventoryError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise InventoryError(f"{path}: not a path") from None
    if len(content) > most:
        raise InventoryError(f"{path}: larger than {most >> 20} MiB; is it an inventory?")
    return content


def read_text(path: Path) -> str:
    """Return the text in a file; raise `InventoryError`, also for a program that prints one."""
    content = read_bytes(path)
    if content.startswith(b"#!"):
        raise InventoryError(
            f"{path}: a program, and none is run; save what it tells with "
            f"`ansible-inventory -i {path} --list --yaml` and name that file"
        )
    if content.startswith(b"$ANSIBLE_VAULT"):
        raise InventoryError(f"{path}: encrypted, and no vault is opened; name a plain file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InventoryError(f"{path}: not UTF-8 text; is it an inventory?") from None
    if "\0" in text:
        raise InventoryError(f"{path}: not text; is it an inventory?")
    return text


def find_file(text: str, *, home: Path, beside: Path) -> Path:
    """Return the path meant by `text`: `~` is `home`, a relative one is in the folder `beside`."""
    if text == "~" or text.startswith("~/"):
        return home / text[2:]
    return beside / text
