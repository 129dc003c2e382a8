"""Minds that debate, and those that judge how."""
