"""Signs certificates that anybody can verify, and publishes the keys to do so. README.md holds the format."""
