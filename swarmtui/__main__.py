"""`python -m swarmtui` is `swarmtui`."""

from swarmtui.cli.main import main

main()
