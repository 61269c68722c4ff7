"""Where people keep their machines: docker-machine, Ansible, ssh config, a TOML file."""
