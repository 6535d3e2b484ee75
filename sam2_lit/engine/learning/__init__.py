"""What LIT-LoRA adds: training from corrections, candidates, and when an adapter's mask is used. Knows no session."""
