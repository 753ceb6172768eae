"""``trainfcnn play``: the engine behind a live page, in a browser or a notebook."""
