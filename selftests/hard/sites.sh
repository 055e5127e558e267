#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# sites.sh MODULE: where a module calls what allocates, one a line, as a stack
# trace names the place: function+0xoffset, then what is called. Not in here:
# register_pernet_subsys(), which allocates only for some (a load fails with each
# allocation anyway), and what unregisters probes, which fails for good.

ALLOCATORS='__?k[mvz]*alloc.*|kmem_cache_alloc.*|_*kmem_cache_create.*|k[v]?memdup.*'
ALLOCATORS+='|k(v?as|strn?|mem)(printf|dup).*|_*v[mz]*alloc.*|_*alloc_(percpu|pages?|skb).*'
ALLOCATORS+='|pcpu_alloc.*|alloc_workqueue.*|_*xa_(alloc|store|insert|reserve).*'
ALLOCATORS+='|id[ra]_(alloc|pre).*|rh(l|ash)table_init.*|bitmap_.*alloc.*'
ALLOCATORS+='|register_k(ret)?probes?|enable_kprobe'
ALLOCATORS+='|tracepoint_probe_register'
ALLOCATORS+='|genl_register_family|kthread_create.*|sock_(create|alloc).*|skb_(copy|clone).*'

# The instruction after a call is where the call returns to.
objdump -dr --no-show-raw-insn -j .text -j .init.text -j .text.unlikely "$1" |
	sed -nE 's/.*\tcall +[0-9a-f]+ <(.*)>$/call \1/p; s/.*R_X86_64_PLT32\t([^-]+)-0x4$/to \1/p' |
	awk -v allocators="^($ALLOCATORS)\$" '
		$1 == "call" { place = $2 }
		$1 == "to" && place && $2 ~ allocators { print place, $2 }
		$1 == "to" { place = "" }' | sort -u
