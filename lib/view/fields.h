/*
 * lib/view/fields.h: the fields of an object, as far as a dump knows them.
 */
#ifndef GOHAT_FIELDS_H
#define GOHAT_FIELDS_H

#include "record/record.h"

struct field {
	enum field_kind kind;
	uint64_t offset; /* in the object's contents */
	struct bytes value;
	uint64_t target; /* of FIELD_PTR: where it points */
};

/* "Ptr", "String", "Slice", "Iface", "Eface", by enum field_kind. */
extern const char *const field_kind_name[FIELD_EFACE + 1];

/*
 * Call `visit` with `to` for each field that is in the object's contents,
 * which are held whole: of its type, if that has a list (Go 1.3; `type` may
 * be NULL), else of its bitmap of pointers.
 */
void fields_each(const struct params *params, const struct type *type,
		 const struct object *object,
		 void (*visit)(void *to, const struct field *field), void *to);

#endif
