"""Cleaning: blocks, plain text and streams of tokens."""
