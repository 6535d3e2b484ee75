"""Plain frozen data that every room may hold: masks, prompts, results, interactions. No torch."""
