"""The version of symgrad."""

VERSION = "0.1.0"
