"""Feed contracts: one YAML file a feed here, and the code that reads and checks them.

Only the description of feeds belongs here; reading data and typing do not.
"""

from ingest.contracts.load import load_all
from ingest.contracts.model import Column, Contract, ContractError, Rule

__all__ = ["Column", "Contract", "ContractError", "Rule", "load_all"]
