"""The web page for trying the graph. Served in development only."""
