"""Agents that learn to choose: AgentCF and AgentCF++, users and items alike."""
