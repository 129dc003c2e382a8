"""Contestants that make a text more persuasive, and those who judge them."""
