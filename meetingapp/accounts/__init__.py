"""Sign-in of a person: one-time and personal links, and the Actor that policies ask."""
