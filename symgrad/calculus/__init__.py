"""The index calculus: what must be believed. Standard library only."""
