"""A simulated swarm: the Engine API of one manager, and an event that happens on it."""
