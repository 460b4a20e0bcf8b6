#include "view/character.h"

#include <unictype.h>
#include <unistr.h>

static bool is_printable(ucs4_t code)
{
	return !uc_is_general_category_withtable(
		code,
		UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp);
}

struct character character_at(const uint8_t *p, size_t n)
{
	ucs4_t code = 0;
	int len;

	if (*p < 0x80)
		return (struct character){ .code = *p,
					   .len = 1,
					   .valid = true,
					   .printable = *p >= ' ' && *p < 127 };
	len = u8_mbtoucr(&code, p, n);
	if (len < 0)
		return (struct character){ .code = *p,
					   .len = 1,
					   .incomplete = len == -2 };
	return (struct character){ .code = code,
				   .len = (uint8_t)len,
				   .valid = true,
				   .printable = is_printable(code) };
}
