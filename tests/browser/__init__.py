"""Tests with a real Superset and a real browser, on a small published version made for them."""
