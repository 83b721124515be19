"""Mending notes: what is wrong or left blank is written right, and nothing else is touched."""
