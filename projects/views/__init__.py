"""Pages of proposals and projects."""
