#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""lua.py SPEC FILE: write a Wireshark dissector of the family in SPEC into FILE."""
import sys

import yaml

HEAD = """-- SPDX-License-Identifier: GPL-2.0
-- Do not edit: make spec generates it from Documentation/netlink/specs/closewatch.yaml.
--
-- Shows closewatch's messages in a capture of netlink, see capture.rst:
--	tshark -X lua_script:closewatch.lua -r FILE -Y closewatch
-- The capture must have the answer in which nlctrl names the family: it does if it
-- was begun before the program that is looked at.
"""

# Numbers are of the host's order; the module is for x86 only.
ENGINE = r"""
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
"""

SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}


def attribute(a):
    more = {"words": a.get("enum"), "nest": a.get("nested-attributes"),
            "struct": a.get("struct")}
    return 'name = "%s", type = "%s"' % (a["name"], a["type"]) + "".join(
        ', %s = "%s"' % (key, value) for key, value in more.items() if value)


def words(enum):
    names = [e if isinstance(e, str) else e["name"] for e in enum["entries"]]
    if enum["name"] == "state":
        names = [n.replace("-", "_").upper() for n in names]
    return ", ".join('[%d] = "%s"' % pair for pair in enumerate(names, enum.get("value-start", 0)))


def table(name, rows):
    return "\nlocal %s = {\n%s}\n" % (name, "".join("\t%s,\n" % row for row in rows))


def main(path, output):
    with open(path, encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    kinds = {kind: [d for d in spec["definitions"] if d["type"] == kind]
             for kind in ("enum", "struct")}
    with open(output, "w", encoding="utf-8") as f:
        f.write(HEAD)
        f.write(table("words", ('["%s"] = { %s }' % (e["name"], words(e)) for e in kinds["enum"])))
        f.write(table("structs", ('["%s"] = {\n%s\t}' % (s["name"], "".join(
            '\t\t{ name = "%s", size = %d },\n' % (m["name"], m.get("len") or SIZES[m["type"]])
            for m in s["members"])) for s in kinds["struct"])))
        f.write(table("sets", ('["%s"] = {\n%s\t}' % (s["name"], "".join(
            "\t\t[%d] = { %s },\n" % (n, attribute(a)) for n, a in enumerate(s["attributes"], 1)
            if a["type"] != "pad")) for s in spec["attribute-sets"])))
        f.write(table("commands", ('[%d] = "%s"' % (n, o["name"]) for n, o in
                                   enumerate(spec["operations"]["list"], 1))))
        f.write(ENGINE)


main(sys.argv[1], sys.argv[2])
