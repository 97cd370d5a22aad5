"""The ground floor: knows nothing of councils."""
