"""What outlives the process: a database, and adapters in files beside it. Knows the engine's records, no model."""
