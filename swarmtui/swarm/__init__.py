"""What a swarm is: nodes, services, tasks, observations of them, and the picture they add up to.

Pure: nothing here does I/O or reads a clock.
"""
