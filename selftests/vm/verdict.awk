# SPDX-License-Identifier: GPL-2.0
#
# Read a guest's report (nested KTAP), write one TAP result for each demand on
# it. Plans nest by indentation; a result closes the deeper plan before it.
#
# Variables: series, skips (the table of expected skips).

function fault(list, text) { list[++list[0]] = text }

function demand(list, text,   i) {
	number++
	if (list[0])
		broken++
	printf "%s %d verdict: %s\n", list[0] ? "not ok" : "ok", number, text
	for (i = 1; i <= list[0]; i++)
		print "# " list[i]
}

function read_skips(   line, part) {
	while ((getline line < skips) > 0) {
		if (line ~ /^[ \t]*(#|$)/)
			continue
		split(line, part, /[ \t]+/)
		if (part[3] != "" && (part[1] == "*" || part[1] == series))
			expected[part[2]] = 1
	}
	close(skips)
}

function skip_is_expected(name,   pattern) {
	for (pattern in expected)
		if (name ~ "^(" pattern ")$")
			return 1
	return 0
}

# The plan at a depth ends: were there as many results as it said?
function end_plan(depth, owner) {
	if (!(depth in plan))
		fault(plans, owner ": results without a plan")
	else if (plan[depth] != results[depth])
		fault(plans, owner ": " (results[depth] + 0) " results, " plan[depth] " planned")
	delete plan[depth]
	delete results[depth]
}

# End what is nested deeper. Says "" when there was nothing, "skip" when it was
# a plan of nothing at all, "tests" otherwise.
function end_deeper(depth, owner,   d, found) {
	for (d in open)
		if (d + 0 > depth) {
			if (!found)
				found = plan[d] == 0 && !results[d] ? "skip" : "tests"
			end_plan(d + 0, owner)
			delete open[d]
		}
	return found
}

function count_leaf(ok, is_skip, name) {
	if (is_skip && skip_is_expected(name))
		expected_skips++
	else if (is_skip)
		fault(unexplained, name)
	else if (ok)
		passed++
	if (!ok || is_skip && !skip_is_expected(name))
		failed++
}

function result(depth, ok, text,   name, is_skip, nested) {
	name = text
	sub(/^[0-9]+ */, "", name)
	sub(/^- /, "", name)
	is_skip = toupper(name) ~ /# *SKIP/
	sub(/ *#.*/, "", name)
	nested = end_deeper(depth, name)
	open[depth] = 1
	results[depth]++
	if (text ~ /^[0-9]/ && text + 0 != results[depth])
		fault(plans, name ": number " (text + 0) " where " results[depth] " was due")
	if (!ok)
		fault(failures, text)
	if (depth == 0 && !nested && !is_skip)
		fault(plans, name ": no plan of its own")
	if (nested != "tests")
		count_leaf(ok, is_skip || nested == "skip", name)
}

BEGIN {
	read_skips()
	plans[0] = failures[0] = unexplained[0] = loads[0] = ends[0] = none[0] = 0
}

{ sub(/\r$/, "") }

/^# guest: loaded/ { loaded = 1 }
/^# guest: unloaded$/ { unloaded = loaded }
/^# guest: exit / { ended = $4 == "0" ? 1 : -1; next }
/^# guest: time over/ { fault(ends, substr($0, 3)) }
ended { if (NF) fault(ends, "output after the end: " $0) }

{
	match($0, /^ */)
	depth = RLENGTH
	text = substr($0, depth + 1)
}

text ~ /^1\.\.[0-9]+/ {
	count = substr(text, 4) + 0
	if (depth in plan)
		fault(plans, "two plans at one place: " text)
	if (count == 0 && (depth == 0 || toupper(text) !~ /# *SKIP/))
		fault(plans, "an empty plan")
	plan[depth] = count
	open[depth] = 1
	planned += depth == 0
	next
}

text ~ /^ok( |$)/ { result(depth, 1, substr(text, 4)) }
text ~ /^not ok( |$)/ { result(depth, 0, substr(text, 8)) }
text ~ /^Bail out!/ { fault(failures, text) }

END {
	end_deeper(0, "the end of the report")
	if (!planned)
		fault(plans, "no plan at all")
	else
		end_plan(0, "the whole report")
	if (!passed)
		fault(failures, "no test passed")
	if (!loaded)
		fault(loads, "the guest did not say that the module was loaded")
	if (!unloaded)
		fault(loads, "the guest did not say that the module was unloaded")
	if (!ended)
		fault(ends, "the guest did not say how it ended")
	if (ended < 0)
		fault(ends, "the guest's runner failed")

	print "# " passed + 0 " passed, " failed + 0 " failed, " \
		expected_skips + 0 " skipped as expected"
	demand(plans, "every plan is there and kept")
	demand(failures, "every test passed")
	demand(unexplained, "no test was skipped without a reason on record")
	demand(loads, "the module was loaded and unloaded")
	demand(ends, "the guest ran to its end")
	printf "# counts: %d %d %d\n", passed, failed, expected_skips
	exit broken > 0
}
