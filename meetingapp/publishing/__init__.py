"""The one-way valve: gate, snapshots, pages, recall."""
