/* The fields of the interview, one file a kind; the table by type stands in field_choice.c. */
#ifndef SPRIJIN_UI_FIELD_INT_H
#define SPRIJIN_UI_FIELD_INT_H

#include "ui/widget.h"

int ui_field_text_draw(const struct ui_field *f, canvas *c, int row, int col, int width,
                       int *focus_row);

#endif
