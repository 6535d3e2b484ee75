import pickle

from hypothesis import given
from hypothesis import strategies as st

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.server.error_responses import BadRequest


@given(st.sampled_from(ErrorCode), st.text())
def test_an_error_that_was_pickled_has_its_code_and_message(code: ErrorCode, message: str) -> None:
    error = pickle.loads(pickle.dumps(LitError(code, message)))

    assert (type(error), error.code, error.message, str(error)) == (LitError, code, message, message)


def test_an_error_with_fields_of_its_own_keeps_them_when_it_is_pickled() -> None:
    error = pickle.loads(pickle.dumps(BadRequest("no", 405, {"Allow": "POST"})))

    assert (error.message, error.status, error.headers) == ("no", 405, {"Allow": "POST"})
