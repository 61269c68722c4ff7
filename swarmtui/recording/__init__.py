"""A swarm's evening in a file: observations as they came, to be lived again."""
