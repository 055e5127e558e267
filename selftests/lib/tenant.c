// SPDX-License-Identifier: GPL-2.0
#include "tenant.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netns.h"
#include "skip.h"

static int become(const struct tenant *t)
{
	if (setresgid(t->uid, t->uid, t->uid) < 0 ||
	    setresuid(t->uid, t->uid, t->uid) < 0 ||
	    prctl(PR_SET_DUMPABLE, 1) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -1;
	if (!t->contained)
		return 0;
	return unshare(CLONE_NEWUSER) < 0 ? -1 : netns_enter();
}

/* What a tenant is asked for; both are as they were when it began */
struct job {
	int (*act)(void *arg);
	void *arg;
};

static void run(const struct tenant *t, int wire)
{
	struct job job;
	char said;

	if (become(t)) {
		perror("# tenant");
		_exit(1);
	}
	while (read(wire, &job, sizeof(job)) == sizeof(job)) {
		said = job.act(job.arg);
		if (write(wire, &said, 1) != 1)
			_exit(1);
	}
	_exit(0);
}

int tenant_start(struct tenant *t, int (*act)(void *arg), void *arg)
{
	int fd[2];

	if (t->contained)
		skip_without_userns();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0)
		return -1;
	t->pid = fork();
	if (!t->pid) {
		close(fd[0]);
		run(t, fd[1]);
	}
	close(fd[1]);
	t->wire = fd[0];
	return tenant_do(t, act, arg);
}

int tenant_do(struct tenant *t, int (*act)(void *arg), void *arg)
{
	struct job job = { act, arg };
	char said;

	if (t->pid <= 0 ||
	    send(t->wire, &job, sizeof(job), MSG_NOSIGNAL) != sizeof(job) ||
	    read(t->wire, &said, 1) != 1)
		return -1;
	return said;
}

int tenant_stop(struct tenant *t)
{
	pid_t pid = t->pid;

	t->pid = 0;
	if (pid <= 0)
		return 0;
	close(t->wire);
	return kill(pid, SIGKILL) || waitpid(pid, NULL, 0) != pid ? -1 : 0;
}

static char state_of(pid_t tid)
{
	char path[64], state = '?';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	if (f)
		fclose(f);
	return state;
}

bool thread_sleeps(pid_t tid)
{
	for (int i = 0; i < 20; i++) {
		char state = state_of(tid);

		/* So it waits for RCU's tasks since 6.8 */
		if (state != 'I' && state != 'D' && state != 'S')
			return false;
		poll(NULL, 0, 5);
	}
	return true;
}
