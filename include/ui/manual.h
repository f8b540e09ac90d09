/* The manual page of all keys, printed from the same tables as the footer and F1. */
#ifndef SPRIJIN_UI_MANUAL_H
#define SPRIJIN_UI_MANUAL_H

#include "base/catalog.h"
#include "base/str.h"

/* Text in lang, one scope after the other. Appends. */
void ui_manual(enum lang lang, struct str *out);

#endif
