"""SAM 2 on one video: prompts in, masks and captured features out. Knows no session and no adapter bank."""
