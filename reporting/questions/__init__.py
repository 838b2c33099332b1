"""A question in Parliament: one measure, by what one likes, over a period (domain.md 6.7)."""
