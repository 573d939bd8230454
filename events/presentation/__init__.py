"""What people are shown of a stored event: pure, without HTML."""
