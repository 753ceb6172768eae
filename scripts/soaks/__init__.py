"""What is done to the package for long: killed at any moment, and given files that are damaged."""
