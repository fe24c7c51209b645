"""What scripts/fuzz needs of schemathesis beyond what it brings."""

import uuid

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


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keys that are valid differ: the same key with another content would only be refused, again and again."""
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and key.isascii() and key.isprintable() and " " not in key and 0 < len(key) <= 200:
        case.headers["Idempotency-Key"] = key + uuid.uuid4().hex
