"""Operators: the people who look after the hub itself. Adapters that reach them; no customer is ever reached from here."""
