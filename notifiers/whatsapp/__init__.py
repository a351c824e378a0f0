"""The channel `whatsapp`: see README.md."""
