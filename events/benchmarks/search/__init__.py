"""A large made-up data set in a database of its own, and how long questions to it take."""
