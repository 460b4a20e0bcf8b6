#include "dump/priv.h"

#include <stdio.h>
#include <string.h>

#define DECOMPRESS(NAME, COMMAND)                                              \
	NAME ", not a heap dump: try '" COMMAND " FILE | gohat-decode'"

static const struct {
	const char *magic;
	size_t len;
	const char *text;
} signatures[] = {
	{ "\xd9\xd9\xf7", 3,
	  "a gohat record stream already: give it to a view, as in "
	  "'gohat-objects FILE'" },
	{ "\x1f\x8b", 2,
	  "gzip data: if it is a compressed heap dump, try 'zcat FILE | "
	  "gohat-decode'; if it is a pprof profile, 'go tool pprof'" },
	{ "\xfd"
	  "7zXZ",
	  5, DECOMPRESS("xz data", "xzcat") },
	{ "\x28\xb5\x2f\xfd", 4, DECOMPRESS("zstd data", "zstdcat") },
	{ "\x04\x22\x4d\x18", 4, DECOMPRESS("lz4 data", "lz4cat") },
	{ "BZh", 3, DECOMPRESS("bzip2 data", "bzcat") },
	{ "PK\x03\x04", 4, DECOMPRESS("a zip archive", "unzip -p") },
	{ "JAVA PROFILE", 12,
	  "a Java heap dump: gohat reads those of Go programs" },
	{ "heap profile:", 13,
	  "a pprof profile in text form: look at it with 'go tool pprof'" },
	{ "goroutine profile:", 18,
	  "a goroutine profile in text form, not a heap dump" },
};

/* Offset 16 of an ELF file is its type, in its own byte order: 4 is core. */
static const char *describe_elf(const uint8_t *data, size_t n)
{
	if (n >= 18 && (data[16] == 4 || data[17] == 4))
		return "an ELF core file, not a heap dump: take one with "
		       "debug.WriteHeapDump, see gohat(1)";
	return "an ELF executable, not a heap dump: take one with "
	       "debug.WriteHeapDump, see gohat(1)";
}

static bool is_text(const uint8_t *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (data[i] < ' ' && !memchr("\t\n\r", data[i], 3))
			return false;
	return true;
}

static const char *describe(const uint8_t *data, size_t n)
{
	if (n == 0)
		return "empty: the program that should write the dump wrote "
		       "nothing";
	if (n >= 4 && memcmp(data, "\177ELF", 4) == 0)
		return describe_elf(data, n);
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++)
		if (n >= signatures[i].len &&
		    memcmp(data, signatures[i].magic, signatures[i].len) == 0)
			return signatures[i].text;
	/* profile.proto: field 1, a message of two small fields. */
	if (n >= 4 && data[0] == 0x0a && data[1] < 8 && data[2] == 0x08)
		return "a pprof profile, not a heap dump: look at it with "
		       "'go tool pprof'";
	if (is_text(data, n))
		return "text, not a heap dump: take one with "
		       "debug.WriteHeapDump, see gohat(1)";
	return "unknown data, not a heap dump: one starts with 'go1.7 heap "
	       "dump', see gohat(1)";
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/* "go1.N heap dump", of an N that is not ours; or only the start of it. */
static bool describe_dump(const uint8_t *data, size_t n, char *text,
			  size_t size)
{
	static const char start[] = "go1.", rest[] = " heap dump\n";
	size_t digits = 0, len;

	if (memcmp(data, start, n < 4 ? n : 4) != 0)
		return false;
	while (n > 4 && digits < 3 && is_digit(data[4 + digits]))
		digits++;
	len = n > 4 + digits ? n - 4 - digits : 0;
	if (memcmp(data + 4 + digits, rest, len < 11 ? len : 11) != 0)
		return false;
	if (len < 11)
		snprintf(text, size,
			 "a heap dump that ends at byte %zu, in its header: "
			 "the program died, or the disk was full",
			 n);
	else
		snprintf(text, size,
			 "a heap dump of format go1.%.*s, which this gohat "
			 "does not know: look for a newer one",
			 (int)digits, (const char *)data + 4);
	return true;
}

void foreign_describe(const uint8_t *data, size_t n, char *text, size_t size)
{
	if (n == 0 || !describe_dump(data, n, text, size))
		snprintf(text, size, "%s", describe(data, n));
}
