import gc

from sam2_lit.server.startup import starting


def test_what_is_made_at_the_start_is_never_examined_by_the_garbage_collector() -> None:
    try:
        with starting():
            made = [object()]
            assert not gc.isenabled()

        assert gc.isenabled()
        assert not any(each is made for each in gc.get_objects())
    finally:
        gc.unfreeze()
