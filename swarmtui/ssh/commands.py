"""The only commands that are ever sent over ssh."""

from enum import Enum


class Command(Enum):
    """Each is sent exactly as it stands here: nothing from outside enters a command line."""

    STATS = "docker stats --no-trunc --format '{{json .}}'"
    INFO = "docker info --format '{{json .}}'"
    VERSION = "docker version --format '{{json .}}'"
    DIAL_STDIO = "docker system dial-stdio"
