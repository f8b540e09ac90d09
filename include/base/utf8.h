/* Text as Unicode: validity, NFC, graphemes, cell width, folding for search, and the one gate
 * through which everything shown passes. */
#ifndef SPRIJIN_BASE_UTF8_H
#define SPRIJIN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Decodes one code point at s[0..n); returns bytes used (1-4), 0 at n = 0;
 * an invalid byte gives *cp = 0xFFFD and 1. */
size_t utf8_next(const char *s, size_t n, uint32_t *cp);
/* Encodes; returns 1-4 bytes written to out. */
size_t utf8_put(char out[4], uint32_t cp);
bool utf8_valid(const char *s, size_t n);
/* Code points in s. */
size_t utf8_length(const char *s, size_t n);
/* Byte length of the first grapheme cluster (UAX 29), 0 at n = 0. */
size_t utf8_grapheme(const char *s, size_t n);
/* Byte offset where the grapheme before offset at begins. */
size_t utf8_grapheme_back(const char *s, size_t at);
/* Cells of one code point: 0 (mark, control), 1, 2. */
int utf8_cp_width(uint32_t cp);
/* Cells of the text, grapheme by grapheme. */
size_t utf8_width(const char *s, size_t n);
/* Bytes of the longest prefix that fits into cells. */
size_t utf8_fit(const char *s, size_t n, size_t cells);

/* NFC, Romanian cedilla letters to comma-below; invalid bytes become U+FFFD. Appends to out. */
void utf8_normalize(struct str *out, const char *s, size_t n);
/* The same as code points in the caller's memory and nowhere else, for secrets; returns how many,
 * SIZE_MAX if they do not fit on the way (2 for each byte of s are always enough). */
size_t utf8_normalize_points(int32_t *points, size_t max, const char *s, size_t n);
/* What may be shown: controls (C0 except newline if keep_newline, DEL, C1), bidirectional and
 * zero-width controls, unassigned and private-use removed (replaced by U+FFFD); at most four
 * combining marks a base. Appends to out. */
void utf8_clean(struct str *out, const char *s, size_t n, bool keep_newline);
uint32_t utf8_lower_cp(uint32_t cp);
/* Lower case by Unicode (text stays readable). Appends. */
void utf8_lower(struct str *out, const char *s, size_t n);
/* Search key: lower case, marks removed, â=î=i, ё=е, Cyrillic to Latin (Russian, Ukrainian;
 * mixed letters too), ch/sh and ș/ț/č/š families alike, so that Șevciuc, Şevciuc, Sevciuc and
 * Шевчук give one key; blanks collapsed, punctuation to blank. Appends. */
void utf8_fold(struct str *out, const char *s, size_t n);
/* Compares for display order in lang ("ro", "ru", "en"): a ă â, i î, s ș, t ț, е ё. */
int utf8_collate(const char *a, const char *b, const char *lang);

#endif
