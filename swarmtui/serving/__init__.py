"""A recorded swarm as the Engine API of the manager that was asked then."""
