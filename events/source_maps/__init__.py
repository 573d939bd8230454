"""Source maps: from positions in generated JavaScript back to the files that people wrote."""
