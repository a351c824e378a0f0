"""The arrows: load → decide → save state, facts, inbox, outbox, in one transaction. One arrow, one file."""
