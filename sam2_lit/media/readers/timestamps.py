"""Whether the timestamps of a stream's packets give the order in which a decoder returns its frames.

Decoders go by the order numbers inside the pictures, not by the container's timestamps. The two agree in files that
encoders and cameras write, and differ in files that were cut, joined or repacked without encoding.
"""

import numpy as np

from sam2_lit.media.readers.packet_scan import MISSING, StreamPackets


def contradict_decoder(packets: StreamPackets) -> bool:
    """Whether ordering frames by timestamp is certainly wrong, or may drop other frames than a decoder does.

    So it is where timestamps are missing or doubled, where decoding cannot start at the first packet, where the first
    decoded frame is not the earliest, where frames after a keyframe are earlier than frames before it, and where an
    edit list leaves out frames in the middle.
    """
    pts = packets.pts[packets.shown]
    first = packets.first_frame
    if not len(pts) or (pts == MISSING).any() or len(np.unique(pts)) < len(pts):
        return True
    if not packets.keyframes or packets.keyframes[0].ordinal != 0:
        return True
    if first is None or first.pts != pts.min():
        return True
    left_out = packets.pts[packets.discarded]
    if ((left_out > pts.min()) & (left_out < pts.max())).any():
        return True
    latest_before = np.maximum.accumulate(np.where(packets.shown, packets.pts, MISSING))
    earliest_after = np.minimum.accumulate(np.where(packets.shown, packets.pts, np.iinfo(np.int64).max)[::-1])[::-1]
    cuts = np.array([key.ordinal for key in packets.keyframes[1:]], dtype=np.int64)
    return bool((earliest_after[cuts] <= latest_before[cuts - 1]).any())


def are_doubtful(packets: StreamPackets, decoder_reorders: bool) -> bool:
    """Whether the timestamps are consistent, but not what the codec makes likely.

    Fields may be packets of their own in interlaced video. A decoder that expects frames out of order, and timestamps
    that rise from packet to packet, come from containers without presentation times, such as AVI.
    """
    rising = bool((np.diff(packets.pts[packets.shown]) > 0).all())
    is_interlaced = packets.first_frame is not None and packets.first_frame.interlaced_frame
    return is_interlaced or (rising == decoder_reorders and packets.shown.sum() > 1)
