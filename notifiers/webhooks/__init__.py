"""Events for the maker's own systems: see README.md. No person's channel, and so no line in the table of channels."""
