"""Tests of what is published: real files, object stores and databases on this machine."""
