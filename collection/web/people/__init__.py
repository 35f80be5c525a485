"""Signing in and out, passwords, and which organisation a person acts for."""
