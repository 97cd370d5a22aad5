"""What is one person's own: notes on the papers, and help that has been put away. No record of the council's, and no one else's to read."""
