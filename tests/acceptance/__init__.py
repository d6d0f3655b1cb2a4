"""Real exports, loaded as a retailer would load them."""
