"""When and where which bodies meet."""
