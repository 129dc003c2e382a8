"""Accounts that lie for an attacker: our reconstruction of agents that shill, and how fake ratings spread over ticks.

For data sets and towns only; docs/agent-shill.md names the defences first.
"""
