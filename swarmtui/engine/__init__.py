"""The edge to the Docker engines: the only package that speaks to one, and it only ever asks.

Where to ask (`address`), how (`session`), what the answers mean (`decode`), and what went wrong
(`errors`). `swarm_api` puts them together for one manager.
"""
