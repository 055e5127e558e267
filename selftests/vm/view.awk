# SPDX-License-Identifier: GPL-2.0
# A guest's report for a reader: results and, of what failed, the diagnostics.
/^ *# +RUN / { kept = "" }
/^ *#/ { kept = kept $0 "\n"; next }
/^ *not ok/ { printf "%s", kept }
{ kept = "" }
/^ *(ok|not ok|Bail out!)/ { print; fflush() }
