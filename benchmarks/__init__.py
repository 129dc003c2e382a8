"""How fast, how large, and where the time goes: `make bench`."""
