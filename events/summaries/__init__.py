"""One line about an event or a stack: the template that shows it and the values that it needs."""
