"""Measures of polarisation, and their null models."""
