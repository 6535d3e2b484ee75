"""How Hugging Face PEFT names the files of an adapter."""

WEIGHTS_NAME = "adapter_model.safetensors"
CONFIG_NAME = "adapter_config.json"
