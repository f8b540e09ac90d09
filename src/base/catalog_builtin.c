/* The three catalogues inside the program. Invariant: each is opened once and never changes
 * afterwards; apart from the file of translations, so that tests of catalogues need none. */
#include "base/catalog.h"

#include <stdbool.h>

#include "catalog_int.h"

const catalog *catalog_builtin(enum lang l)
{
    /* Static on purpose: a pure function of constant bytes, kept only to prove them once. The
     * first call for each language comes from main's thread. */
    static catalog *opened[LANG_COUNT];
    static bool tried[LANG_COUNT];
    if ((unsigned)l >= LANG_COUNT) {
        return NULL;
    }
    if (!tried[l]) {
        const unsigned char *const bytes[LANG_COUNT] = {locale_ro_mo, locale_ru_mo, locale_en_mo};
        const size_t sizes[LANG_COUNT] = {locale_ro_mo_len, locale_ru_mo_len, locale_en_mo_len};
        tried[l] = true;
        (void)catalog_open(bytes[l], sizes[l], l, &opened[l], NULL);
    }
    return opened[l];
}
