/* Translations from gettext .mo bytes, switched at run time without any installed locale.
 * Plural rules of ro, ru, en are built in. */
#ifndef SPRIJIN_BASE_CATALOG_H
#define SPRIJIN_BASE_CATALOG_H

#include <stddef.h>

#include "base/err.h"

enum lang { LANG_RO, LANG_RU, LANG_EN, LANG_COUNT };

typedef struct catalog catalog;

/* "ro", "ru", "en". */
const char *lang_code(enum lang l);
/* From "ro", "ro_MD.UTF-8", "Română (ro)" or the like; LANG_COUNT if none of the three. */
enum lang lang_parse(const char *text);
/* Index of the plural form for n: ro 0-2, ru 0-2, en 0-1. */
unsigned lang_plural(enum lang l, unsigned long n);

/* Reads a .mo file's bytes (borrowed: must outlive the catalogue). ERR_DAMAGED if not one. */
enum err catalog_open(const void *mo, size_t n, enum lang l, catalog **out, struct err_info *err);
void catalog_close(catalog *c);
/* The translation, or msgid itself; borrowed. c may be NULL. */
const char *catalog_get(const catalog *c, const char *msgid);
const char *catalog_get_plural(const catalog *c, const char *msgid, const char *msgid_plural,
                               unsigned long n);
/* With a context (msgctxt). */
const char *catalog_get_ctx(const catalog *c, const char *context, const char *msgid);
enum lang catalog_lang(const catalog *c); /* LANG_EN for NULL */

/* The catalogue built into the program for l (generated from locale/l.po); opened on first use,
 * never closed; NULL only if the build has none. */
const catalog *catalog_builtin(enum lang l);

#endif
