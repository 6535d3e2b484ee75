"""What LIT-LoRA adds: training from corrections, candidates, when to use an adapter's mask. Knows no session."""
