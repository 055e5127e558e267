// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/util.h"
#include "host/health.h"

#define SECURE_BOOT_VAR \
	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

void cw_find(struct cw_finding *f, enum cw_health health, const char *fix,
	     const char *fmt, ...)
{
	va_list ap;

	f->health = health;
	snprintf(f->fix, sizeof(f->fix), "%s", fix ? fix : "");
	va_start(ap, fmt);
	vsnprintf(f->what, sizeof(f->what), fmt, ap);
	va_end(ap);
}

static FILE *root_open(const char *root, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return fopen(full, "re");
}

static bool root_exists(const char *root, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return !access(full, F_OK);
}

/* The first line of a file without its newline; false if unreadable. */
static bool read_line(const char *root, const char *path, char *buf,
		      size_t size)
{
	FILE *file = root_open(root, path);
	bool ok;

	if (!file)
		return false;
	ok = fgets(buf, size, file);
	fclose(file);
	if (ok)
		buf[strcspn(buf, "\n")] = '\0';
	return ok;
}

/* 1: a line contains @needle. 0: none does. -1: unreadable. */
static int file_has(const char *root, const char *path, const char *needle)
{
	FILE *file = root_open(root, path);
	char line[1024];
	int found = 0;

	if (!file)
		return -1;
	while (!found && fgets(line, sizeof(line), file))
		found = !!strstr(line, needle);
	fclose(file);
	return found;
}

static const char *release(void)
{
	static struct utsname uts;

	if (!uts.release[0])
		uname(&uts);
	return uts.release;
}

bool cw_health_module_loaded(const char *root)
{
	return root_exists(root, "/sys/module/closewatch");
}

bool cw_health_userns(const char *root)
{
	char value[8];

	return read_line(root, "/sys/module/closewatch/parameters/userns",
			 value, sizeof(value)) && value[0] == 'Y';
}

bool cw_health_parameter(const char *root, const char *name, uint32_t *value)
{
	char path[128], text[16];

	snprintf(path, sizeof(path), "/sys/module/closewatch/parameters/%s",
		 name);
	return read_line(root, path, text, sizeof(text)) &&
	       sscanf(text, "%" SCNu32, value) == 1;
}

bool cw_health_has_kprobes(const char *root)
{
	return file_has(root, "/proc/kallsyms", " register_kprobe\n");
}

static bool installed(const char *root)
{
	char path[256];

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release());
	return file_has(root, path, "closewatch.ko") > 0;
}

/* Beside the folder of this program, where make leaves both. */
static bool built_beside(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	char *slash;
	int i;

	path[n > 0 ? n : 0] = '\0';
	for (i = 0; i < 2; i++) {
		slash = strrchr(path, '/');
		if (!slash)
			return false;
		*slash = '\0';
	}
	if (strlen(path) + sizeof("/closewatch.ko") > size)
		return false;
	strcat(path, "/closewatch.ko");
	return !access(path, F_OK);
}

bool cw_health_load_command(const char *root, char *buf, size_t size)
{
	char path[256];

	if (installed(root))
		snprintf(buf, size, "sudo modprobe closewatch");
	else if (!access("closewatch.ko", F_OK))
		snprintf(buf, size, "sudo insmod ./closewatch.ko");
	else if (built_beside(path, sizeof(path)))
		snprintf(buf, size, "sudo insmod %s", path);
	else
		return false;
	return true;
}

/* An upgrade of the packages leaves the old module loaded. */
const char *cw_health_reload_commands(const char *root, char *buf, size_t size)
{
	char load[300];

	snprintf(buf, size, "sudo rmmod closewatch && %s",
		 cw_health_load_command(root, load, sizeof(load)) ? load :
		 "make && sudo insmod ./closewatch.ko");
	return buf;
}

static void check_kernel(const char *root, struct cw_finding *f)
{
	if (!root_exists(root, "/proc/modules"))
		cw_find(f, CW_ILL, "sudo apt-get install linux-image-amd64 && sudo reboot",
			"kernel %s takes no modules (CONFIG_MODULES)", release());
	else if (!cw_health_has_kprobes(root))
		cw_find(f, CW_ILL, "sudo apt-get install linux-image-amd64 && sudo reboot",
			"kernel %s has no kprobes (CONFIG_KPROBES)", release());
	else
		cw_find(f, CW_HEALTHY, NULL,
			"kernel %s takes modules and has kprobes", release());
}

static void check_built(const char *root, struct cw_finding *f)
{
	char text[320];

	if (cw_health_module_loaded(root)) {
		cw_find(f, CW_HEALTHY, NULL, "a module for this kernel was built");
	} else if (cw_health_load_command(root, text, sizeof(text))) {
		cw_find(f, CW_HEALTHY, NULL, installed(root) ?
			"closewatch.ko is installed for kernel %s" :
			"closewatch.ko is built; whether for kernel %s is not checked",
			release());
	} else {
		snprintf(text, sizeof(text),
			 "sudo apt-get install linux-headers-%s && make",
			 release());
		cw_find(f, CW_ILL, text,
			"no closewatch.ko for kernel %s, neither installed nor here",
			release());
	}
}

static bool secure_boot(const char *root)
{
	FILE *file = root_open(root, SECURE_BOOT_VAR);
	unsigned char b[5] = { 0 };
	size_t n;

	if (!file)
		return false;
	n = fread(b, 1, sizeof(b), file);
	fclose(file);
	/* Four bytes of attributes, then the value. */
	return n == sizeof(b) && b[4] == 1;
}

static void check_signature(const char *root, struct cw_finding *f)
{
	char lockdown[128] = "", enforce[8] = "", fix[384];
	bool locked, needed;

	read_line(root, "/sys/kernel/security/lockdown", lockdown,
		  sizeof(lockdown));
	read_line(root, "/sys/module/module/parameters/sig_enforce", enforce,
		  sizeof(enforce));
	locked = strstr(lockdown, "[integrity]") ||
		 strstr(lockdown, "[confidentiality]");
	needed = locked || enforce[0] == 'Y';
	if (strstr(lockdown, "[confidentiality]")) {
		cw_find(f, CW_ILL, "boot without lockdown=confidentiality",
			"lockdown 'confidentiality' refuses kprobes to everyone");
	} else if (needed && !cw_health_module_loaded(root)) {
		snprintf(fix, sizeof(fix),
			 "sudo /usr/src/linux-headers-%s/scripts/sign-file sha256 /var/lib/dkms/mok.key /var/lib/dkms/mok.pub closewatch.ko && sudo mokutil --import /var/lib/dkms/mok.pub && sudo reboot",
			 release());
		cw_find(f, CW_ILL, fix, "this kernel loads signed modules only%s",
			secure_boot(root) ? " (Secure Boot)" : "");
	} else {
		cw_find(f, CW_HEALTHY, NULL, "signature: %s",
			needed ? "the module passed" : "none is needed");
	}
}

static void check_loaded(const char *root, struct cw_finding *f)
{
	char off[8], load[320];

	if (cw_health_module_loaded(root))
		cw_find(f, CW_HEALTHY, NULL, "the module is loaded");
	else if (read_line(root, "/proc/sys/kernel/modules_disabled", off,
			   sizeof(off)) && off[0] == '1')
		cw_find(f, CW_ILL, "sudo reboot",
			"kernel.modules_disabled is 1: no module can be loaded until the next boot");
	else
		cw_find(f, CW_ILL,
			cw_health_load_command(root, load, sizeof(load)) ?
			load : NULL, "the module is not loaded");
}

/* A map of the whole range of ids is taken for the initial one. */
static bool initial_userns(const char *root)
{
	unsigned int from, to, count;
	char line[64];

	return !read_line(root, "/proc/self/uid_map", line, sizeof(line)) ||
	       (sscanf(line, "%u %u %u", &from, &to, &count) == 3 &&
		!from && !to && count == UINT_MAX);
}

static void check_permitted(const char *root, struct cw_finding *f)
{
	FILE *file = root_open(root, "/proc/self/status");
	unsigned long long caps = 0;
	char line[256];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "CapEff: %llx", &caps) == 1;
	if (file)
		fclose(file);
	if (!found)
		cw_find(f, CW_UNCLEAR, NULL, "capabilities: cannot tell");
	else if (caps >> CAP_NET_ADMIN & 1 && !initial_userns(root) &&
		 !cw_health_userns(root))
		cw_find(f, CW_ILL,
			"run it with sudo outside of containers (the module's parameter userns=1 opens it to every user who may create user namespaces)",
			"CAP_NET_ADMIN is there, but not in the initial user namespace");
	else if (caps >> CAP_NET_ADMIN & 1)
		cw_find(f, CW_HEALTHY, NULL, "CAP_NET_ADMIN is there");
	else
		cw_find(f, CW_ILL, "run it with sudo", "CAP_NET_ADMIN is missing");
}

/* Where debugfs is mounted; false if nowhere. */
static bool find_debugfs(const char *root, char at[PATH_MAX])
{
	FILE *file = root_open(root, "/proc/mounts");
	char line[PATH_MAX + 256], type[16] = "";

	while (file && strcmp(type, "debugfs") &&
	       fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %4095s %15s", at, type) != 2)
			type[0] = '\0';
	if (file)
		fclose(file);
	return !strcmp(type, "debugfs");
}

static void check_kprobes(const char *root, struct cw_finding *f)
{
	char at[PATH_MAX], path[PATH_MAX + 32], fix[PATH_MAX], state[8];

	if (!find_debugfs(root, at)) {
		cw_find(f, CW_UNCLEAR,
			"sudo mount -t debugfs none /sys/kernel/debug",
			"whether kprobes are on cannot be read: debugfs is not mounted");
		return;
	}
	snprintf(path, sizeof(path), "%s/kprobes/enabled", at);
	snprintf(fix, sizeof(fix), "echo 1 | sudo tee %.3900s", path);
	if (!read_line(root, path, state, sizeof(state)))
		cw_find(f, CW_UNCLEAR,
			errno == EACCES ? "run it with sudo" : NULL,
			"whether kprobes are on cannot be read: %.128s: %s",
			path, strerror(errno));
	else if (state[0] == '0')
		cw_find(f, CW_ILL, fix,
			"kprobes are turned off: no event will come");
	else
		cw_find(f, CW_HEALTHY, NULL, "kprobes are on");
}

/* arm64's kprobes are never on ftrace */
#ifdef __aarch64__
#define ON_FTRACE	false
#else
#define ON_FTRACE	true
#endif

static void check_ftrace(const char *root, struct cw_finding *f)
{
	char state[8];

	if (!ON_FTRACE ||
	    !read_line(root, "/proc/sys/kernel/ftrace_enabled", state, sizeof(state)))
		cw_find(f, CW_HEALTHY, NULL, "kprobes here do not depend on ftrace");
	else if (state[0] == '0')
		cw_find(f, CW_ILL, "sudo sysctl kernel.ftrace_enabled=1",
			"kernel.ftrace_enabled is 0, which silences kprobes: events will be missing");
	else
		cw_find(f, CW_HEALTHY, NULL, "kernel.ftrace_enabled is on");
}

const struct cw_check cw_checks[] = {
	{ "kernel", check_kernel, NULL },
	{ "built", check_built, "kernel" },
	{ "signature", check_signature, "built" },
	{ "loaded", check_loaded, "signature" },
	{ "permitted", check_permitted, NULL },
	{ "kprobes", check_kprobes, NULL },
	{ "ftrace", check_ftrace, NULL },
	{ .name = NULL },
};

bool cw_health_silenced(const char *root, struct cw_finding *finding)
{
	check_ftrace(root, finding);
	if (finding->health == CW_ILL)
		return true;
	check_kprobes(root, finding);
	return finding->health == CW_ILL;
}

void cw_health_warn(const struct cw_finding *f)
{
	char text[sizeof(f->what) + 16];

	if (f->health != CW_ILL)
		return;
	snprintf(text, sizeof(text), "warning: %s", f->what);
	cw_fail_print(text, f->fix);
}
