"""Validates YAML files against a JSON Schema: `schema_check.py SCHEMA FILE..`.

Prints one line a file, separated by tabs: the file, `valid` or `invalid`, the paths of all errors, the first message.
YAML is read by the core schema of YAML 1.2, as editors read it; PyYAML alone reads `no` as false and `012` as 10.
"""

import json
import re
import sys

import jsonschema
import yaml


class Core(yaml.SafeLoader):
    """Plain scalars by the rules of YAML 1.2; keys are text."""

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


def rule(name, pattern, convert):
    tag = "tag:yaml.org,2002:" + name
    Core.add_implicit_resolver(tag, re.compile(f"^(?:{pattern})$"), None)
    Core.add_constructor(tag, lambda loader, node: convert(node.value))


rule("null", "~|null|Null|NULL|", lambda text: None)
rule("bool", "true|True|TRUE|false|False|FALSE", lambda text: text.lower() == "true")
rule("int", "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", lambda text: int(text, 0 if text[:2] in ("0o", "0x") else 10))
rule("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", float)
Core.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node))


def leaves(error):
    """The error and those beneath it: of alternatives, each says why it does not fit."""
    yield error
    for inner in error.context or []:
        yield from leaves(inner)


def check(validator, path):
    with open(path, encoding="utf-8") as file:
        try:
            document = yaml.load(file, Loader=Core)
        except yaml.YAMLError as error:
            return "unreadable", [], str(error)
    errors = sorted(validator.iter_errors(document), key=lambda e: [str(part) for part in e.absolute_path])
    if not errors:
        return "valid", [], ""
    paths = {"/".join(str(part) for part in leaf.absolute_path) for error in errors for leaf in leaves(error)}
    return "invalid", sorted(paths), errors[0].message


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for path in sys.argv[2:]:
        verdict, paths, message = check(validator, path)
        print(path, verdict, ",".join(paths), " ".join(message.split())[:200], sep="\t")


main()
