// SPDX-License-Identifier: MIT
/*
 * Verifying the keys of DICTs and SETs: they can be keys, differ, those of a SET
 * ascend, and the index is the one that they give.
 *
 * Keys enter an index in order, each at the first free slot of its search: so
 * on the way to a key lie only keys before it, and one that is equal to it lies
 * there too.  A key is encoded once, or twice under a salt, and compared with
 * those only whose hashes are alike.
 */
#include "canonical.h"
#include "canonical_form.h"
#include "hash.h"
#include "index.h"
#include "verify.h"

/* So many salts that all fail are no accident. */
#define SALTS_MAX 64u

/* A key, encoded: a scalar's bytes lie in its form, others' in `bytes`. */
struct encoded {
	struct stele_value value;
	struct stele_form form;
	uint8_t *bytes; /* room for STELE_CANONICAL_MAX */
	uint64_t at;
	uint64_t steps; /* that encoding it took */
};

struct walk {
	struct stele_verify *v;
	struct stele_value keys; /* the collection */
	struct encoded key[2]; /* number i in i % 2, beside the one before */
	uint64_t hashes[STELE_FMT_DICT_LINEAR]; /* of those without an index */
	bool nested; /* a key was met that is made of other objects */
};

/* ------------------------------------------------------------ encoding */

static bool is_nested(const struct stele_value *key)
{
	switch (key->type) {
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
	case STELE_TYPE_RECORD:
	case STELE_TYPE_USER:
		return true;
	default:
		return false;
	}
}

/* The key of a DICT that is none by its type has a number of its own. */
static int broken_key(struct walk *w, const struct encoded *key)
{
	return stele_verify_broken(w->v, key->at,
				   w->keys.type == STELE_TYPE_DICT &&
						   !is_nested(&key->value) ?
					   STELE_I_DICT_KEY :
					   STELE_I_WORD_KEY);
}

static int encode(struct walk *w, struct encoded *key)
{
	size_t len;
	int rc;

	if (stele_form_has(key->value.type)) {
		rc = stele_form_of_value(&key->form, &key->value);
		/* zeros at the end of a magnitude are looked at too */
		key->steps = key->value.len / STELE_CANONICAL_STEP;
	} else {
		rc = stele_canonical_counted(key->bytes, STELE_CANONICAL_MAX,
					     &len, &key->value, 1, &key->steps);
		key->form.head_len = 0;
		key->form.tail = key->bytes;
		key->form.tail_len = len;
	}
	if (rc)
		return broken_key(w, key);
	return stele_verify_spend(w->v, key->at, key->steps);
}

/*
 * Decode and encode key i; *skip where it is made of other objects, and those
 * are looked at later.
 */
static int take_key(struct walk *w, uint64_t i, bool *skip)
{
	struct encoded *key = &w->key[i % 2];

	key->at = stele_index_key_at(&w->keys, i);
	if (stele_index_key(&w->keys, i, &key->value))
		return stele_verify_broken(w->v, key->at, STELE_I_WORD_TARGET);
	*skip = is_nested(&key->value) && !w->nested;
	return *skip ? 0 : encode(w, key);
}

/* --------------------------------------------------- order and equality */

static uint64_t length(const struct stele_form *form)
{
	return form->head_len + form->tail_len;
}

/* The first two bytes of an encoding, one of which may be beyond its end. */
static uint32_t begin_of(const struct stele_form *form)
{
	uint8_t bytes[2] = { 0 };

	for (unsigned i = 0; i < 2 && i < length(form); i++)
		bytes[i] = i < form->head_len ? form->head[i] :
						form->tail[i - form->head_len];
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

/* What is behind them. */
static const uint8_t *rest_of(const struct stele_form *form, uint64_t *len)
{
	*len = length(form) < 2 ? 0 : length(form) - 2;
	return form->tail + (*len ? 2 - form->head_len : 0);
}

/* The order of two encodings, wherever their bytes lie. */
static int compare(const struct stele_form *a, const struct stele_form *b)
{
	uint32_t x = begin_of(a), y = begin_of(b);
	uint64_t a_len, b_len;
	const uint8_t *p = rest_of(a, &a_len), *q = rest_of(b, &b_len);
	int order;

	if (x != y)
		return x < y ? -1 : 1;
	order = stele_canonical_compare(p, a_len, q, b_len);
	return order ? order :
		       (length(a) > length(b)) - (length(a) < length(b));
}

static uint64_t hash_alone(const struct stele_form *form)
{
	uint64_t len;
	const uint8_t *rest = rest_of(form, &len);

	return stele_hash_bytes(rest, len, begin_of(form));
}

/* Whether an earlier key is equal; *twice. */
static int compare_earlier(struct walk *w, const struct encoded *key,
			   uint64_t earlier, bool *twice)
{
	struct stele_value other;

	if (stele_index_key(&w->keys, earlier, &other))
		return stele_verify_broken(w->v, key->at, STELE_I_WORD_TARGET);
	*twice = stele_canonical_equal(&other, &key->value);
	return stele_verify_spend(w->v, key->at, key->steps);
}

/* ------------------------------------------------------- without an index */

static int search_line(struct walk *w, uint64_t i)
{
	const struct encoded *key = &w->key[i % 2];
	bool twice = false;
	int rc = 0;

	w->hashes[i] = hash_alone(&key->form);
	for (uint64_t j = 0; !rc && !twice && j < i; j++)
		if (w->hashes[j] == w->hashes[i])
			rc = compare_earlier(w, key, j, &twice);
	if (!rc && twice)
		return stele_verify_broken(w->v, key->at, STELE_I_DICT_UNIQUE);
	return rc;
}

/* -------------------------------------------------------------- the index */

static enum stele_invariant index_of(const struct walk *w)
{
	return w->keys.type == STELE_TYPE_DICT ? STELE_I_DICT_INDEX :
						 STELE_I_SET_INDEX;
}

static int hash(const struct walk *w, const struct encoded *key,
		const uint64_t *salt, uint64_t *hash)
{
	uint64_t seed = w->v->seg->header.hash_seed;

	if (key->form.head_len)
		return salt ? stele_canonical_hash_salted(&key->value, *salt,
							  seed, hash) :
			      stele_canonical_hash(&key->value, seed, hash);
	*hash = salt ? stele_canonical_hash_bytes_salted(key->form.tail,
							 key->form.tail_len,
							 *salt, seed) :
		       stele_hash_bytes(key->form.tail, key->form.tail_len,
					seed);
	return 0;
}

static uint32_t slot_at(const struct walk *w, uint64_t at)
{
	uint64_t pos = stele_index_slots_at(&w->keys) + 4 * at;

	return __atomic_load_n(
		(const uint32_t *)(const void *)(w->v->seg->base + pos),
		__ATOMIC_RELAXED);
}

/* The slots of an index that are taken are as many as the keys. */
static bool is_full(const struct walk *w, uint64_t nr_slots)
{
	uint64_t taken = 0;

	for (uint64_t i = 0; i < nr_slots; i++)
		taken += slot_at(w, i) != 0;
	return taken == w->keys.len;
}

/* Go the way of a search for key i, to its slot. */
static int search_slots(struct walk *w, uint64_t i, uint64_t hash)
{
	const struct encoded *key = &w->key[i % 2];
	uint64_t mask = (1ull << stele_index_log2(w->keys.len)) - 1;
	bool twice = false;
	int rc;

	for (uint64_t n = 0; n <= mask; n++) {
		uint32_t slot = slot_at(w, ((hash >> 32) + n) & mask);
		uint64_t number = slot & mask;
		bool alike = !((slot ^ (uint32_t)hash) & ~(uint32_t)mask);

		if (n == STELE_FMT_INDEX_STEPS)
			return stele_verify_broken(w->v, key->at,
						   STELE_I_INDEX_STEPS);
		if (!number || number > i + 1)
			break;
		if (number == i + 1 && alike)
			return 0;
		if (number == i + 1)
			break;
		if (!alike || w->keys.type != STELE_TYPE_DICT)
			continue;
		rc = compare_earlier(w, key, number - 1, &twice);
		if (rc)
			return rc;
		if (twice)
			return stele_verify_broken(w->v, key->at,
						   STELE_I_DICT_UNIQUE);
	}
	return stele_verify_broken(w->v, key->at, index_of(w));
}

/* ---------------------------------------------------------------- the salt */

/* Hash all keys anew. */
static int hash_all(struct walk *w, const uint64_t *salt, uint64_t *hashes)
{
	bool skip;
	int rc = 0;

	for (uint64_t i = 0; !rc && i < w->keys.len; i++) {
		rc = take_key(w, i, &skip);
		if (!rc && hash(w, &w->key[i % 2], salt, &hashes[i]))
			rc = broken_key(w, &w->key[i % 2]);
	}
	return rc;
}

/* Whether keys of these hashes get along without a long search. */
static bool fits(uint64_t *taken, const uint64_t *hashes, uint64_t nr)
{
	uint64_t nr_slots = 1ull << stele_index_log2(nr), n, at;

	memset(taken, 0, nr_slots / 8);
	for (uint64_t i = 0; i < nr; i++) {
		for (n = 0; n < STELE_FMT_INDEX_STEPS; n++) {
			at = ((hashes[i] >> 32) + n) & (nr_slots - 1);
			if (!(taken[at / 64] >> at % 64 & 1))
				break;
		}
		if (n == STELE_FMT_INDEX_STEPS)
			return false;
		taken[at / 64] |= 1ull << at % 64;
	}
	return true;
}

/* The first of the salts that the hashes give under which the keys fit. */
static int find_salt(struct walk *w, uint64_t *plain, uint64_t *salted,
		     uint64_t *taken, uint64_t stored, bool *good)
{
	uint64_t seed = w->v->seg->header.hash_seed, nr = w->keys.len;
	int rc = hash_all(w, NULL, plain);

	*good = false;
	if (rc || fits(taken, plain, nr))
		return rc;
	for (uint64_t i = 0; !rc && i < SALTS_MAX; i++) {
		uint64_t salt =
			stele_hash_bytes(plain, nr * sizeof(*plain), seed + i);

		*good = salt == stored;
		if (*good)
			return 0;
		rc = hash_all(w, &salt, salted);
		if (!rc && fits(taken, salted, nr))
			return 0;
	}
	return rc;
}

static int verify_salt(struct walk *w)
{
	uint64_t at = stele_index_slots_at(&w->keys) - 8, nr = w->keys.len;
	uint64_t *hashes = NULL, *taken = NULL;
	bool good = false;
	int rc = 0;

	if (nr > STELE_FMT_DICT_LINEAR) {
		hashes = calloc(nr, 2 * sizeof(*hashes));
		taken = malloc((8ull << stele_index_log2(nr)) / 64);
		rc = hashes && taken ?
			     find_salt(w, hashes, hashes + nr, taken,
				       stele_load(w->v->seg, at), &good) :
			     stele_fail(w->v->err, -ENOMEM,
					"no memory for %llu hashes",
					(unsigned long long)nr);
	}
	free(hashes);
	free(taken);
	if (!rc && !good)
		return stele_verify_broken(w->v, w->keys.u.pos,
					   STELE_I_INDEX_SALT);
	return rc;
}

/* ------------------------------------------------------------------- keys */

static int verify_key(struct walk *w, uint64_t i, const uint64_t *salt)
{
	const struct encoded *key = &w->key[i % 2];
	uint64_t h;

	if (i && w->keys.type == STELE_TYPE_SET &&
	    compare(&w->key[1 - i % 2].form, &key->form) >= 0)
		return stele_verify_broken(w->v, key->at, STELE_I_SET_ORDER);
	if (w->keys.len > STELE_FMT_DICT_LINEAR)
		return hash(w, key, salt, &h) ? broken_key(w, key) :
						search_slots(w, i, h);
	return w->keys.type == STELE_TYPE_DICT ? search_line(w, i) : 0;
}

static int verify_keys(struct walk *w)
{
	bool salted = w->keys.flags & STELE_VALUE_F_SALTED, skip = false;
	uint64_t nr_slots = stele_index_slot_bytes(w->keys.len) / 4, salt = 0;
	int rc = 0;

	if (salted && nr_slots)
		salt = stele_load(w->v->seg,
				  stele_index_slots_at(&w->keys) - 8);
	if (nr_slots && !is_full(w, nr_slots))
		return stele_verify_broken(w->v, w->keys.u.pos, index_of(w));
	for (uint64_t i = 0; !rc && !skip && i < w->keys.len; i++) {
		rc = take_key(w, i, &skip);
		if (!rc && !skip)
			rc = verify_key(w, i, salted ? &salt : NULL);
	}
	w->v->nested_keys |= skip;
	return rc || skip || !salted ? rc : verify_salt(w);
}

/* Whether a key is made of other objects. */
static bool has_nested(const struct walk *w)
{
	struct stele_value key;

	for (uint64_t i = 0; i < w->keys.len; i++)
		if (!stele_index_key(&w->keys, i, &key) && is_nested(&key))
			return true;
	return false;
}

int stele_verify_index(struct stele_verify *v, uint64_t pos, bool nested)
{
	struct walk w = { .v = v, .nested = nested };

	/* decoded anew: the bytes may be another object's by now */
	if (stele_value_decode(v->seg, pos, NULL, &w.keys) ||
	    (w.keys.type != STELE_TYPE_DICT && w.keys.type != STELE_TYPE_SET))
		return stele_verify_broken(v, pos, STELE_I_OBJECT_BOUNDS);
	if (nested && !has_nested(&w))
		return 0;
	if (!v->encodings)
		v->encodings = malloc(2 * STELE_CANONICAL_MAX);
	if (!v->encodings)
		return stele_fail(v->err, -ENOMEM, "no memory for keys");
	w.key[0].bytes = v->encodings;
	w.key[1].bytes = v->encodings + STELE_CANONICAL_MAX;
	return verify_keys(&w);
}
