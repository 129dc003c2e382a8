"""Models of how opinions change, one per file."""
