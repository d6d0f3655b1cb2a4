"""What a contract may say, and reading and checking it; the YAML is in ``ingest/contracts/``.

Reading data and typing do not belong here.
"""

from ingest.contract.load import load_all
from ingest.contract.model import Column, Contract, ContractError, Rule

__all__ = ["Column", "Contract", "ContractError", "Rule", "load_all"]
