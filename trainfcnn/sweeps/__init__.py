"""Many networks at once, as stacks."""
