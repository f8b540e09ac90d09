/* The .mo files that the build makes from locale/{ro,ru,en}.po and puts into the program. */
#ifndef SPRIJIN_BASE_CATALOG_INT_H
#define SPRIJIN_BASE_CATALOG_INT_H

#include <stddef.h>

extern const unsigned char locale_ro_mo[];
extern const size_t locale_ro_mo_len;
extern const unsigned char locale_ru_mo[];
extern const size_t locale_ru_mo_len;
extern const unsigned char locale_en_mo[];
extern const size_t locale_en_mo_len;

#endif
