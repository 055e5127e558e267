#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""words.py SPEC ENUM...: for each of these enums a function from number to word."""
import sys
import yaml

spec = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
for d in (d for name in sys.argv[2:] for d in spec["definitions"] if d["name"] == name):
    words = [e if isinstance(e, str) else e["name"] for e in d["entries"]]
    print(f"static inline const char *word_{d['name'].replace('-', '_')}(unsigned int n)\n{{")
    print("\tstatic const char * const words[] = {")
    print("".join(f'\t\t"{word}",\n' for word in words), end="")
    print(f"\t}};\n\n\treturn n < {len(words)} ? words[n] : \"?\";\n}}\n")
