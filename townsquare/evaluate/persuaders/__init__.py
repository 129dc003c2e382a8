"""The arena of persuaders."""
