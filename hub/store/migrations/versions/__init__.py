"""One file per step; the newest one is what this program needs."""
