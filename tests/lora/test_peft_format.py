import json
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.decode import decode
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.peft_format import load_adapter, save_adapter
from tests.lora.conftest import Tracked

Make = Callable[[int], Adapter]


def test_a_saved_adapter_loads_as_it_was(busy_adapter: Make, tmp_path: Path) -> None:
    adapter = busy_adapter(0)
    save_adapter(adapter, tmp_path / "new" / "folder", "pocket", "5ab3")
    loaded, revision = load_adapter(tmp_path / "new" / "folder")
    assert revision == "5ab3"
    assert (loaded.alpha, loaded.rank, set(loaded.targets)) == (16.0, 8, set(adapter.targets))
    for name in adapter.targets:
        assert torch.equal(loaded.down[name], adapter.down[name])
        assert torch.equal(loaded.up[name], adapter.up[name])


def test_peft_itself_loads_a_saved_adapter_and_gets_the_same_masks(
    model: SAM2VideoPredictor,
    tracked: Tracked,
    busy_adapter: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # PEFT brings transformers, which tries torchvision; builds of it for CUDA do not import with a CPU torch.
    monkeypatch.setitem(sys.modules, "torchvision", None)
    from peft import PeftModel

    adapter = busy_adapter(0)
    save_adapter(adapter, tmp_path, "pocket", "5ab3")
    ours = decode(model, tracked.features[4], adapter)
    official = deepcopy(model)
    PeftModel.from_pretrained(official.sam_mask_decoder, str(tmp_path))
    theirs = decode(official, tracked.features[4])
    torch.testing.assert_close(ours.logits, theirs.logits, atol=1e-4, rtol=1e-5)
    assert not torch.allclose(ours.logits, decode(model, tracked.features[4]).logits, atol=0.01)


def test_a_folder_without_an_adapter_is_refused(busy_adapter: Make, tmp_path: Path) -> None:
    with pytest.raises(LitError, match=r"adapter_model\.safetensors") as refusal:
        load_adapter(tmp_path)
    assert refusal.value.code is ErrorCode.ADAPTER_NOT_FOUND
    save_adapter(busy_adapter(0), tmp_path, "pocket", "5ab3")
    config = json.loads((tmp_path / "adapter_config.json").read_text())
    del config["lora_alpha"]
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    with pytest.raises(LitError):
        load_adapter(tmp_path)


def test_a_truncated_file_is_refused(busy_adapter: Make, tmp_path: Path) -> None:
    save_adapter(busy_adapter(0), tmp_path, "pocket", "5ab3")
    weights = tmp_path / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(LitError) as refusal:
        load_adapter(tmp_path)
    assert refusal.value.code is ErrorCode.ADAPTER_NOT_FOUND
