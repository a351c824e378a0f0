"""The channel `phone`: see README.md."""
