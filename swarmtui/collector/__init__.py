"""The process that asks engines: polls a manager within a duty, and emits observations."""
