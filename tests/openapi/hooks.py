"""For schemathesis: every answer is held against the description as in the tests of the API, which is
stricter than schemathesis: a status must be named, and so must a header."""

import os
import pathlib
import sys
import urllib.parse

import schemathesis

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from description import Description  # noqa: E402

# What the HTTP server says before anybody looks at the path.
OF_THE_SERVER = {414, 421, 431}
described = {}


def description_of(case):
    document = case.operation.schema.raw_schema
    return described.setdefault(id(document), Description(document))


@schemathesis.hook
def before_call(context, case, kwargs):
    """A watch does not end. It is watched in tests/api."""
    if "watch" in (case.query or {}):
        case.query["watch"] = "false" if case.query["watch"] is not None else None


@schemathesis.check
def agrees_with_the_description(ctx, response, case):
    if response.status_code in OF_THE_SERVER:
        return
    path = urllib.parse.unquote(urllib.parse.urlsplit(response.request.url).path)
    kind = response.headers.get("content-type", [""])[0]
    answer = {"status": response.status_code, "type": kind, "body": response.text,
              "headers": [(name, value) for name, values in response.headers.items()
                          for value in values]}
    wrong = description_of(case).check({"method": response.request.method, "path": path}, answer)
    assert not wrong, "\n".join(wrong)
