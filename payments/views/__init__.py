"""Pages about accounts, orders and confirmations."""
