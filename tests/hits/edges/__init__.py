"""All edge cases; importing the modules puts them on the list."""

from tests.hits.edges import goods, sales, stores
from tests.hits.edges.registry import EDGES, Expected

__all__ = ["EDGES", "Expected", "goods", "sales", "stores"]
