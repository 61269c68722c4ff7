"""Say what went wrong in the lab."""


class LabError(Exception):
    """The lab could not do what a test asked of it."""


class LabTimeoutError(LabError):
    """Something that a test waits for did not happen in time."""


class DockerFailedError(LabError):
    """The docker CLI ended with another status than 0; the text is what it wrote to stderr."""
