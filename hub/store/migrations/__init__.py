"""Migrations: the only way a database comes into being or changes."""
