"""Sessions on an emulated GPU that were closed and resumed."""

from tests.store import test_resuming as suite

restart = suite.restart

test_tracking_after_a_restart = suite.test_tracking_after_a_restart_gives_the_same_masks_as_without
