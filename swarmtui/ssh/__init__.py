"""Reach machines over ssh: the only place that imports paramiko, and the only commands sent."""
