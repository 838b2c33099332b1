"""Steering a budget year: what is left, what is coming, and the rows behind every figure."""
