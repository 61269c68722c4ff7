"""The process that asks engines and machines, and emits what it sees as observations."""
