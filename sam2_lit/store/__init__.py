"""What outlives the process: a database and adapter files. Knows records and lora's adapter, not the engine."""
