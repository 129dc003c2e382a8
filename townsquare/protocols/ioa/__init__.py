"""The Internet-of-Agents protocol: how agents that live elsewhere find each other, form groups, talk and work.

After Chen et al., "Internet of Agents" (ICLR 2025): the fields of a message, the five states of a conversation, team
formation. Message ids, time stamps, versions, deadlines, the check of the sender and an end to every deadlock are ours.
docs/protocol.md is the whole protocol for those who implement it in another language.
"""
