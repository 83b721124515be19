"""A file to claims: note, tokens, syntax, scope, values."""
