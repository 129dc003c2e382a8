"""Recommenders that an editor might have thought of."""
