"""Every write about people and organisations."""
