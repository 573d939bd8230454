"""What the two databases do differently in searches: how tokens are stored, asked for, and limited in time."""
