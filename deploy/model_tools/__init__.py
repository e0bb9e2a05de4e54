"""Fetches, converts and installs the studio's models. See deploy/models."""
