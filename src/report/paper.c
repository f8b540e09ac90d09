/* The layout of a record on paper. Invariant: only what is relevant and answered is printed, every
 * line is at most PAPER_CELLS wide, and no control character of an answer reaches the paper. */
#include "report/paper.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

#define N_(s) s

enum { PAPER_CELLS = 78, ANSWER_INDENT = 4 };

struct paper {
    form_interview *iv;
    const catalog *c;
    enum lang lang;
    struct str *out;
};

static void spaces(struct str *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        str_putc(out, ' ');
    }
}

/* One paragraph, broken between words; a word longer than a line is cut. */
static void put_paragraph(struct str *out, const char *s, size_t n, size_t indent)
{
    size_t used = 0;
    spaces(out, indent);
    while (n > 0) {
        size_t word = 0;
        while (word < n && s[word] != ' ') {
            word++;
        }
        size_t cells = utf8_width(s, word);
        if (used > 0 && indent + used + 1 + cells > PAPER_CELLS) {
            str_putc(out, '\n');
            spaces(out, indent);
            used = 0;
        }
        if (cells > PAPER_CELLS - indent) {
            word = utf8_fit(s, word, PAPER_CELLS - indent);
            cells = utf8_width(s, word);
        }
        if (used > 0 && word > 0) {
            str_putc(out, ' ');
            used++;
        }
        str_put(out, s, word);
        used += cells;
        s += word;
        n -= word;
        while (n > 0 && *s == ' ') {
            s++;
            n--;
        }
    }
    str_putc(out, '\n');
}

static void put_text(struct str *out, const char *text, size_t indent)
{
    struct str clean = STR_INIT;
    utf8_clean(&clean, text, strlen(text), true);
    for (const char *at = str_cstr(&clean); *at != '\0';) {
        const size_t n = strcspn(at, "\n");
        put_paragraph(out, at, n, indent);
        at += n + (at[n] == '\n');
    }
    str_done(&clean);
}

static void put_title(struct paper *p, int node, const struct form_item *item)
{
    struct str text = STR_INIT;
    form_interview_label_at(p->iv, node, &item->label, p->lang, &text);
    if (form_interview_is_instance(p->iv, node)) {
        str_printf(&text, " %d", form_interview_position(p->iv, node));
    }
    if (text.len > 0) {
        str_putc(p->out, '\n');
        put_text(p->out, str_cstr(&text), 0);
        for (size_t i = utf8_width(text.data, text.len); i > 0 && i <= PAPER_CELLS; i--) {
            str_putc(p->out, '-');
        }
        str_putc(p->out, '\n');
    }
    str_done(&text);
}

static void put_answer(struct paper *p, int node, const struct form_item *item)
{
    static const char *const STATES[] = {[FORM_A_NONE] = "",
                                         [FORM_A_VALUE] = "",
                                         [FORM_A_LATER] = N_("ask later"),
                                         [FORM_A_DECLINED] = N_("does not want to answer"),
                                         [FORM_A_UNKNOWN] = N_("does not know")};
    const struct form_answer answer = form_interview_answer(p->iv, node);
    struct str text = STR_INIT;
    if (answer.state == FORM_A_NONE) {
        return;
    }
    form_interview_label_at(p->iv, node, &item->label, p->lang, &text);
    put_text(p->out, str_cstr(&text), 0);
    str_clear(&text);
    if (answer.state == FORM_A_VALUE) {
        form_interview_text(p->iv, node, p->lang, &text);
    } else {
        str_puts(&text, catalog_get(p->c, STATES[answer.state]));
    }
    put_text(p->out, str_cstr(&text), ANSWER_INDENT);
    str_done(&text);
}

static void put_item(struct paper *p, int node, const struct form_item *item)
{
    struct str text = STR_INIT;
    if (item->type == FORM_T_GROUP) {
        if (item->parent < 0) {
            put_title(p, node, item);
        }
    } else if (item->type == FORM_T_NOTE && strcmp(item->appearance, "print") == 0) {
        form_interview_label_at(p->iv, node, &item->label, p->lang, &text);
        put_text(p->out, str_cstr(&text), 0);
    } else if (form_type_takes_answer(item->type) && item->type != FORM_T_HIDDEN) {
        put_answer(p, node, item);
    }
    str_done(&text);
}

/* Items from..end-1, whose nodes are that much higher. */
static void put_range(struct paper *p, int from, int end, int shift)
{
    const struct form_def *def = form_interview_def(p->iv);
    for (int i = from; i < end;) {
        const struct form_item *item = &def->items[i];
        if (item->type != FORM_T_REPEAT) {
            if (form_interview_relevant(p->iv, i + shift)) {
                put_item(p, i + shift, item);
            }
            i++;
            continue;
        }
        size_t n = 0;
        const int *rows = form_interview_instances(p->iv, i + shift, &n);
        for (size_t k = 0; k < n; k++) {
            if (form_interview_relevant(p->iv, rows[k])) {
                put_title(p, rows[k], item);
                put_range(p, i + 1, item->end, rows[k] - i);
            }
        }
        i = item->end;
    }
}

static void put_levels(struct paper *p)
{
    const struct form_def *def = form_interview_def(p->iv);
    for (size_t i = 0; i < def->scale_count; i++) {
        const struct form_scale_result r = form_interview_scale(p->iv, (int)i);
        const char *name = form_text_get(&def->scales[i].label, p->lang);
        struct str line = STR_INIT;
        str_printf(&line, "%s: %g", name[0] != '\0' ? name : def->scales[i].name, r.points);
        if (r.level != NULL) {
            const char *level = form_text_get(&r.level->label, p->lang);
            str_printf(&line, " (%s)", level[0] != '\0' ? level : r.level->name);
        }
        str_putc(p->out, '\n');
        put_text(p->out, str_cstr(&line), 0);
        str_done(&line);
    }
}

static void put_moment(const struct paper *p, const char *what, int64_t ms, const char *who)
{
    char day[11];
    const struct clock_local t = clock_local_of(ms);
    date_format(t.date, day);
    str_printf(p->out, "%s: %s %02d:%02d, %s\n", catalog_get(p->c, what), day, t.hour, t.minute,
               who);
}

static void put_lines_to_sign(const struct paper *p)
{
    static const char *const WHO[] = {N_("The person"), N_("The worker"), N_("The coordinator")};
    str_putc(p->out, '\n');
    for (size_t i = 0; i < sizeof WHO / sizeof *WHO; i++) {
        const char *name = catalog_get(p->c, WHO[i]);
        const char *day = catalog_get(p->c, N_("Date"));
        const size_t width = utf8_width(name, strlen(name));
        str_printf(p->out, "\n%s", name);
        spaces(p->out, width < 20 ? 20 - width : 1);
        str_printf(p->out, "______________________________   %s ____________\n", day);
    }
}

void paper_record(form_interview *iv, const struct paper_head *head, const catalog *c,
                  enum lang lang, struct str *out)
{
    struct paper p = {iv, c, lang, out};
    const struct form_def *def = form_interview_def(iv);
    put_text(out, form_text_get(&def->title, lang), 0);
    str_printf(out, "%s\n", head->code);
    put_moment(&p, N_("Begun"), head->begun_ms, head->author);
    if (head->finished_ms > 0) {
        put_moment(&p, N_("Signed off"), head->finished_ms, head->finished_by);
    } else {
        str_printf(out, "%s\n", catalog_get(c, N_("NOT FINISHED: a draft")));
    }
    put_range(&p, 0, (int)def->count, 0);
    put_levels(&p);
    put_lines_to_sign(&p);
}
