"""Files: stored under their hash, read back, sent as attachments."""
