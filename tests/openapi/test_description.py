"""What does not agree with a description is found: the tests of description.py."""

import unittest

from description import Description, read

DOCUMENT = {
    "paths": {
        "/things": {"get": {"responses": {"200": {"content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Things"}},
            "application/yaml": {"schema": {"$ref": "#/components/schemas/Things"}},
            "application/x-ndjson": {"schema": {"type": "array", "items": {
                "$ref": "#/components/schemas/Thing"}}}}}}}},
        "/things/{name}": {"put": {"requestBody": {"content": {"application/json": {"schema": {
            "properties": {"colour": {"enum": ["RED", None]}, "size": {"type": "integer"}}}}}},
            "responses": {
            "201": {"headers": {"Location": {"$ref": "#/components/headers/Location"}},
                    "content": {"application/json": {"schema": {
                        "$ref": "#/components/schemas/Thing"}}}},
            "404": {"$ref": "#/components/responses/NotFound"}}}},
        "/things/all": {"get": {"responses": {"200": {"content": {
            "text/plain": {"schema": {"type": "string"}}}}}}},
    },
    "components": {
        "headers": {"Location": {"required": True, "schema": {"pattern": "^/"}}},
        "responses": {"NotFound": {"content": {"application/problem+json": {
            "schema": {"$ref": "#/components/schemas/Problem"}}}}},
        "schemas": {
            "Problem": {"type": "object", "required": ["code"]},
            "Things": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
            "Thing": {"type": "object", "required": ["id"], "additionalProperties": False,
                      "properties": {"id": {"type": "string", "format": "uuid"},
                                     "size": {"type": "integer", "minimum": 1}}}}},
}
ID = "0e4d4dbe-3b46-4c0c-8f4b-3a4fd4f8f0a1"


def check(method, path, status, body, kind="application/json", headers=()):
    answer = {"status": status, "type": kind, "headers": list(headers), "body": body}
    return Description(DOCUMENT).check({"method": method, "path": path}, answer)


class Answers(unittest.TestCase):
    def agrees(self, *args, **more):
        self.assertEqual(check(*args, **more), [])

    def differs(self, text, *args, **more):
        wrong = check(*args, **more)
        self.assertEqual(len(wrong), 1, wrong)
        self.assertIn(text, wrong[0])

    def test_what_is_described_agrees(self):
        self.agrees("GET", "/things", 200, f'[{{"id":"{ID}","size":2}}]')
        self.agrees("GET", "/things", 200, f"- id: {ID}\n  size: 2\n", "application/yaml")
        self.agrees("GET", "/things", 200, f'{{"id":"{ID}"}}\n' * 2, "application/x-ndjson")
        self.agrees("GET", "/things/all", 200, "ok", "text/plain; charset=utf-8")
        self.agrees("HEAD", "/things", 200, "")

    def test_a_schema_is_held_with_the_place(self):
        self.differs("/1/size: ", "GET", "/things", 200, f'[{{"id":"{ID}"}},{{"id":"{ID}","size":0}}]')
        self.differs("/0: ", "GET", "/things", 200, '[{}]')
        self.differs("/0/id: ", "GET", "/things", 200, '[{"id":"no uuid"}]')
        self.differs("unexpected", "GET", "/things", 200, f'[{{"id":"{ID}","colour":"red"}}]')
        self.differs("/0/size: ", "GET", "/things", 200, f"- id: {ID}\n  size: '2'\n", "application/yaml")
        self.differs("/1: ", "GET", "/things", 200, f'{{"id":"{ID}"}}\n{{}}\n', "application/x-ndjson")

    def test_statuses_types_and_headers_are_described(self):
        self.differs("status 202 is not described", "GET", "/things", 202, "[]")
        self.differs("media type text/html", "GET", "/things", 200, "[]", "text/html")
        self.differs("the body is not", "GET", "/things", 200, "[")
        self.differs("header X-New is not", "GET", "/things", 200, "[]", headers=[("X-New", "1")])
        self.differs("Location is missing", "PUT", "/things/a", 201, f'{{"id":"{ID}"}}')
        self.differs("header Location: ", "PUT", "/things/a", 201, f'{{"id":"{ID}"}}',
                     headers=[("Location", "things/a")])
        self.differs("/: ", "PUT", "/things/a", 404, "{}", "application/problem+json")

    def test_what_has_no_description_is_refused_in_the_usual_way(self):
        problem = '{"code":"NOT_FOUND"}', "application/problem+json"
        self.agrees("GET", "/nowhere", 404, *problem)
        self.differs("path /nowhere is not described", "GET", "/nowhere", 200, "{}")
        self.agrees("POST", "/things", 405, *problem, headers=[("Allow", "GET")])
        self.differs("405 without Allow", "POST", "/things", 405, *problem)
        self.differs("POST of /things is not described", "POST", "/things", 200, "{}")
        self.agrees("OPTIONS", "/things", 204, "", "", headers=[("Allow", "GET")])

    def test_a_body_that_was_taken_must_be_described(self):
        description = Description(DOCUMENT)
        for body in ({"colour": "RED"}, {"colour": "red"}, {"colour": None}, {}):
            self.assertEqual(description.check_accepted("PUT", "/things/a", body), [])
        self.assertEqual(len(description.check_accepted("PUT", "/things/a", {"size": "1"})), 1)
        self.assertEqual(description.check_accepted("GET", "/things", {"size": "1"}), [])

    def test_pairs_are_all_statuses_of_all_operations(self):
        self.assertEqual(len(Description(DOCUMENT).pairs()), 4)

    def test_events_and_lines_are_read_one_by_one(self):
        text = 'event: ADDED\ndata: {"type":"ADDED"}\n\n'
        self.assertEqual(read("text/event-stream", text)[0]["event"], "ADDED")
        with self.assertRaises(ValueError):
            read("text/event-stream", text.replace("event: ADDED", "event: DELETED"))
        with self.assertRaises(ValueError):
            read("application/x-ndjson", "{}\n{}")


if __name__ == "__main__":
    unittest.main()
