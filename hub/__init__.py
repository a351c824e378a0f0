"""Beforehand: a proactive support hub for connected devices."""

__version__ = "2026.11.0"
