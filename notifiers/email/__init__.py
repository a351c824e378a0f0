"""The channel `email`: see README.md."""
