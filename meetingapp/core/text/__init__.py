"""Text: Markdown in, clean HTML and block trees out; what members write never becomes markup of ours."""
