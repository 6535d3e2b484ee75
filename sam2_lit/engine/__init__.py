"""Sessions, tracking and the models under them; knows no GraphQL."""
