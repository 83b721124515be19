"""Activations, losses and layers."""
