"""Measurements of quality and speed on public corpora; run by hand, not by the test runner."""
