#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""validate.py SCHEMA RECORDS: print each line of RECORDS that is not as SCHEMA says, and
why; then how many lines there were, and the members of an event that none of them had.
Fails if a line is wrong, or there is none."""
import json
import sys

import jsonschema


def main(schema_file, records_file):
    with open(schema_file, encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    unseen = set(schema["$defs"]["event"]["properties"])
    n = wrong = 0
    with open(records_file, encoding="utf-8") as f:
        for n, line in enumerate(f, 1):
            record = json.loads(line)
            unseen -= set(record)
            for error in validator.iter_errors(record):
                wrong += 1
                print("%s: %s: %s" % (n, error.json_path, error.message[:300]))
    print("%d records; unseen: %s" % (n, " ".join(sorted(unseen))))
    return wrong > 0 or n == 0


sys.exit(main(*sys.argv[1:]))
