"""The check of scripts/fuzz that schemathesis does not bring."""

import schemathesis

# The two answers of status 500 that the contract has (docs/spec/api.md, sections 5 and 7).
CONTRACT = ("Category ", "A max of ")


@schemathesis.check
def no_server_error(ctx, response, case):
    """Whatever is sent, the answer is no error of the server's own."""
    if response.status_code < 500:
        return
    try:
        message = response.json()["errors"][0]["message"]
    except (ValueError, KeyError, IndexError, TypeError):
        message = ""
    assert response.status_code == 500 and message.startswith(CONTRACT), (
        f"{response.status_code}: {response.text[:300]}"
    )
