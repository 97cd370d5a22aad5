"""Running the house: figures for whoever watches it, backup and restore, setting up, and the doctor."""
