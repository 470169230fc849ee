"""Rows by themselves: parsed, checked, and brought into the lake's units."""
