"""A laboratory of real engines: starts swarms on this machine, breaks them, removes every trace.

    with Lab(managers=3, workers=2) as lab:
        old = lab.leader()
        lab.kill(old)
        new = lab.wait_for(lab.leader, 30, "another leader")

`Lab` (lab.py) is a swarm; `Rack` (rack.py) is engines without one. Tests get theirs from the
fixtures of plugin.py. `Proxy` (proxy.py) records what a client asks of an engine.
"""
