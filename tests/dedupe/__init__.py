"""Tests of telling copies from originals."""
