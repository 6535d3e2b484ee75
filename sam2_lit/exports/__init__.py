"""A session's masks in the file formats of others."""
