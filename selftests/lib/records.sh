# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Records of events that a test has seen, in $DIR/records, beside their JSON schema.

SELFTESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# keep FILE...: what they have of events is compared with the schema in the end.
keep() {
	grep -h '^{"event":.*}$' "$@" </dev/null >>"$DIR/records"
	return 0
}
records_are_as_the_schema_says() {
	sort -u "$DIR/records" -o "$DIR/records" && python3 "$SELFTESTS/lib/validate.py" \
		"$SELFTESTS/closewatch.schema.json" "$DIR/records"
}
