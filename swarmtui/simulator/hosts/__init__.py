"""The machines of the simulated swarm, as far as ssh goes: one address on loopback for each."""
