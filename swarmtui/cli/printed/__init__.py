"""What the printing commands print: `status`, `nodes`, `services` and `tasks`, from a picture."""
