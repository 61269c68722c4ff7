"""What the program says of scripted swarms, held against what was done to them."""
