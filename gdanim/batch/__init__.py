"""A whole course in one command: a file that names its figures, and those that changed drawn anew."""
