"""The outside of an engine that is only read: HTTP on a socket, versions, filters, the events."""
