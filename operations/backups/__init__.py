"""Backups: the database, the files it refers to, and one manifest of hashes, in a folder each."""
