"""Which stack an event belongs to, and what that stack is called: pure functions over plain values."""
