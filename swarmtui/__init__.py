"""Watch a live Docker Swarm from a terminal."""

__version__ = "0.1.0"
