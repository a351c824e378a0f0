"""The channel `paper`: see README.md."""
