"""The models: their names, how they are downloaded, and how they are loaded."""
