/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEWATCH_SERVICE_H
#define CLOSEWATCH_SERVICE_H

/*
 * Tells systemd that a service of Type=notify is at work, by the protocol of
 * sd_notify(3); nothing where no NOTIFY_SOCKET asks for it. libsystemd is left
 * out for the reason that journal.h gives.
 */
void cw_service_ready(void);

#endif
