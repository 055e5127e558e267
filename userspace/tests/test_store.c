// SPDX-License-Identifier: GPL-2.0
/* A folder of lines: bounded files, and a disk that is full for a while. */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <fcntl.h>

#include "base/util.h"
#include "kselftest_harness.h"
#include "recording/files.h"
#include "recording/store.h"

#define HEAD "the first line\n"

FIXTURE(store)
{
	char dir[40], *lines;
	struct cw_store_options opt;
	struct cw_store *store;
	struct cw_fail fail;
	int files, written;
	off_t largest, sum;
};

static void begin(void *arg, FILE *to)
{
	fputs(HEAD, to);
}

FIXTURE_SETUP(store)
{
	strcpy(self->dir, "/tmp/cw-store-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	strcat(self->dir, "/new");
	self->opt = (struct cw_store_options){
		.path = self->dir, .max_size = 4096, .max_age = UINT64_MAX,
		.keep = 1 << 30, .begin = begin,
	};
	signal(SIGXFSZ, SIG_IGN);
}

FIXTURE_TEARDOWN(store)
{
	char command[80];

	free(self->lines);
	snprintf(command, sizeof(command), "chmod -R u+w %.21s; rm -r %.21s",
		 self->dir, self->dir);
	ASSERT_EQ(0, system(command));
}

#define open_store() cw_store_open(&self->store, &self->opt, &self->fail)
#define close_store() ({						\
		fclose(cw_store_out(self->store));			\
		cw_store_close(self->store);				\
	})

/* @n lines of 16 bytes. */
#define put_lines(n) do {						\
		int i;							\
									\
		for (i = 0; i < (n); i++)				\
			fprintf(cw_store_out(self->store), "line %010d\n",	\
				self->written++);			\
		fflush(cw_store_out(self->store));			\
	} while (0)

/* All that the files hold but for their first lines. */
#define collect() do {							\
		self->files = 0;					\
		self->sum = 0;						\
		self->largest = 0;					\
		free(self->lines);					\
		self->lines = read_all(self->dir, &self->files,		\
				       &self->largest, &self->sum);	\
		ASSERT_NE(NULL, self->lines);				\
	} while (0)

static char *read_all(const char *path, int *files, off_t *largest, off_t *sum)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY);
	struct dirent **list;
	char *all = calloc(1, 4 << 20), line[64];
	struct stat st;
	FILE *f;

	*files = cw_files_list(dir, &list);
	for (int i = 0; i < *files; i++) {
		f = fdopen(openat(dir, list[i]->d_name, O_RDONLY), "r");
		fstat(fileno(f), &st);
		*sum += st.st_size;
		if (st.st_size > *largest)
			*largest = st.st_size;
		if (!fgets(line, sizeof(line), f) || strcmp(line, HEAD)) {
			free(all);
			return NULL;
		}
		fread(all + strlen(all), 1, st.st_size, f);
		fclose(f);
	}
	cw_files_free(list, *files);
	close(dir);
	return all;
}

/* The lines are those from @from up to @to, in order. */
static bool hold(const char *lines, int from, int to)
{
	char line[32];

	for (; from < to; from++, lines += 16) {
		snprintf(line, sizeof(line), "line %010d\n", from);
		if (strncmp(line, lines, 16))
			return false;
	}
	return !*lines;
}

TEST_F(store, each_file_has_a_first_line_and_a_bounded_size)
{
	ASSERT_EQ(CW_OK, open_store());
	put_lines(1000);
	put_lines(1);
	EXPECT_EQ(0, cw_store_error(self->store));
	EXPECT_EQ(0, close_store());
	collect();
	EXPECT_EQ(4, self->files);
	EXPECT_TRUE(self->largest <= 4096);
	EXPECT_TRUE(hold(self->lines, 0, 1001));
}

TEST_F(store, the_oldest_files_go_and_all_stay_within_the_bound)
{
	self->opt.keep = 3 * 4096;
	ASSERT_EQ(CW_OK, open_store());
	put_lines(2000);
	collect();
	EXPECT_TRUE(self->sum <= 3 * 4096);
	EXPECT_EQ(3, self->files);
	EXPECT_EQ(0, close_store());
	/* Files of before count, too. */
	ASSERT_EQ(CW_OK, open_store());
	put_lines(200);
	EXPECT_EQ(0, close_store());
	collect();
	EXPECT_TRUE(self->sum <= 3 * 4096);
	EXPECT_TRUE(hold(self->lines, 2200 - strlen(self->lines) / 16, 2200));
}

TEST_F(store, an_old_file_ends_once_there_is_a_line_for_the_next)
{
	self->opt.max_age = 1;
	ASSERT_EQ(CW_OK, open_store());
	put_lines(1);
	put_lines(1);
	cw_store_retry(self->store);
	put_lines(1);
	EXPECT_EQ(0, close_store());
	collect();
	EXPECT_EQ(3, self->files);
	EXPECT_TRUE(hold(self->lines, 0, 3));
}

TEST_F(store, a_line_longer_than_a_file_has_one_of_its_own)
{
	ASSERT_EQ(CW_OK, open_store());
	put_lines(1);
	fprintf(cw_store_out(self->store), "%05000d\n", 1);
	put_lines(1);
	EXPECT_EQ(0, close_store());
	collect();
	EXPECT_EQ(3, self->files);
	EXPECT_EQ(5001 + strlen(HEAD), self->largest);
}

TEST_F(store, a_new_file_stands_behind_all_others_even_if_the_clock_went_back)
{
	static const char future[] = "closewatch-29991231T000000Z-9.ndjson";
	char path[80];
	FILE *f;

	ASSERT_EQ(0, mkdir(self->dir, 0700));
	snprintf(path, sizeof(path), "%s/%s", self->dir, future);
	f = fopen(path, "w");
	fputs(HEAD, f);
	fclose(f);
	ASSERT_EQ(CW_OK, open_store());
	EXPECT_NE(NULL, strstr(cw_store_name(self->store),
			       "closewatch-29991231T000000Z-10.ndjson"));
	EXPECT_EQ(0, close_store());
}

static void limit_files(rlim_t size)
{
	const struct rlimit limit = { size, RLIM_INFINITY };

	setrlimit(RLIMIT_FSIZE, &limit);
}

TEST_F(store, what_cannot_be_written_waits_and_nothing_is_torn)
{
	ASSERT_EQ(CW_OK, open_store());
	limit_files(100);
	put_lines(10);
	EXPECT_EQ(EFBIG, cw_store_error(self->store));
	put_lines(10);
	limit_files(RLIM_INFINITY);
	cw_store_retry(self->store);
	EXPECT_EQ(0, cw_store_error(self->store));
	put_lines(10);
	EXPECT_EQ(0, cw_store_dropped(self->store));
	EXPECT_EQ(0, close_store());
	collect();
	EXPECT_TRUE(hold(self->lines, 0, 30));
}

TEST_F(store, what_has_no_room_is_dropped_in_whole_lines_and_counted)
{
	const int many = (1 << 20) / 16 + 1000;

	self->opt.max_size = 8 << 20;
	ASSERT_EQ(CW_OK, open_store());
	limit_files(100);
	put_lines(many);
	EXPECT_EQ(EFBIG, cw_store_error(self->store));
	limit_files(RLIM_INFINITY);
	cw_store_retry(self->store);
	EXPECT_EQ(0, cw_store_error(self->store));
	/* Five lines stand in the file before the buffer of 1 MiB fills. */
	EXPECT_EQ(1000 - 5, cw_store_dropped(self->store));
	EXPECT_EQ(0, cw_store_dropped(self->store));
	EXPECT_EQ(0, close_store());
	collect();
	EXPECT_TRUE(hold(self->lines, 0, many - 995));
}

TEST_F(store, what_still_waits_at_the_end_is_lost)
{
	ASSERT_EQ(CW_OK, open_store());
	limit_files(100);
	put_lines(10);
	EXPECT_EQ(5, close_store());
	limit_files(RLIM_INFINITY);
	collect();
	/* And the torn one of them is not there. */
	EXPECT_TRUE(hold(self->lines, 0, 5));
}

TEST_F(store, a_folder_has_one_recorder)
{
	struct cw_store *first;

	ASSERT_EQ(CW_OK, open_store());
	first = self->store;
	EXPECT_EQ(CW_FAILED, open_store());
	EXPECT_NE(NULL, strstr(self->fail.what, "another closewatch"));
	self->store = first;
	EXPECT_EQ(0, close_store());
}

TEST_F(store, a_folder_that_cannot_be_written_is_an_error)
{
	self->opt.path = "/no/such/folder";
	EXPECT_EQ(CW_FAILED, open_store());
	EXPECT_NE(NULL, strstr(self->fail.what, "cannot make the folder /no/such/folder: No such"));
	self->opt.path = "/dev/null";
	EXPECT_EQ(CW_FAILED, open_store());
	EXPECT_NE(NULL, strstr(self->fail.what, "cannot open the folder /dev/null: Not a dir"));
	self->opt.path = "/proc";
	EXPECT_EQ(CW_FAILED, open_store());
	EXPECT_NE(NULL, strstr(self->fail.what, "cannot write into /proc: "));
}

TEST_HARNESS_MAIN
