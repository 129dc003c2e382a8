"""Endpoints: each file knows one way to reach a language model, and the package it takes."""
