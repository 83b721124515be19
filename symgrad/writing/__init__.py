"""Reports and expressions to text, JSON and LaTeX."""
