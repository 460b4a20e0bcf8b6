/*
 * gohat-histogram: how many objects of each type, and their bytes.
 *
 *	gohat-decode --contents=none heap.dump | gohat-histogram | head
 */
#include <err.h>
#include <search.h>
#include <stdlib.h>

#include "view/json.h"
#include "view/text.h"
#include "view/types.h"
#include "view/view.h"

struct group {
	uint64_t type; /* id; 0: all that nobody can name */
	uint64_t count, bytes;
};

static struct {
	void *tree;	       /* of struct group, by type */
	struct group **sorted; /* all of them */
	size_t len, size;
	struct group *last; /* counted, of this type; NULL: look it up */
	uint64_t last_type;
} groups;

static struct types types;

static int compare_type(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return (x->type > y->type) - (x->type < y->type);
}

static int compare_count(const void *a, const void *b)
{
	const struct group *x = *(struct group *const *)a;
	const struct group *y = *(struct group *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return compare_type(x, y);
}

static int compare_bytes(const void *a, const void *b)
{
	const struct group *x = *(struct group *const *)a;
	const struct group *y = *(struct group *const *)b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return compare_type(x, y);
}

static struct group *add_group(const struct group *key)
{
	struct group *group = calloc(1, sizeof(*group));

	if (groups.len == groups.size) {
		groups.size = 2 * groups.size + 64;
		groups.sorted = reallocarray(groups.sorted, groups.size,
					     sizeof(struct group *));
	}
	if (!group || !groups.sorted)
		err(EXIT_BAD_INPUT, "%zu types", groups.len);
	*group = *key;
	groups.sorted[groups.len++] = group;
	if (!tsearch(group, &groups.tree, compare_type))
		err(EXIT_BAD_INPUT, "%zu types", groups.len);
	return group;
}

static struct group *find_group(uint64_t type)
{
	bool named = types_name(&types, type).data;
	struct group key = { .type = named ? type : 0 };
	struct group **node = tfind(&key, &groups.tree, compare_type);

	return node ? *node : add_group(&key);
}

static void count(const struct object *object)
{
	if (!groups.last || object->type != groups.last_type) {
		groups.last_type = object->type;
		groups.last = find_group(object->type);
	}
	groups.last->count++;
	groups.last->bytes += object->size;
}

static void print_group(struct output *out, const struct group *group)
{
	struct text name = types_name(&types, group->type);

	text_printf(out, "%10llu %14llu ", (unsigned long long)group->count,
		    (unsigned long long)group->bytes);
	text_type(out, name);
	text_char(out, '\n');
}

static void print_json(struct output *out, const struct group *group)
{
	struct json json = json_begin(out);

	json_uint(&json, "count", group->count);
	json_uint(&json, "bytes", group->bytes);
	json_text(&json, "type", types_name(&types, group->type));
	json_end(&json);
}

int main(int argc, char **argv)
{
	static const struct cli_option options[] = {
		{ 's', "size", NULL, "most bytes first, not most objects" },
		{ 0 },
	};
	struct cli cli = {
		.role = CLI_VIEW,
		.contents = CONTENTS_NONE,
		.summary = "Count the objects of each type, and their bytes",
		.operands = "[FILE]",
		.heading = "     COUNT          BYTES TYPE\n",
		.options = options,
	};
	int (*order)(const void *, const void *) = compare_count;
	struct view view;
	struct record record;

	while (cli_next(&cli, argc, argv) != -1)
		order = compare_bytes;
	view_open(&view, &cli, cli_file(&cli, argc, argv));
	while (view_next(&view, &record)) {
		if (record.kind == RECORD_TYPE) {
			types_note(&types, &record);
			groups.last = NULL;
		} else if (record.kind == RECORD_OBJECT) {
			count(&record.object);
		}
	}
	if (groups.len > 0)
		qsort(groups.sorted, groups.len, sizeof(struct group *), order);
	for (size_t i = 0; i < groups.len; i++)
		(cli.json ? print_json : print_group)(&view.out,
						      groups.sorted[i]);
	return view_close(&view);
}
