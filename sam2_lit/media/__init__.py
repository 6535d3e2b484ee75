"""Video in: frames by index, a library of videos, uploads, posters. Knows no GraphQL and no torch."""
