"""A version as one file, byte for byte, and back."""
