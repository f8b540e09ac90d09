/* Paper keys as a person has them: read from the picture that shows them, and typed back when a
 * word of them is asked for. The first half of the questions is about the first sheet. */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { ASKED_OF_EACH = 3 };

/* "7 lampa" anywhere in the picture; only a row of two such pairs or more belongs to a sheet. */
bool stage_sheet_read(struct stage *s)
{
    if (s->sheets == 2) {
        return false;
    }
    char(*sheet)[STAGE_WORD] = s->sheet[s->sheets];
    struct str all = STR_INIT;
    canvas_dump(ui_run_draw(s->run), &all);
    unsigned found = 0;
    char *save_line = NULL;
    for (char *line = strtok_r(all.data, "\n", &save_line); line != NULL;
         line = strtok_r(NULL, "\n", &save_line)) {
        unsigned n[4];
        char w[4][STAGE_WORD];
        if (sscanf(line, " %2u %11s %2u %11s %2u %11s %2u %11s", &n[0], w[0], &n[1], w[1], &n[2],
                   w[2], &n[3], w[3]) != 8) {
            continue;
        }
        for (int i = 0; i < 4; i++) {
            if (n[i] >= 1 && n[i] <= VAULT_SHEET_WORDS) {
                memcpy(sheet[n[i] - 1], w[i], STAGE_WORD);
                found++;
            }
        }
    }
    str_done(&all);
    s->sheets++;
    return found == VAULT_SHEET_WORDS;
}

/* The number before the colon at the end of a line; 0 if no word is asked for. */
static unsigned asked_number(const struct stage *s)
{
    struct str all = STR_INIT;
    canvas_dump(ui_run_draw(s->run), &all);
    const char *at = strstr(str_cstr(&all), ":\n");
    unsigned n = 0;
    if (at != NULL) {
        const char *begin = at;
        while (begin > all.data && begin[-1] >= '0' && begin[-1] <= '9') {
            begin--;
        }
        n = (unsigned)strtoul(begin, NULL, 10);
    }
    str_done(&all);
    return n <= VAULT_SHEET_WORDS ? n : 0;
}

bool stage_sheet_answer(struct stage *s)
{
    const unsigned n = asked_number(s);
    const int which = s->answered / ASKED_OF_EACH;
    if (n == 0 || which >= s->sheets) {
        return false;
    }
    for (const char *p = s->sheet[which][n - 1]; *p != '\0'; p++) {
        stage_key(s, (unsigned char)*p, NULL, 0);
    }
    stage_key(s, '\r', NULL, 0);
    s->answered++;
    return true;
}
