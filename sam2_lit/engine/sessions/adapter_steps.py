"""What adapters that were trained elsewhere do to a session, as steps for the device's thread."""

from collections.abc import Sequence

import torch

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.validation import check_object
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.layers import Adapter
from sam2_lit.records.adapters import AdapterRecord
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.results import TrainedAdapter


def add_adapters(
    state: SessionState,
    object_id: int,
    found: Sequence[tuple[AdapterRecord, Adapter, str | None]],
    interaction: Interaction,
) -> Steps[None, None]:
    """Gives an object copies of adapters, all or none; each with its record and its model's fingerprint.

    Raises:
        LitError: OBJECT_NOT_FOUND; ADAPTER_NOT_FOUND where one is not for the model that runs; CAPACITY_EXCEEDED where
            the object would have more than `BankSettings.max_adapters`.
    """
    yield from ()
    check_object(state, object_id)
    bank, decoder = state.banks[object_id], state.lora_model.sam_mask_decoder
    for _, adapter, revision in found:
        if revision not in (None, state.device.model.fingerprint) or not adapter.fits(decoder):
            raise LitError(
                ErrorCode.ADAPTER_NOT_FOUND,
                f"an adapter was trained for another model than {state.device.model.name} as it runs here, and would "
                "change it at random",
            )
        weights = [*adapter.down.values(), *adapter.up.values(), torch.tensor(adapter.alpha)]
        if not all(torch.isfinite(tensor).all() for tensor in weights):
            raise LitError(ErrorCode.ADAPTER_NOT_FOUND, "an adapter has weights that are not finite")
    room = bank.settings.max_adapters - len(bank)
    if len(found) > room:
        raise LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            f"object {object_id} has {len(bank)} of at most {bank.settings.max_adapters} adapters, so that "
            f"{len(found)} more do not fit; resetLora removes those that it has",
        )
    with state.journal.transaction():
        state.journal.log(interaction)
        for record, adapter, _ in found:
            placed = adapter.to(state.lora_model.device)
            adopted = TrainedAdapter(object_id, bank.adopt(record, placed))
            state.journal.put_adapter(adopted, placed, state.device.model)
