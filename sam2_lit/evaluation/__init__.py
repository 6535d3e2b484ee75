"""How many corrections LIT-LoRA saves: a simulated user, and its report."""
