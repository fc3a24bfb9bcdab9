"""The web at its worst: what it may send, point at, and keep us waiting with."""
