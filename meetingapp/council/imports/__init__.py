"""People and seats from a spreadsheet: read as plain text, tried out, shown line by line, and entered when somebody says so."""
