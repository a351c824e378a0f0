"""The channel `push`: see README.md."""
