"""Numbers about a trained network; no pictures."""
