"""PDF: the record and the papers of a meeting, made to PDF/UA-1 and PDF/A-2a."""
