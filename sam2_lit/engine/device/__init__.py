"""One thread for each device, and what runs on it: steps by rank, preemption, memory. Knows no model and no session."""
