"""What one runs: each verb of this folder is a line of shell around the module of that name."""
