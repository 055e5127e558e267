/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CW_RING_H
#define CW_RING_H

#include "event.h"

/**
 * cw_ring_init() - allocate one ring for each possible CPU
 * @slots: events a ring holds, a power of two
 *
 * Context: process, may sleep. Return: 0 or -ENOMEM.
 */
int cw_ring_init(unsigned int slots);

/**
 * cw_ring_exit() - free the rings
 *
 * Context: process. No producer or consumer may be left.
 */
void cw_ring_exit(void);

/**
 * cw_ring_push() - store a copy of an event on this CPU's ring
 * @ev: the event; its cpu and seq are set
 *
 * The sequence number advances whether or not there is room, so that a gap
 * shows a loss.
 *
 * Context: any but NMI; never waits.
 * Return: how many events the ring now holds, or -ENOBUFS if it was full.
 */
int cw_ring_push(struct cw_event *ev);

/**
 * cw_ring_pop() - take the oldest event of all rings
 * @ev: where to copy it
 *
 * Order is exact within a CPU. Between CPUs the event with the earliest time of
 * those present is taken, so a later call may still return an earlier time.
 *
 * Context: single consumer, preemptible. Return: false if all are empty.
 */
bool cw_ring_pop(struct cw_event *ev);

/** cw_ring_capacity() - how many events all rings hold together */
unsigned int cw_ring_capacity(void);

/** cw_ring_recorded() - events pushed since load, lost ones included; racy */
u64 cw_ring_recorded(void);

#endif
