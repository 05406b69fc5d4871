"""The description of the API (GET /openapi.json), and whether an answer agrees with it."""

import json
import re

import jsonschema_rs
import yaml

# Of HTTP and of the stream, not of the API.
PLAIN_HEADERS = {"content-type", "content-length", "date", "connection", "cache-control",
                 "x-accel-buffering"}


class Reader(yaml.SafeLoader):
    """YAML by the core schema of 1.2, as the server writes it."""


Reader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
        ("bool", r"^(true|True|TRUE|false|False|FALSE)$", "tTfF"),
        ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
        ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", "-+.0123456789"),
        ("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""])):
    Reader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def read(kind, body):
    """The document that came; of a stream, the list of its messages. ValueError: it is no such."""
    if kind == "application/x-ndjson":
        if body and not body.endswith("\n"):
            raise ValueError("the last line is not complete")
        return [json.loads(line) for line in body.splitlines()]
    if kind == "text/event-stream":
        return [event_of(block) for block in body.split("\n\n") if block]
    if kind.endswith("yaml"):
        try:
            return yaml.load(body, Reader)
        except yaml.YAMLError as error:
            raise ValueError(error) from None
    return json.loads(body) if kind.endswith("json") else body


def event_of(block):
    event = dict(line.split(": ", 1) for line in block.splitlines())
    if json.loads(event.get("data", "{}")).get("type") != event.get("event"):
        raise ValueError(f"event and type of the message differ: {block!r}")
    return event


def in_capitals(value):
    """With single words as enumerated values are written."""
    if isinstance(value, dict):
        return {key: in_capitals(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_capitals(item) for item in value]
    is_word = isinstance(value, str) and re.fullmatch("[a-z]+(_[a-z]+)*", value)
    return value.upper() if is_word and value not in ("true", "false") else value


class Description:
    def __init__(self, document):
        self.document = document
        self.templates = [(re.compile("/".join(re.escape(part) if not part.startswith("{") else "[^/]+"
                                               for part in path.split("/")) + r"\Z"), path)
                          for path in document["paths"]]
        self.validators = {}

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def path_of(self, path):
        """The described path that this one is; literal parts go before parameters."""
        fitting = [described for pattern, described in self.templates if pattern.match(path)]
        return min(fitting, key=lambda described: described.count("{"), default=None)

    def operation(self, method, path):
        described = self.path_of(path)
        operations = self.document["paths"].get(described, {})
        return operations.get(method.lower()) if method.isupper() else None

    def pairs(self):
        """All (method, path, status) that are described, but for what the HTTP server says itself."""
        return {(method.upper(), path, status)
                for path, operations in self.document["paths"].items()
                for method, operation in operations.items()
                for status in operation["responses"] if status != "default"}

    def problems_with(self, schema, value):
        """["pointer: what is wrong"]"""
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            whole = {"$schema": "https://json-schema.org/draft/2020-12/schema",
                     "components": self.document["components"], "allOf": [schema]}
            self.validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return ["/" + "/".join(str(part) for part in error.instance_path) + ": " + error.message
                for error in self.validators[key].iter_errors(value)]

    def check(self, asked, answer):
        """What the answer does not have in common with the description: a list of texts.
        asked: method, path. answer: status, type, headers (pairs), body."""
        method, path = asked["method"], asked["path"]
        described = self.path_of(path)
        operation = self.operation("GET" if method == "HEAD" else method, path)
        if operation is None:
            return self.check_undescribed(method, path, described, answer)
        response = operation["responses"].get(str(answer["status"]))
        if response is None:
            return [f"status {answer['status']} is not described"]
        response = self.resolve(response)
        return (self.check_headers(response, answer) +
                self.check_body(response, answer, method == "HEAD"))

    def check_accepted(self, method, path, body, kind="application/json"):
        """What a body in JSON, which the server took, does not have in common with the description.
        Enumerated values are read in any case, but for the words of a JSON patch."""
        operation = self.operation(method, path) or {}
        content = operation.get("requestBody", {}).get("content", {})
        if kind not in content:
            return []
        read_as = body if kind == "application/json-patch+json" else in_capitals(body)
        return ["the body was taken: " + text for text in
                self.problems_with(content[kind]["schema"], read_as)]

    def check_undescribed(self, method, path, described, answer):
        problem = {"content": {"application/problem+json":
                               {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        names = {name.lower() for name, _ in answer["headers"]}
        if described is None:
            if answer["status"] != 404:
                return [f"path {path} is not described"]
        elif method == "OPTIONS":
            return [] if answer["status"] == 204 and "allow" in names else ["OPTIONS without Allow"]
        elif answer["status"] != 405:
            return [f"{method} of {described} is not described"]
        elif "allow" not in names:
            return ["405 without Allow"]
        return self.check_body(problem, answer, method == "HEAD")

    def check_headers(self, response, answer):
        described = {name: self.resolve(header)
                     for name, header in response.get("headers", {}).items()}
        known = {name.lower(): header for name, header in described.items()}
        seen = {name.lower() for name, _ in answer["headers"]}
        wrong = [f"header {name} is missing" for name, header in described.items()
                 if header.get("required") and name.lower() not in seen]
        for name, value in answer["headers"]:
            if name.lower() in known:
                wrong += [f"header {name}: {text}" for text in
                          self.problems_with(known[name.lower()]["schema"], value)]
            elif name.lower() not in PLAIN_HEADERS:
                wrong.append(f"header {name} is not described")
        return wrong

    def check_body(self, response, answer, bare=False):
        kind = answer["type"].partition(";")[0].strip()
        media = response.get("content", {}).get(kind)
        if not answer["body"] and (bare or not response.get("content")):
            return []
        if media is None:
            return [f"media type {kind or '(none)'} is not described"]
        try:
            document = read(kind, answer["body"])
        except ValueError as error:
            return [f"the body is not {kind}: {error}"]
        wrong = self.problems_with(media["schema"], document)
        if kind == "text/event-stream":
            message = {"$ref": "#/components/schemas/WatchMessage"}
            wrong += [text for event in document
                      for text in self.problems_with(message, json.loads(event["data"]))]
        return wrong
