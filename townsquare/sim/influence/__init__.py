"""Whom to reach first, one rule per file."""
