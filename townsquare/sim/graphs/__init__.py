"""Graphs: made, read, and checked."""
