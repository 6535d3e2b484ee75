"""Video in and out: a library of videos, uploads, frames by index, stills, MP4s. Knows no GraphQL and no torch."""
