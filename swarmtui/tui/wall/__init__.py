"""Every node as one cell: where the cells stand, and what each of them says."""
