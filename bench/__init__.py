"""Measurements as ratios within one run: absolute times say more about the machine than about us.

Each bench does the same work twice, ours and a bare floor, and prints both. Nothing here is needed
to run the product.
"""
