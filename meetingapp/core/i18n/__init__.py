"""Languages: which one is spoken, and how dates are written in it."""
