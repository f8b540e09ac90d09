/* What base needs of Unicode beyond the public face. */
#ifndef SPRIJIN_BASE_UTF8_INT_H
#define SPRIJIN_BASE_UTF8_INT_H

#include <stdint.h>

/* The letter under its marks (NFD, first code point); cp itself if it has none. */
uint32_t utf8_bare(uint32_t cp);

#endif
