"""The public pages: ready bytes from the `public` database, and nothing else."""
