"""The arrows: load → decide → save state, facts, inbox, outbox, in one transaction. One arrow, one file.

`ARROWS` says which arrow takes which event; the loop `flow` looks nowhere else. The table itself stands in `arrows.py`.
"""
