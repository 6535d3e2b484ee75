"""Plain frozen data that every room may use: masks, prompts, results, interactions. No torch."""
