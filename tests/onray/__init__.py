"""Work on a cluster: two workers of this machine."""
