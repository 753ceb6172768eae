"""K networks trained as one stack: buffers, not recipes."""
