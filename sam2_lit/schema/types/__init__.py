"""GraphQL types of the engine's results, by subject."""
