"""What runs inside the daemon of a test, and nowhere else."""
