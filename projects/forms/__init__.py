"""Forms of proposals and projects."""
