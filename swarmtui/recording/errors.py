"""What goes wrong with a recording."""


class RecordingError(Exception):
    """A recording cannot be written, opened or read; the text is one line for people."""
