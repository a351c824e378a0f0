"""The channel `voice`: see README.md."""
