"""Models of opinion dynamics, on any graph."""
