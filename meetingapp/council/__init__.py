"""Who: councils, organisations, people, bodies, seats and rights."""
