"""How fast the product is, measured on made-up data."""
