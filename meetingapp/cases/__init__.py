"""What is to be dealt with: cases, their papers and attachments, proposals, exemptions."""
