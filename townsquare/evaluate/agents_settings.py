"""How agents that learn to choose are trained and tested."""

from pydantic import Field

from townsquare.agents.choosers.agentcf import AgentCF
from townsquare.agents.choosers.agentcf_plus import AgentCFPlus
from townsquare.agents.choosers.training import Training
from townsquare.memory.interest_groups import InterestGroups
from townsquare.protocols import Settings


class AgentsSettings(Settings):
    """The defaults are those of the authors' code, where it has any."""

    candidates: int = Field(default=10, ge=2)
    "Items to put in order, the target among them."
    users: int | None = Field(default=None, ge=1)
    "Users that take part, drawn by the first seed; nobody else exists for any ranker. By default all."
    agentcf: AgentCF.Config = AgentCF.Config()
    "How AgentCF learns and ranks."
    agentcf_plus: AgentCFPlus.Config = AgentCFPlus.Config()
    "How AgentCF++ learns and ranks; `use` follows from the ranker's name."
    interests: InterestGroups.Config = InterestGroups.Config()
    "How AgentCF++ makes its circles."
    training: Training.Config = Training.Config()
    "How many lessons at a time, and how often a snapshot is taken."
