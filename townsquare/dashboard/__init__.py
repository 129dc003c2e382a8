"""Seeing a run: summary rows, phases, charts and a self-contained report page."""
