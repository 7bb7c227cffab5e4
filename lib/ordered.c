// SPDX-License-Identifier: MIT
/*
 * Pieces are handed out in order and put into a ring in which each has its
 * seat; a maker waits while its seat's former piece is still there.  So when
 * piece i fails, all pieces before it are made or being made, and the caller
 * comes to the first failure in order.
 *
 * One mutex guards everything; a piece is worth milliseconds.
 */
#include "ordered.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#define MAX_THREADS 256u

struct seat {
	bool made;
	int rc;
	void *result;
};

struct crew {
	const struct stele_ordered *o;
	pthread_mutex_t lock;
	pthread_cond_t made;
	pthread_cond_t taken;
	uint64_t n;
	uint64_t next_made; /* piece that no thread has yet */
	uint64_t next_taken;
	bool stop;
	struct seat *seats;
	uint64_t nr_seats;
};

static int run_alone(const struct stele_ordered *o, uint64_t n)
{
	uint64_t i;
	int rc = 0;

	for (i = 0; i < n && !rc; i++) {
		void *result = NULL;

		rc = o->make(o->arg, i, &result);
		if (rc)
			break;
		rc = o->take(o->arg, i, result);
		o->drop(result);
	}
	return rc;
}

/* A piece to make whose seat is free; false: there is nothing left to do. */
static bool next_piece(struct crew *c, uint64_t *i)
{
	bool more;

	pthread_mutex_lock(&c->lock);
	while (!c->stop && c->next_made < c->n &&
	       c->next_made - c->next_taken >= c->nr_seats)
		pthread_cond_wait(&c->taken, &c->lock);
	more = !c->stop && c->next_made < c->n;
	if (more)
		*i = c->next_made++;
	pthread_mutex_unlock(&c->lock);
	return more;
}

static void *maker(void *arg)
{
	struct crew *c = arg;
	uint64_t i;

	while (next_piece(c, &i)) {
		struct seat *seat = &c->seats[i % c->nr_seats];
		void *result = NULL;
		int rc = c->o->make(c->o->arg, i, &result);

		pthread_mutex_lock(&c->lock);
		seat->rc = rc;
		seat->result = rc ? NULL : result;
		seat->made = true;
		pthread_cond_signal(&c->made);
		pthread_mutex_unlock(&c->lock);
	}
	return NULL;
}

static int take_all(struct crew *c)
{
	int rc = 0;

	while (!rc && c->next_taken < c->n) {
		struct seat *seat = &c->seats[c->next_taken % c->nr_seats];
		void *result;

		pthread_mutex_lock(&c->lock);
		while (!seat->made)
			pthread_cond_wait(&c->made, &c->lock);
		rc = seat->rc;
		result = seat->result;
		pthread_mutex_unlock(&c->lock);
		if (rc)
			break;
		rc = c->o->take(c->o->arg, c->next_taken, result);
		c->o->drop(result);
		pthread_mutex_lock(&c->lock);
		seat->made = false;
		seat->result = NULL;
		c->next_taken++;
		pthread_cond_broadcast(&c->taken);
		pthread_mutex_unlock(&c->lock);
	}
	return rc;
}

static void stop_makers(struct crew *c, pthread_t *threads, unsigned nr)
{
	unsigned i;

	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_broadcast(&c->taken);
	pthread_mutex_unlock(&c->lock);
	for (i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
}

static void drop_rest(struct crew *c)
{
	uint64_t i;

	for (i = 0; i < c->nr_seats; i++)
		if (c->seats[i].made && !c->seats[i].rc)
			c->o->drop(c->seats[i].result);
}

static int run_crew(struct crew *c, pthread_t *threads, unsigned nr)
{
	unsigned started = 0;
	int rc;

	while (started < nr &&
	       !pthread_create(&threads[started], NULL, maker, c))
		started++;
	if (!started)
		return run_alone(c->o, c->n);
	rc = take_all(c);
	stop_makers(c, threads, started);
	drop_rest(c);
	return rc;
}

int stele_ordered_run(const struct stele_ordered *o, uint64_t n,
		      unsigned threads)
{
	struct crew c = { .o = o, .n = n };
	pthread_t *ids;
	int rc = -ENOMEM;

	if (threads > MAX_THREADS)
		threads = MAX_THREADS;
	if (threads > n)
		threads = (unsigned)n;
	if (threads < 2)
		return run_alone(o, n);
	c.nr_seats = threads + 2;
	c.seats = calloc(c.nr_seats, sizeof(*c.seats));
	ids = calloc(threads, sizeof(*ids));
	if (c.seats && ids) {
		pthread_mutex_init(&c.lock, NULL);
		pthread_cond_init(&c.made, NULL);
		pthread_cond_init(&c.taken, NULL);
		rc = run_crew(&c, ids, threads);
		pthread_cond_destroy(&c.taken);
		pthread_cond_destroy(&c.made);
		pthread_mutex_destroy(&c.lock);
	}
	free(c.seats);
	free(ids);
	return rc;
}
