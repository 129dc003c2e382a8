"""What lets an agent take part in conversations: deciding what to say, whom to hand over to, and whom to team up with.

A speaker has ``speak``; ``Colleague`` puts one together with an agent that does tasks and with a way to form teams.
"""
