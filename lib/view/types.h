/*
 * lib/view/types.h: the types that a stream has defined so far, by id.
 */
#ifndef GOHAT_TYPES_H
#define GOHAT_TYPES_H

#include "record/record.h"

/* Zero to begin with. */
struct types {
	void *tree; /* of struct type, copies */
};

/* Take note of a type record; others are not looked at. */
void types_note(struct types *types, const struct record *record);

/* The type of an id, valid until types_close(); NULL if none was defined. */
const struct type *types_get(const struct types *types, uint64_t id);

/* Its name: data NULL where that is not known. */
struct text types_name(const struct types *types, uint64_t id);

void types_close(struct types *types);

#endif
