"""What agents are there for: each role says what it can do on its card, and does it when asked."""
