// SPDX-License-Identifier: GPL-2.0
/* What tshark shows of a message, by the dissector that the spec generates. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <time.h>

#include "base/address.h"
#include "fixture.h"
#include "kselftest_harness.h"
#include "netlink/decode.h"

#define FAMILY		0x21
#define SCRIPT		"../Documentation/netlink/closewatch.lua"
#define LINKTYPE_NETLINK 253
#define FIELDS		"-T fields -E separator='|' -Y closewatch"

FIXTURE(dissector)
{
	char path[32];
	FILE *f;
	struct message m;
	struct cw_msg_event ev;
};

/* As nlmon gives them to tcpdump: a header in the network's order before each. */
static void write_packet(FILE *f, uint16_t type, uint8_t cmd,
			 const struct message *m)
{
	const uint16_t cooked[8] = { [1] = htons(824), [7] = htons(NETLINK_GENERIC) };
	const struct genlmsghdr gh = { .cmd = cmd, .version = 2 };
	const struct nlmsghdr nlh = {
		.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN + m->len,
		.nlmsg_type = type,
	};
	const uint32_t len = sizeof(cooked) + nlh.nlmsg_len;
	const uint32_t record[4] = { 1, 0, len, len };

	fwrite(record, sizeof(record), 1, f);
	fwrite(cooked, sizeof(cooked), 1, f);
	fwrite(&nlh, sizeof(nlh), 1, f);
	fwrite(&gh, sizeof(gh), 1, f);
	fwrite(m->b, m->len, 1, f);
}

/* Its name comes from nlctrl's answer, as in a capture. */
FIXTURE_SETUP(dissector)
{
	const uint32_t head[6] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65536, LINKTYPE_NETLINK };
	struct message family = { 0 };

	if (system("command -v tshark >/dev/null"))
		SKIP(return, "tshark is not installed");
	strcpy(self->path, "/tmp/cw-pcap-XXXXXX");
	self->f = fdopen(mkstemp(self->path), "w");
	ASSERT_NE(NULL, self->f);
	fwrite(head, sizeof(head), 1, self->f);
	put_u16(&family, CTRL_ATTR_FAMILY_ID, FAMILY);
	put(&family, CTRL_ATTR_FAMILY_NAME, "closewatch", 11);
	write_packet(self->f, GENL_ID_CTRL, CTRL_CMD_NEWFAMILY, &family);
	put_everything(&self->m);
	cw_decode_event(&self->ev, self->m.b, self->m.len);
}

FIXTURE_TEARDOWN(dissector)
{
	if (self->path[0])
		unlink(self->path);
}

/* The last line that tshark prints for the options; to be freed. */
static char *dissect(const char *path, const char *options)
{
	char *line = NULL, command[8192];
	size_t room = 0;
	FILE *f;

	snprintf(command, sizeof(command),
		 "tshark -n -X lua_script:" SCRIPT " -r %s %s 2>&1", path, options);
	f = popen(command, "r");
	while (getline(&line, &room, f) > 0)
		;
	pclose(f);
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static void put_nest(struct message *m, unsigned int type, const struct message *in)
{
	put(m, type | NLA_F_NESTED, in->b, in->len);
}

/* As tshark writes a value of a field. */
static void expected(const struct cw_msg_event *ev, const struct cw_field *f,
		     char *buf, size_t size)
{
	const struct cw_bytes *bytes = cw_field_bytes(f, ev);
	bool is_number = f->kind != CW_FIELD_STRING && f->kind != CW_FIELD_ADDRESS;
	uint64_t n = is_number ? cw_field_number(f, ev) : 0;
	time_t second = n / 1000000000;
	char date[64];

	if (f->kind == CW_FIELD_STRING) {
		snprintf(buf, size, "%.*s", bytes->len, (const char *)bytes->b);
	} else if (f->kind == CW_FIELD_ADDRESS) {
		inet_ntop(bytes->len == 4 ? AF_INET : AF_INET6, bytes->b, buf, size);
	} else if (f->kind == CW_FIELD_TIME) {
		strftime(date, sizeof(date), "%b %e, %Y %H:%M:%S", gmtime(&second));
		snprintf(buf, size, "%s.%09" PRIu64 " UTC", date, n % 1000000000);
	} else {
		snprintf(buf, size, "%" PRIu64, n);
	}
}

TEST_F(dissector, each_fact_of_an_event_is_a_field)
{
	struct message m = { 0 };
	char options[8000] = FIELDS, want[128];
	char *line, *at, *value;
	unsigned int i;

	put_nest(&m, CLOSEWATCH_A_EVENT, &self->m);
	write_packet(self->f, FAMILY, CLOSEWATCH_CMD_EVENT, &m);
	fclose(self->f);
	for (i = 0; i <= CLOSEWATCH_A_EVENT_MAX; i++)
		if (cw_event_fields[i].kind != CW_FIELD_NONE)
			sprintf(options + strlen(options), " -e closewatch.event.%s",
				cw_event_fields[i].name);
	line = dissect(self->path, options);
	at = line;
	for (i = 0; i <= CLOSEWATCH_A_EVENT_MAX; i++) {
		if (cw_event_fields[i].kind == CW_FIELD_NONE)
			continue;
		expected(&self->ev, &cw_event_fields[i], want, sizeof(want));
		value = strsep(&at, "|");
		ASSERT_NE(NULL, value) {
			TH_LOG("%s", line);
		}
		EXPECT_STREQ(want, value) {
			TH_LOG("%s", cw_event_fields[i].name);
		}
	}
	EXPECT_EQ(NULL, at);
	free(line);
}

TEST_F(dissector, words_are_shown_and_found)
{
	struct message m = { 0 };
	char *line;

	put_nest(&m, CLOSEWATCH_A_EVENT, &self->m);
	write_packet(self->f, FAMILY, CLOSEWATCH_CMD_EVENT, &m);
	fclose(self->f);
	line = dissect(self->path,
		       "-Y 'closewatch.event.path == \"rst-unread\" && closewatch.event.uid == 33'");
	EXPECT_NE(NULL, strstr(line, "closewatch"));
	EXPECT_NE(NULL, strstr(line, " event"));
	free(line);
	line = dissect(self->path,
		       "-V | grep -cE 'path: rst-unread \\(9|state: FIN_WAIT2 \\(5|ulp: tls'");
	EXPECT_STREQ("3", line);
	free(line);
}

/* A fact that does not apply is not there, and IPv6 is IPv6. */
TEST_F(dissector, an_absent_member_of_a_struct_is_no_field)
{
	struct closewatch_facts facts = some_facts();
	struct message m = { 0 }, event = { 0 };
	char *line;

	facts.has &= ~(1ULL << CLOSEWATCH_A_EVENT_SENT);
	facts.family = AF_INET6;
	facts.local_addr[15] = 1;
	put(&event, CLOSEWATCH_A_EVENT_FACTS, &facts, sizeof(facts));
	put_nest(&m, CLOSEWATCH_A_EVENT, &event);
	write_packet(self->f, FAMILY, CLOSEWATCH_CMD_EVENT, &m);
	fclose(self->f);
	line = dissect(self->path, FIELDS
		       " -e closewatch.event.sent -e closewatch.event.received"
		       " -e closewatch.event.local_addr");
	EXPECT_STREQ("|96|7f00:1::1", line);
	free(line);
}

/* A request, and what is torn: nothing may make the dissector fail. */
TEST_F(dissector, requests_and_malformed_messages_are_dissected)
{
	struct message m = { 0 }, filter = { 0 };
	char *line;
	size_t i;

	put_u16(&filter, CLOSEWATCH_A_FILTER_LOCAL_PORT, 443);
	put(&filter, CLOSEWATCH_A_FILTER_ALL_NETNS, "", 0);
	put_nest(&m, CLOSEWATCH_A_FILTER, &filter);
	write_packet(self->f, FAMILY, CLOSEWATCH_CMD_SUBSCRIBE, &m);
	m.len = 0;
	put_nest(&m, CLOSEWATCH_A_EVENT, &self->m);
	for (i = 0; i < m.len; i += 7) {
		struct message cut = m;

		cut.len = i;
		write_packet(self->f, FAMILY, CLOSEWATCH_CMD_EVENT, &cut);
		memset(cut.b + i, 0xff, 8);
		cut.len = m.len;
		write_packet(self->f, FAMILY, CLOSEWATCH_CMD_EVENT, &cut);
	}
	fclose(self->f);
	line = dissect(self->path, FIELDS ".command==1"
		       " -e closewatch.filter.local_port -e closewatch.filter.all_netns");
	EXPECT_STREQ("443|1", line);
	free(line);
	line = dissect(self->path, "-V | grep -ci 'lua error'");
	EXPECT_STREQ("0", line);
	free(line);
}

TEST_HARNESS_MAIN
