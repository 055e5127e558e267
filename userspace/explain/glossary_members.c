// SPDX-License-Identifier: GPL-2.0
#include "explain/glossary_members.h"

/* In the order of the alphabet. */
#define MEMBERS(IS) \
	IS(a, \
	   "Of a story: end A, that of the first recording, or of one recording the " \
	   "server.") \
	IS(added, "Of apply: how many rules were not there before.") \
	IS(addr, "An address, of IPv4 or IPv6.") \
	IS(age_ms, \
	   "Of pending: for how long the connection has been in its state, in ms; " \
	   "absent if that is not known.") \
	IS(agrees, "Of stats --verify: true if each of the kernel's counters fits ours.") \
	IS(all, "Of a recording: true if events that ended well are in it, too.") \
	IS(b, \
	   "Of a story: end B, that of the second recording, or of one recording the " \
	   "client.") \
	IS(before, "Of compared in advise: the figures of the run before.") \
	IS(best_effort, "Always true: the processes are looked for after the event.") \
	IS(boot_id, "Of a recording: the boot of the host that it is of.") \
	IS(by, "Of --group-by: what groups are formed by.") \
	IS(bytes_at_risk, \
	   "Of advise: bytes of ours not acknowledged at the RSTs that a drain would " \
	   "have avoided.") \
	IS(cannot_mend, "Of advise: what a drain there would not mend.") \
	IS(cause, "With --diag: why it came to this.") \
	IS(cgroup_path, "Path of the cgroup whose id is cgroup.") \
	IS(change, "Of apply: what becomes of a rule.") \
	IS(check, "Of doctor: what was looked at.") \
	IS(clock_offset_ns, \
	   "Of a recording: the wall clock minus the clock of the host since its boot, " \
	   "in ns.") \
	IS(closes, "Of advise and of a group: how many closes there were.") \
	IS(command, "Of advise: what to type.") \
	IS(compared, \
	   "Of advise: an array of what was advised before and has had drains since.") \
	IS(complete, "False if the search for processes was cut short.") \
	IS(container, "Id of the container of the closer.") \
	IS(counter, "Of stats --verify: the kernel's name of a counter.") \
	IS(delivered, "Of compared in advise: drains that ended well.") \
	IS(delivered_bytes, "Of compared in advise: bytes that were acknowledged in drains.") \
	IS(diag, "With --diag: an object with cause and remedy.") \
	IS(difference, \
	   "Of stats --verify: the kernel's figure minus the nearer of least and most; " \
	   "0 if it lies between them.") \
	IS(does, "Of a policy that is added or removed: what that means, in a sentence.") \
	IS(drained, "Of advise: closes that a policy has drained.") \
	IS(elsewhere, "Of a program in advise: RSTs on no server's port.") \
	IS(events_lost, \
	   "Of --group-by: events that did not come, at most; the figures are too low " \
	   "by them.") \
	IS(fd, "Number of the descriptor in that process.") \
	IS(file, "Of apply: the file of a rule.") \
	IS(finding, "Of doctor: what was found.") \
	IS(first, "Of a story: the end that sent FIN or RST first.") \
	IS(fix, "Of doctor: what to do about it.") \
	IS(groups, "Of --group-by: an array of an object for each group.") \
	IS(holders, \
	   "Of a shared close or an RST that arrived: an object with the processes " \
	   "that have the socket open.") \
	IS(kept, "Of apply: how many rules were there before and stay.") \
	IS(kernel, \
	   "The kernel's part of a stack, its figure in stats --verify, or its release " \
	   "in a recording.") \
	IS(kind, "Of explain: what a word is. Of advise: what was seen.") \
	IS(least, "Of stats --verify: the least that the kernel's counter can be by ours.") \
	IS(left, "Of drain off: policies elsewhere that were left alone.") \
	IS(left_out, "Of advise: how many ports and programs are not listed.") \
	IS(line, "Of apply: the line of a rule in its file.") \
	IS(linger, "An object with what SO_LINGER asked for and what came of it.") \
	IS(listening, "True if a program listens on the local port.") \
	IS(local, "An object with the address and the port of this side.") \
	IS(lost, \
	   "Of stats and advise: events that did not come, at most. Of a group: " \
	   "connections that lost data of ours.") \
	IS(malformed, "Of stats: attributes of the module's message that could not be read.") \
	IS(meaning, "Of explain: what a word means.") \
	IS(most, "Of stats --verify: the most that the kernel's counter can be by ours.") \
	IS(moving, \
	   "Of stats: true if there is a listener, without which most counters stand " \
	   "still.") \
	IS(netns_name, "Name of the network namespace, where it has one.") \
	IS(never_sent, \
	   "Of advise: those of bytes_at_risk that were never sent, so cannot have " \
	   "arrived.") \
	IS(not_received, \
	   "Of a story: bytes that this end sent and the other end has not received.") \
	IS(note, "Of stats --verify: what else the counter depends on.") \
	IS(now, "Of compared in advise: the figures of this run.") \
	IS(off, "Of drain off: always true.") \
	IS(others, \
	   "Of a group: true if it is of all that have none of their own. Of what " \
	   "advise has seen: true if it was seen elsewhere, too.") \
	IS(owners, "Of pending: an array of the processes that have the socket open.") \
	IS(partial, "Of stats -r: true if the recording lacks ends that went well.") \
	IS(peer, "Of --group-by peer: the address of the peer.") \
	IS(pod, "UID of the pod of the closer.") \
	IS(port, "A port, of advise and of --group-by the local one.") \
	IS(ports, "Of advise: an array of the ports on which a drain would have helped.") \
	IS(probe, "Of doctor: the function, or the tracepoint, that is probed.") \
	IS(processes, "An array of objects with comm, pid and fd.") \
	IS(program, "The program's part of a stack.") \
	IS(programs, "Of advise: an array of the programs that a drain would have helped.") \
	IS(protocol, "Of a recording: the version of the netlink protocol.") \
	IS(read, "Of a story: bytes that the program at this end has read.") \
	IS(reading, "Of drains --watch: which reading it is, counted from 1.") \
	IS(recorded, "Of stats -r: always true.") \
	IS(remedy, "What changes it, from --diag, advise or explain.") \
	IS(remote, \
	   "An object with the address and the port of the peer; absent for a " \
	   "listener.") \
	IS(removed, \
	   "Of del: always true. Of apply, flush and drain off: how many policies were " \
	   "removed.") \
	IS(responses, "Of advise: those of rsts at which data of ours was not acknowledged.") \
	IS(retransmits, "Of pending: what the timer has sent in vain.") \
	IS(rows, \
	   "Of stats --verify: an array of an object for each of the kernel's " \
	   "counters.") \
	IS(rsts, "Of advise: RSTs of this side that a drain would have avoided.") \
	IS(rsts_received, "Of a group: RSTs that the peers sent.") \
	IS(rsts_sent, "Of a group: RSTs that this side sent.") \
	IS(seen, "Of advise: an array of what else was seen, which a drain does not mend.") \
	IS(seen_as, \
	   "Of advise: how the port is known to be a server's: listener, guess or " \
	   "unknown.") \
	IS(shadowed_by, \
	   "Id of a policy that is tried first and matches all of it, so that this one " \
	   "never acts.") \
	IS(shadows, \
	   "Of a policy that is added: an array with the ids of those that no longer " \
	   "act because of it.") \
	IS(silent_ms, "Of pending: time since the peer's last segment, in ms.") \
	IS(span_ns, "The time that the figures are of, in ns.") \
	IS(stack, "With --stack: an object with the functions that led to it.") \
	IS(steady, "Of stats --verify: false if counters moved while they were read.") \
	IS(story, "Of story: the sentence.") \
	IS(sum, "Of stats --verify: which of our counters add up to the kernel's.") \
	IS(timer, \
	   "Of pending: the timer that runs, none, retransmit, keepalive, minisock or " \
	   "persist.") \
	IS(timer_ms, "Of pending: time until the timer expires, in ms.") \
	IS(unfollowed, \
	   "Of stats: closes that were not followed in that time, because the table " \
	   "was full.") \
	IS(unnamed, "Of advise: closes of programs beyond those that it counts.") \
	IS(waits_for, "Of pending: what the connection waits for.") \
	IS(where, "Of advise: where it was seen, such as a port, a program or a peer.") \
	IS(word, "Of explain: the word.")

#define NUMBER(member, ...)	MEMBER_##member,
#define WORD(member, ...) \
	[MEMBER_##member] = CW_WORD_IS(#member),
#define ABOUT(member, about) \
	[MEMBER_##member] = about,

enum { MEMBERS(NUMBER) };

static const struct cw_word words[] = {
	MEMBERS(WORD)
};

static const char *const docs[] = {
	MEMBERS(ABOUT)
};

const struct cw_names cw_member_names = {
	.word = words, .count = ARRAY_SIZE(words), .doc = docs, .name = "member",
};
