"""What goes to the terminal: only the cells that differ from what it shows, and never a jam."""
