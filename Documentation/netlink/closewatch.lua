-- SPDX-License-Identifier: GPL-2.0
-- Do not edit: make spec generates it from Documentation/netlink/specs/closewatch.yaml.
--
-- Shows closewatch's messages in a capture of netlink, see capture.rst:
--	tshark -X lua_script:closewatch.lua -r FILE -Y closewatch
-- The capture must have the answer in which nlctrl names the family: it does if it
-- was begun before the program that is looked at.

local words = {
	["event-type"] = { [0] = "close", [1] = "linger-wait", [2] = "lost", [3] = "shutdown", [4] = "shared-close", [5] = "write-after-shutdown", [6] = "fate", [7] = "reset", [8] = "drain-begin", [9] = "drain-end", [10] = "policy" },
	["path"] = { [0] = "unknown", [1] = "fin", [2] = "fin-behind-data", [3] = "fin-on-sent-data", [4] = "fin-lost", [5] = "already-fin", [6] = "already-closed", [7] = "syn-sent", [8] = "listener", [9] = "rst-unread", [10] = "rst-linger0", [11] = "linger0-silent", [12] = "rst-linger2", [13] = "rst-memory", [14] = "repair", [15] = "netns-gone", [16] = "drain", [17] = "flag-only", [18] = "deferred", [19] = "none", [20] = "mptcp" },
	["fin-form"] = { [0] = "none", [1] = "alone", [2] = "behind-data", [3] = "on-sent-data", [4] = "lost" },
	["linger-outcome"] = { [0] = "none", [1] = "acked", [2] = "timeout", [3] = "signal", [4] = "reset", [5] = "skipped-exit", [6] = "skipped-rst" },
	["cause"] = { [0] = "close", [1] = "exec", [2] = "exit", [3] = "kernel", [4] = "signal" },
	["loss"] = { [0] = "ring", [1] = "socket", [2] = "probe", [3] = "inflight", [4] = "blind", [5] = "recording" },
	["how"] = { [0] = "rd", [1] = "wr", [2] = "rdwr" },
	["fate"] = { [0] = "unknown", [1] = "time-wait", [2] = "time-wait-overflow", [3] = "fin-wait2-timeout", [4] = "acked", [5] = "rst-late-data", [6] = "rst-linger2", [7] = "peer-reset", [8] = "retransmit-timeout", [9] = "keepalive-timeout", [10] = "user-timeout", [11] = "memory", [12] = "orphan-limit", [13] = "killed", [14] = "disconnected", [15] = "netns-gone", [16] = "aborted", [17] = "mptcp", [18] = "late-data-silent" },
	["verdict"] = { [0] = "unknown", [1] = "delivered", [2] = "lost" },
	["side"] = { [0] = "unknown", [1] = "local", [2] = "peer" },
	["reset-kind"] = { [0] = "received", [1] = "no-socket", [2] = "listener", [3] = "time-wait", [4] = "bad-segment", [5] = "late-data", [6] = "no-listener", [7] = "late-segment" },
	["action"] = { [0] = "drain", [1] = "linger", [2] = "reset", [3] = "leave" },
	["drain-outcome"] = { [0] = "unknown", [1] = "delivered", [2] = "idle-timeout", [3] = "total-timeout", [4] = "byte-limit", [5] = "peer-reset", [6] = "retransmit-timeout", [7] = "killed", [8] = "shed", [9] = "flushed", [10] = "refused" },
	["refusal"] = { [0] = "not-connected", [1] = "linger0", [2] = "repair", [3] = "fast-open", [4] = "ulp", [5] = "mptcp", [6] = "foreign", [7] = "limit", [8] = "memory-pressure", [9] = "no-memory", [10] = "switched-off", [11] = "linger2", [12] = "oom-victim" },
	["state"] = { [1] = "ESTABLISHED", [2] = "SYN_SENT", [3] = "SYN_RECV", [4] = "FIN_WAIT1", [5] = "FIN_WAIT2", [6] = "TIME_WAIT", [7] = "CLOSE", [8] = "CLOSE_WAIT", [9] = "LAST_ACK", [10] = "LISTEN", [11] = "CLOSING", [12] = "NEW_SYN_RECV" },
}

local structs = {
	["facts"] = {
		{ name = "has", size = 8 },
		{ name = "time", size = 8 },
		{ name = "seq", size = 8 },
		{ name = "cookie", size = 8 },
		{ name = "sent", size = 8 },
		{ name = "retransmitted", size = 8 },
		{ name = "received", size = 8 },
		{ name = "acked", size = 8 },
		{ name = "age-ns", size = 8 },
		{ name = "cgroup", size = 8 },
		{ name = "local-addr", size = 16 },
		{ name = "remote-addr", size = 16 },
		{ name = "comm", size = 16 },
		{ name = "netns", size = 4 },
		{ name = "cpu", size = 4 },
		{ name = "pid", size = 4 },
		{ name = "tid", size = 4 },
		{ name = "uid", size = 4 },
		{ name = "unread", size = 4 },
		{ name = "unsent", size = 4 },
		{ name = "unacked", size = 4 },
		{ name = "family", size = 2 },
		{ name = "local-port", size = 2 },
		{ name = "remote-port", size = 2 },
		{ name = "type", size = 1 },
		{ name = "state", size = 1 },
		{ name = "new-state", size = 1 },
		{ name = "why", size = 1 },
		{ name = "path", size = 1 },
		{ name = "fin", size = 1 },
		{ name = "fate", size = 1 },
		{ name = "verdict", size = 1 },
		{ name = "closed-first", size = 1 },
		{ name = "linger-on", size = 1 },
	},
	["more"] = {
		{ name = "since-ended-ns", size = 8 },
		{ name = "since-received-ns", size = 8 },
		{ name = "since-heard-ns", size = 8 },
		{ name = "ended-by", size = 4 },
		{ name = "inode", size = 4 },
		{ name = "connect-error", size = 4 },
		{ name = "connect-rst", size = 4 },
	},
}

local sets = {
	["message"] = {
		[1] = { name = "filter", type = "nest", nest = "filter" },
		[2] = { name = "event", type = "nest", nest = "event" },
		[3] = { name = "listener", type = "nest", nest = "listener" },
		[4] = { name = "info", type = "nest", nest = "info" },
		[5] = { name = "stats", type = "nest", nest = "stats" },
		[6] = { name = "policy", type = "nest", nest = "policy" },
		[7] = { name = "drain", type = "nest", nest = "event" },
		[8] = { name = "set", type = "nest", nest = "policy" },
		[9] = { name = "change", type = "nest", nest = "change" },
	},
	["filter"] = {
		[1] = { name = "events", type = "u32" },
		[2] = { name = "paths", type = "u64" },
		[3] = { name = "family", type = "u16" },
		[4] = { name = "pid", type = "u32" },
		[5] = { name = "uid", type = "u32" },
		[6] = { name = "comm", type = "string" },
		[7] = { name = "cgroup", type = "u64" },
		[8] = { name = "port", type = "u16" },
		[9] = { name = "local-port", type = "u16" },
		[10] = { name = "remote-port", type = "u16" },
		[11] = { name = "netns-fd", type = "u32" },
		[12] = { name = "all-netns", type = "flag" },
		[13] = { name = "quiet", type = "flag" },
		[14] = { name = "by-inode", type = "flag" },
	},
	["event"] = {
		[2] = { name = "type", type = "u32", words = "event-type" },
		[3] = { name = "time", type = "u64" },
		[4] = { name = "cpu", type = "u32" },
		[5] = { name = "seq", type = "u64" },
		[6] = { name = "netns", type = "u64" },
		[7] = { name = "family", type = "u16" },
		[8] = { name = "local-addr", type = "binary" },
		[9] = { name = "remote-addr", type = "binary" },
		[10] = { name = "local-port", type = "u16" },
		[11] = { name = "remote-port", type = "u16" },
		[12] = { name = "cookie", type = "u64" },
		[13] = { name = "path", type = "u32", words = "path" },
		[14] = { name = "state", type = "u8", words = "state" },
		[15] = { name = "new-state", type = "u8", words = "state" },
		[16] = { name = "unread", type = "u32" },
		[17] = { name = "unsent", type = "u32" },
		[18] = { name = "unacked", type = "u32" },
		[19] = { name = "sent", type = "u64" },
		[20] = { name = "retransmitted", type = "u64" },
		[21] = { name = "received", type = "u64" },
		[22] = { name = "acked", type = "u64" },
		[23] = { name = "age-ns", type = "u64" },
		[24] = { name = "fin", type = "u32", words = "fin-form" },
		[25] = { name = "linger-on", type = "u8" },
		[26] = { name = "linger-seconds", type = "u32" },
		[27] = { name = "linger-waited-ns", type = "u64" },
		[28] = { name = "linger-outcome", type = "u32", words = "linger-outcome" },
		[29] = { name = "why", type = "u32", words = "cause" },
		[30] = { name = "pid", type = "u32" },
		[31] = { name = "tid", type = "u32" },
		[32] = { name = "comm", type = "string" },
		[33] = { name = "uid", type = "u32" },
		[34] = { name = "cgroup", type = "u64" },
		[35] = { name = "children", type = "u32" },
		[36] = { name = "children-reset", type = "u32" },
		[37] = { name = "ulp", type = "string" },
		[38] = { name = "count", type = "u64" },
		[39] = { name = "loss", type = "u32", words = "loss" },
		[40] = { name = "how", type = "u32", words = "how" },
		[41] = { name = "references", type = "u32" },
		[42] = { name = "sigpipe", type = "u8" },
		[43] = { name = "fate", type = "u32", words = "fate" },
		[44] = { name = "verdict", type = "u32", words = "verdict" },
		[45] = { name = "lost-bytes", type = "u64" },
		[46] = { name = "closed-first", type = "u32", words = "side" },
		[47] = { name = "since-close-ns", type = "u64" },
		[48] = { name = "reset-kind", type = "u32", words = "reset-kind" },
		[49] = { name = "kernel-reason", type = "string" },
		[50] = { name = "children-migrated", type = "u32" },
		[51] = { name = "syn-queue", type = "u32" },
		[52] = { name = "policy-id", type = "u32" },
		[53] = { name = "action", type = "u32", words = "action" },
		[54] = { name = "dry-run", type = "u8" },
		[55] = { name = "drain-outcome", type = "u32", words = "drain-outcome" },
		[56] = { name = "refusal", type = "u32", words = "refusal" },
		[57] = { name = "discarded", type = "u64" },
		[58] = { name = "response-bytes", type = "u64" },
		[59] = { name = "response-acked", type = "u64" },
		[60] = { name = "drain-ns", type = "u64" },
		[61] = { name = "saved", type = "u8" },
		[62] = { name = "facts", type = "binary", struct = "facts" },
		[63] = { name = "signal", type = "u32" },
		[64] = { name = "since-sent-ns", type = "u64" },
		[65] = { name = "more", type = "binary", struct = "more" },
	},
	["listener"] = {
		[2] = { name = "sent", type = "u64" },
		[3] = { name = "lost", type = "u64" },
	},
	["info"] = {
		[2] = { name = "version", type = "string" },
		[3] = { name = "listeners", type = "u32" },
		[4] = { name = "probes", type = "u32" },
		[5] = { name = "events", type = "u64" },
		[6] = { name = "lost-ring", type = "u64" },
		[7] = { name = "lost-socket", type = "u64" },
		[8] = { name = "missed", type = "u64" },
		[9] = { name = "inflight-full", type = "u64" },
		[10] = { name = "inflight", type = "u32" },
		[11] = { name = "ring-slots", type = "u32" },
		[12] = { name = "policies", type = "u32" },
		[13] = { name = "drains", type = "u32" },
		[14] = { name = "policy-armed", type = "u8" },
		[15] = { name = "blind", type = "u8" },
		[16] = { name = "blind-seconds", type = "u64" },
		[17] = { name = "probes-stuck", type = "u32" },
		[18] = { name = "probes-fired", type = "u32" },
		[19] = { name = "evicted", type = "u64" },
		[20] = { name = "userns", type = "u8" },
		[21] = { name = "probe", type = "nest", nest = "probe" },
	},
	["probe"] = {
		[1] = { name = "name", type = "string" },
		[2] = { name = "at-return", type = "u8" },
		[3] = { name = "fired", type = "u8" },
	},
	["stats"] = {
		[2] = { name = "netns", type = "u64" },
		[3] = { name = "close", type = "nest", nest = "tally" },
		[4] = { name = "fate", type = "nest", nest = "tally" },
		[5] = { name = "linger-wait", type = "nest", nest = "bucket" },
		[6] = { name = "fate-time", type = "nest", nest = "bucket" },
		[7] = { name = "unread", type = "nest", nest = "bucket" },
		[8] = { name = "drain", type = "nest", nest = "drain-tally" },
		[9] = { name = "refused", type = "nest", nest = "drain-tally" },
		[10] = { name = "drain-close", type = "nest", nest = "tally" },
		[11] = { name = "saved", type = "u64" },
		[12] = { name = "saved-bytes", type = "u64" },
		[13] = { name = "drains", type = "u32" },
		[14] = { name = "nothing-to-drain", type = "u64" },
		[15] = { name = "linger-wait-ns", type = "u64" },
	},
	["drain-tally"] = {
		[2] = { name = "outcome", type = "u32", words = "drain-outcome" },
		[3] = { name = "refusal", type = "u32", words = "refusal" },
		[4] = { name = "events", type = "u64" },
		[5] = { name = "discarded", type = "u64" },
		[6] = { name = "response-bytes", type = "u64" },
		[7] = { name = "response-acked", type = "u64" },
	},
	["tally"] = {
		[2] = { name = "path", type = "u32", words = "path" },
		[3] = { name = "fate", type = "u32", words = "fate" },
		[4] = { name = "events", type = "u64" },
		[5] = { name = "unread-bytes", type = "u64" },
		[6] = { name = "lost-bytes", type = "u64" },
		[7] = { name = "minisocks", type = "u64" },
	},
	["bucket"] = {
		[2] = { name = "log2", type = "u32" },
		[3] = { name = "count", type = "u64" },
	},
	["policy"] = {
		[2] = { name = "id", type = "u32" },
		[3] = { name = "action", type = "u32", words = "action" },
		[4] = { name = "socket-fd", type = "u32" },
		[5] = { name = "cookie", type = "u64" },
		[6] = { name = "family", type = "u16" },
		[7] = { name = "local-port", type = "u16" },
		[8] = { name = "local-port-last", type = "u16" },
		[9] = { name = "remote-addr", type = "binary" },
		[10] = { name = "remote-prefix", type = "u8" },
		[11] = { name = "comm", type = "string" },
		[12] = { name = "uid", type = "u32" },
		[13] = { name = "cgroup", type = "u64" },
		[14] = { name = "netns-fd", type = "u32" },
		[15] = { name = "all-netns", type = "flag" },
		[16] = { name = "netns", type = "u64" },
		[17] = { name = "priority", type = "u32" },
		[18] = { name = "expires-ms", type = "u64" },
		[19] = { name = "idle-ms", type = "u32" },
		[20] = { name = "total-ms", type = "u32" },
		[21] = { name = "bytes", type = "u64" },
		[22] = { name = "linger-seconds", type = "u32" },
		[23] = { name = "dry-run", type = "flag" },
		[24] = { name = "force", type = "flag" },
		[25] = { name = "even-linger0", type = "flag" },
		[26] = { name = "hits", type = "u64" },
		[27] = { name = "even-oom", type = "flag" },
	},
	["change"] = {
		[1] = { name = "id", type = "u32" },
		[2] = { name = "added", type = "flag" },
		[3] = { name = "removed", type = "flag" },
	},
}

local commands = {
	[1] = "subscribe",
	[2] = "unsubscribe",
	[3] = "info",
	[4] = "event",
	[5] = "stats",
	[6] = "policy-add",
	[7] = "policy-del",
	[8] = "policy-get",
	[9] = "policy-flush",
	[10] = "drain-get",
	[11] = "drain-off",
	[12] = "policy-set",
}

local proto = Proto("closewatch", "closewatch")
local set_fields = {}
local sizes = { u8 = 1, u16 = 2, u32 = 4, u64 = 8 }

local function make_field(set, attr)
	local name = attr.name:gsub("-", "_")
	local abbr = "closewatch." .. set:gsub("-", "_") .. "." .. name
	if attr.name == "time" then
		return ProtoField.absolute_time(abbr, attr.name, base.UTC)
	elseif sizes[attr.type] then
		local kind = attr.type:gsub("u", "uint")
		return ProtoField[kind](abbr, attr.name, base.DEC, attr.words and words[attr.words])
	elseif attr.type == "nest" then
		return ProtoField.none(abbr, attr.name)
	elseif attr.type == "flag" then
		return ProtoField.bool(abbr, attr.name)
	end
	return ProtoField.string(abbr, attr.name)
end

local all = {}
for set, attrs in pairs(sets) do
	set_fields[set] = {}
	for number, attr in pairs(attrs) do
		set_fields[set][number] = make_field(set, attr)
		all[#all + 1] = set_fields[set][number]
	end
end
local command_field = ProtoField.uint8("closewatch.command", "command", base.DEC, commands)
all[#all + 1] = command_field
proto.fields = all

local function number_of(set, name)
	for number, attr in pairs(sets[set]) do
		if attr.name == name then return number end
	end
end

-- Of a struct an address has room for IPv6 whatever it is.
local function add_address(tree, field, range, family)
	if family == 2 or range:len() == 4 then
		tree:add(field, range, tostring(range(0, 4):ipv4()))
	elseif range:len() == 16 then
		tree:add(field, range, tostring(range:ipv6()))
	end
end

local function add_value(tree, set, number, range, family)
	local attr, field = sets[set][number], set_fields[set][number]
	if attr.name == "time" then
		local ns = range:le_uint64()
		tree:add(field, range, NSTime.new((ns / 1000000000):tonumber(),
			(ns % 1000000000):tonumber()))
	elseif sizes[attr.type] then
		tree:add_le(field, range)
	elseif attr.type == "string" then
		tree:add(field, range, range:stringz())
	elseif attr.type == "flag" then
		tree:add(field, true)
	else
		add_address(tree, field, range, family)
	end
end

-- Bit n of the first member says whether what attribute n is called applies.
local function has(range, number)
	local byte = range(math.floor(number / 8), 1):uint()
	return math.floor(byte / 2 ^ (number % 8)) % 2 == 1
end

local function add_struct(tree, set, members, range)
	local offset, family, places = 0, nil, {}
	for _, m in ipairs(members) do
		if offset + m.size > range:len() then break end
		places[m.name] = range(offset, m.size)
		offset = offset + m.size
	end
	family = places.family and places.family:le_uint()
	for _, m in ipairs(members) do
		local number = number_of(set, m.name)
		if places[m.name] and number and has(range, number) then
			add_value(tree, set, number, places[m.name], family)
		end
	end
end

local add_attrs

local function add_attr(tree, set, number, range)
	local attr = sets[set][number]
	if not attr or attr.type == "pad" or range:len() == 0 and attr.type ~= "flag" then
		return
	elseif attr.type == "nest" then
		add_attrs(tree:add(set_fields[set][number], range), attr.nest, range)
	elseif attr.struct then
		add_struct(tree, set, structs[attr.struct], range)
	elseif not sizes[attr.type] or sizes[attr.type] == range:len() then
		add_value(tree, set, number, range)
	end
end

-- What is too short is left out, as the utility does.
function add_attrs(tree, set, range)
	local offset, n = 0, range:len()
	while n - offset >= 4 do
		local len = range(offset, 2):le_uint()
		local number = range(offset + 2, 2):le_uint() % 0x4000
		if len < 4 or len > n - offset then return end
		if len > 4 then
			add_attr(tree, set, number, range(offset + 4, len - 4))
		elseif sets[set][number] and sets[set][number].type == "flag" then
			tree:add(set_fields[set][number], range(offset, 4), true)
		end
		offset = offset + math.ceil(len / 4) * 4
	end
end

function proto.dissector(tvb, pinfo, tree)
	if tvb:len() < 4 then return 0 end
	local sub = tree:add(proto, tvb())
	sub:add(command_field, tvb(0, 1))
	pinfo.cols.protocol = "closewatch"
	pinfo.cols.info = commands[tvb(0, 1):uint()] or "unknown command"
	if tvb:len() > 4 then add_attrs(sub, "message", tvb(4)) end
	return tvb:len()
end

DissectorTable.get("genl.family"):add("closewatch", proto)
