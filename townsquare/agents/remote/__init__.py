"""Agents that live elsewhere, as a town meets them: who is asked, and what was answered."""
