"""Pages about terms, holds, lists of destruction, and questions about personal data."""

from retention.views.rules import holds, lift, overview, rule

__all__ = ["holds", "lift", "overview", "rule"]
