"""A network, and what it means."""
