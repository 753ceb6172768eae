"""trainfcnn measured against its rivals, and whether it works on every seed: a block a module."""
