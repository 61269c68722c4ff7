"""Bound the work that a small file can ask for by naming the same things again and again."""


class SpentError(Exception):
    """More work than any real inventory needs."""


class Budget:
    """Steps that may still be taken."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Take steps; raise `SpentError` when there are not as many left."""
        self._left -= steps
        if self._left < 0:
            raise SpentError
