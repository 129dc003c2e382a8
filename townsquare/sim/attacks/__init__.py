"""Fake profiles by rule, to find out what recommenders, detectors and defences are worth.

For data sets and towns only; docs/write-an-attack.md names the defences first.
"""
