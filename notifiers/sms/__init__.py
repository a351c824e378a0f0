"""The channel `sms`: see README.md."""
