"""Meetings and cases of Norwegian regional councils: office and public portal."""
