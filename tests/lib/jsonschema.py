# SPDX-License-Identifier: Apache-2.0
"""Validate JSON by a JSON Schema: jsonschema.py SCHEMA FILE [-l]

With -l each line of FILE is a document.  Knows the keywords that
docs/json.schema.json has, and refuses a schema with others.
"""
import json
import sys

TYPES = {"string": str, "array": list, "object": dict, "null": type(None)}
KNOWN = {"$schema", "$comment", "$defs", "title", "$ref", "const", "enum", "type",
         "minimum", "maximum", "required", "properties", "propertyNames",
         "additionalProperties", "items", "oneOf"}


def is_type(value, name):
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def errors(schema, value, root, at="$"):
    """Yield a sentence for each thing that is wrong."""
    for keyword in set(schema) - KNOWN:
        raise SystemExit("unknown keyword " + keyword)
    if "$ref" in schema:
        yield from errors(root["$defs"][schema["$ref"].split("/")[-1]], value, root, at)
    if "const" in schema and value != schema["const"]:
        yield f"{at}: not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is not one of the words"
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(is_type(value, n) for n in names):
            yield f"{at}: {value!r} is not {names}"
    if isinstance(value, int):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            yield f"{at}: {value} is out of range"
    if "oneOf" in schema:
        fit = [s for s in schema["oneOf"] if not any(errors(s, value, root, at))]
        if len(fit) != 1:
            yield f"{at}: {len(fit)} of the alternatives fit {value!r:.200}"
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            yield from errors(schema["items"], item, root, f"{at}[{i}]")
    if isinstance(value, dict):
        yield from object_errors(schema, value, root, at)


def object_errors(schema, value, root, at):
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}: no {name}"
    for name, member in value.items():
        if "propertyNames" in schema:
            yield from errors(schema["propertyNames"], name, root, at)
        if name in schema.get("properties", {}):
            yield from errors(schema["properties"][name], member, root, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}: {name} is not in the schema"
        elif isinstance(schema.get("additionalProperties"), dict):
            yield from errors(schema["additionalProperties"], member, root, f"{at}.{name}")


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        schema = json.load(f)
    with open(sys.argv[2], "rb") as f:
        texts = f.read().split(b"\n") if "-l" in sys.argv else [f.read()]
    if "-l" in sys.argv and texts.pop():
        raise SystemExit("the last line has no end")
    bad = 0
    for number, text in enumerate(texts, 1):
        for error in errors(schema, json.loads(text.decode()), schema):
            print(f"{sys.argv[2]}:{number}: {error}")
            bad = 1
    print(f"{len(texts)} documents")
    return bad


sys.exit(main())
