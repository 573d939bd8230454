"""How fast events are accepted and digested, measured from outside on a server that is started for it."""
