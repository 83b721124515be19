"""The commands, one module each; `symgrad.cli` puts them together."""
