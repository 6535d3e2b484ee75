"""What runs on a device: its thread, steps by rank, preemption, CPU threads, memory. Knows no model and no session."""
