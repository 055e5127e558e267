#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# sites.sh MODULE: where a module calls what allocates, one a line, as a stack
# trace names the place: function+0xoffset; what is called; and section+0xoffset.
# Not in here: what unregisters probes, which fails for good; rhashtable_insert_slow(),
# which asks only where the table could not grow in time by itself; and
# register_ftrace_function(), which does without the trampoline that it asks for.

ALLOCATORS='.*alloc.*|kmem_cache_create.*|__kmem_cache_create.*|k(v?as|strn?|v?mem)(printf|dup).*'
ALLOCATORS+='|rhashtable_init.*|register_k(ret)?probe|ftrace_set_filter_ip'
ALLOCATORS+='|tracepoint_probe_register|genl_register_family'
ALLOCATORS+='|register_pernet_subsys|skb_(copy|clone).*'

# The instruction after a call is where the call returns to.
objdump -dr --no-show-raw-insn "$1" |
	sed -nE 's/^Disassembly of section (.*):/in \1/p
		s/.*\tcall +([0-9a-f]+) <(.*)>$/call \2 0x\1/p
		s/.*R_X86_64_PLT32\t([^-]+)-0x4$/to \1/p' |
	awk -v allocators="^($ALLOCATORS)\$" '
		$1 == "in" { section = $2 }
		$1 == "call" { place = $2; at = section "+" $3 }
		$1 == "to" && place && $2 ~ allocators && $2 !~ /^cw_|free/ {
			print place, $2, at
		}
		$1 == "to" { place = "" }' | sort -u
