"""What a training leaves behind, as files: to load, and to go on with."""
