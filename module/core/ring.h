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
 * cw_ring_slot() - where this CPU's next event is to be made
 *
 * It has the members of an earlier event. If the ring is full it is a spare
 * one, so that the event can be made, and what is lost be known. Until
 * cw_ring_push() it may be given up, and is given again to the next caller.
 *
 * Context: interrupts off, not NMI, until the event is pushed or given up.
 */
struct cw_event *cw_ring_slot(void);

/**
 * cw_ring_push() - the event in this CPU's slot is complete
 * @ev: the slot; its cpu and seq are set
 *
 * The sequence number advances whether or not there is room, so that a gap
 * shows a loss.
 *
 * Context: as cw_ring_slot(). Return: 0, or -ENOBUFS if the ring is full.
 */
int cw_ring_push(struct cw_event *ev);

/**
 * cw_ring_first() - the oldest event of all rings
 * @from: for cw_ring_drop()
 *
 * Order is exact within a CPU. Between CPUs the event with the earliest time of
 * those present is taken, so a later call may still return an earlier time.
 *
 * Context: single consumer, preemptible. Return: the event, which stays until
 * cw_ring_drop(), or NULL if all are empty.
 */
const struct cw_event *cw_ring_first(unsigned int *from);

/** cw_ring_drop() - the oldest event of ring @from is done with */
void cw_ring_drop(unsigned int from);

/** cw_ring_capacity() - how many events all rings hold together */
unsigned int cw_ring_capacity(void);

/** cw_ring_recorded() - events pushed since load, lost ones included; racy */
u64 cw_ring_recorded(void);

#endif
