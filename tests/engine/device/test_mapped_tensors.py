import gc

import pytest
import torch

from sam2_lit.engine.device.mapped_tensors import all_in_mapped_memory, in_mapped_memory

SHAPE = (1, 16, 96, 96)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_copy_equals_its_tensor_in_any_memory_layout(dtype: torch.dtype) -> None:
    tensor = torch.randn(SHAPE).to(dtype).to(memory_format=torch.channels_last)
    copy = in_mapped_memory(tensor)
    assert torch.equal(copy, tensor)
    assert copy.is_contiguous()


def test_a_copy_of_a_slice_shares_no_memory_with_the_whole() -> None:
    batch = torch.zeros(3, *SHAPE[1:])
    copy = in_mapped_memory(batch[1:2])
    batch += 1
    assert copy.untyped_storage().nbytes() == batch[1:2].nbytes
    assert not copy.any()


def test_memory_is_reused_once_no_tensor_refers_to_it_and_not_before() -> None:
    held, gone = in_mapped_memory(torch.ones(SHAPE)), in_mapped_memory(torch.ones(SHAPE))
    view, place = held[:, 1], gone.data_ptr()
    del held, gone
    gc.collect()
    copies = [in_mapped_memory(torch.zeros(SHAPE)) for _ in range(4)]
    assert place in [copy.data_ptr() for copy in copies]
    assert view.all()


def test_tensors_copied_together_are_equal_and_share_one_mapping() -> None:
    tensors = [torch.randn(SHAPE), torch.randn(3, 1), torch.randn(3, 5).to(torch.bfloat16)]
    copies = all_in_mapped_memory(tensors)
    assert all(torch.equal(copy, tensor) for copy, tensor in zip(copies, tensors, strict=True))
    assert len({copy.untyped_storage().data_ptr() for copy in copies}) == 1
