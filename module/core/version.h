/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_VERSION_H
#define CW_VERSION_H

/* Shared with the utility, which compares it with the module's. */
#define CW_VERSION "0.1.0"

#endif
