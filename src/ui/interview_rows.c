/* Rows of a repeat: the page that lists them, and what adds, moves and deletes them. Each is saved
 * at once, like an answer. */
#include "interview_int.h"

#include <string.h>

#include "ui/keys.h"

enum { SHOWN_ANSWERS = 3, TEXT_COL = 6, NEAR = 200 };

bool iv_is_rows(const struct iv_state *st)
{
    return iv_page(st)->repeat >= 0;
}

const int *iv_rows(const struct iv_state *st, size_t *count)
{
    const int container = iv_page(st)->repeat;
    *count = 0;
    return container < 0 ? NULL : form_interview_instances(iv_of(st), container, count);
}

int iv_row_instance(const struct iv_state *st)
{
    size_t count = 0;
    const int *const rows = iv_rows(st, &count);
    return st->row < count ? rows[st->row] : -1;
}

bool iv_may_change_rows(const struct iv_state *st)
{
    return iv_is_rows(st) && !iv_is_finished(st) &&
           !form_interview_is_counted(iv_of(st), iv_page(st)->repeat);
}

int iv_instance_of(const struct iv_state *st, const struct form_page *page)
{
    int node = page->repeat >= 0 ? page->repeat : page->group;
    while (node >= 0 && !form_interview_is_instance(iv_of(st), node)) {
        node = form_interview_parent(iv_of(st), node);
    }
    return node;
}

/* Calls for each shown question of a row that holds now; nested repeats are rows of their own. */
static void each_question(const form_interview *iv, int instance,
                          void (*take)(void *payload, const form_interview *iv, int node),
                          void *payload)
{
    const struct form_def *const def = form_interview_def(iv);
    const int repeat = form_interview_item(iv, instance);
    for (int i = repeat + 1; i < def->items[repeat].end; i++) {
        const struct form_item *const it = &def->items[i];
        if (it->repeat != repeat || !form_type_is_shown(it->type) ||
            !form_type_takes_answer(it->type)) {
            continue;
        }
        const int node = form_interview_node(iv, i, instance);
        if (node >= 0 && form_interview_relevant(iv, node)) {
            take(payload, iv, node);
        }
    }
}

struct row_text {
    struct str *out;
    enum lang lang;
    int shown;
};

static void take_text(void *payload, const form_interview *iv, int node)
{
    struct row_text *const t = payload;
    struct str s = STR_INIT;
    if (t->shown < SHOWN_ANSWERS) {
        ui_show_answer(iv, node, t->lang, &s);
    }
    if (s.len > 0) {
        str_printf(t->out, "%s%s", t->shown > 0 ? ", " : "", str_cstr(&s));
        t->shown++;
    }
    str_done(&s);
}

void iv_row_text(const form_interview *iv, int instance, enum lang lang, struct str *out)
{
    struct row_text t = {.out = out, .lang = lang};
    each_question(iv, instance, take_text, &t);
}

static void take_count(void *payload, const form_interview *iv, int node)
{
    struct form_progress *const p = payload;
    const enum form_answer_state s = form_interview_answer(iv, node).state;
    const enum form_problem problem = form_interview_problem(iv, node);
    p->asked++;
    p->answered += s == FORM_A_VALUE || s == FORM_A_DECLINED || s == FORM_A_UNKNOWN ? 1 : 0;
    p->wrong += problem == FORM_P_CONSTRAINT ? 1 : 0;
}

static void draw_row(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c, int row,
                     int width, size_t i, int instance)
{
    struct form_progress p = {0};
    each_question(iv_of(st), instance, take_count, &p);
    struct str s = STR_INIT;
    iv_row_text(iv_of(st), instance, ctx->lang, &s);
    const bool is_here = i == st->row;
    canvas_printf(c, row, 2, 3, UI_PLAIN, "%2zu", i + 1);
    if (s.len > 0) {
        canvas_text(c, row, TEXT_COL, width - TEXT_COL - 5, UI_PLAIN, str_cstr(&s));
    } else {
        canvas_text(c, row, TEXT_COL, width - TEXT_COL - 5, UI_DIM, ui_tr(ctx, "no answers yet"));
    }
    const bool is_bad = p.wrong > 0 || iv_is_contested(st, instance);
    canvas_text_right(c, row, width - 2, is_bad ? UI_ALERT : UI_PLAIN,
                      is_bad ? "!" : ui_sign(p.answered >= p.asked, p.answered));
    if (is_here) {
        canvas_text(c, row, 1, 1, UI_BOLD, "›");
        if (!st->is_in_sections && !st->is_in_findings) {
            canvas_attr(c, row, 2, width - 4, UI_REVERSE);
            canvas_cursor(c, row, 2);
        }
    }
    str_done(&s);
}

/* The row with the focus, if it waits for somebody to decide about it. */
static int draw_contested(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c, int row,
                          int width)
{
    char key[16];
    struct str s = STR_INIT;
    if (!iv_is_contested(st, iv_row_instance(st))) {
        return 0;
    }
    str_puts(&s, "! ");
    str_printf(&s, ui_tr(ctx, "Row %zu was deleted elsewhere while somebody answered in it."),
               st->row + 1);
    str_printf(&s, " %s %s", ui_action_key(UI_SCOPE_INTERVIEW, UI_ACT_KEEP, key),
               ui_tr(ctx, "keep"));
    const int used = canvas_wrap(c, row, TEXT_COL, width - TEXT_COL - 1, 3, UI_ALERT, str_cstr(&s));
    str_done(&s);
    return used + 1;
}

/* "+ add   - delete   u up   d down", as far as there is something to do it to. */
static void draw_keys(const struct ui_ctx *ctx, canvas *c, int row, int width, size_t count)
{
    static const struct {
        enum ui_action action;
        size_t from; /* rows that it needs */
        const char *word;
    } KEYS[] = {{UI_ACT_ADD, 0, N_("add")},
                {UI_ACT_REMOVE, 1, N_("delete")},
                {UI_ACT_MOVE_UP, 2, N_("up")},
                {UI_ACT_MOVE_DOWN, 2, N_("down")}};
    int col = TEXT_COL;
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        char key[16];
        if (count >= KEYS[i].from && col < width - 2) {
            struct str s = STR_INIT;
            str_printf(&s, "%s %s", ui_action_key(UI_SCOPE_INTERVIEW, KEYS[i].action, key),
                       ui_tr(ctx, KEYS[i].word));
            col += 3 + canvas_text(c, row, col, width - col - 1, UI_DIM, str_cstr(&s));
            str_done(&s);
        }
    }
}

int iv_rows_draw(const struct iv_state *st, const struct ui_ctx *ctx, canvas *c, int row, int width,
                 int *focus_row)
{
    size_t count = 0;
    const int *const rows = iv_rows(st, &count);
    const int top = row;
    *focus_row = row;
    for (size_t i = 0; i < count; i++) {
        if (i == st->row) {
            *focus_row = row;
        }
        if (i + NEAR > st->row && i < st->row + NEAR) { /* no window is higher */
            draw_row(st, ctx, c, row, width, i, rows[i]);
        }
        row++;
    }
    if (count == 0) {
        canvas_text(c, row++, 1, width - 2, UI_PLAIN, ui_tr(ctx, "Nothing is listed here yet."));
    }
    row++;
    row += draw_contested(st, ctx, c, row, width);
    if (iv_may_change_rows(st)) {
        draw_keys(ctx, c, row++, width, count);
    } else if (!iv_is_finished(st)) {
        row += canvas_wrap(c, row, TEXT_COL, width - TEXT_COL - 1, 3, UI_DIM,
                           ui_tr(ctx, "How many rows there are is decided by an answer."));
    }
    return row - top;
}

static void open_row(struct iv_state *st, const struct ui_ctx *ctx, int instance)
{
    const int page = instance >= 0 ? form_interview_instance_page(iv_of(st), instance) : -1;
    if (page >= 0) {
        iv_focus_page(st, ctx, page, false);
    }
}

static void add(struct iv_state *st, struct ui_ctx *ctx)
{
    int node = -1;
    struct err_info info = {0};
    const enum err e = iv_row_add(st, iv_page(st)->repeat, &node, &info);
    iv_note_save(st, ctx, e, &info);
    iv_relocate(st, ctx);
    if (node >= 0) {
        st->row = (size_t)form_interview_position(iv_of(st), node) - 1;
        open_row(st, ctx, node);
    }
}

static void keep(struct iv_state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    const enum err e = iv_row_keep(st, iv_row_instance(st), &info);
    iv_note_save(st, ctx, e, &info);
    iv_relocate(st, ctx);
}

void iv_delete_row(struct iv_state *st, struct ui_ctx *ctx)
{
    const int instance = iv_row_instance(st);
    if (instance >= 0) {
        struct err_info info = {0};
        const enum err e = iv_row_delete(st, instance, &info);
        iv_note_save(st, ctx, e, &info);
        iv_relocate(st, ctx);
    }
}

static void move(struct iv_state *st, struct ui_ctx *ctx, int direction)
{
    size_t count = 0;
    const int *const rows = iv_rows(st, &count);
    const size_t to = st->row + (size_t)direction;
    if (st->row >= count || to >= count) {
        return;
    }
    const size_t before = direction < 0 ? to : to + 1;
    struct err_info info = {0};
    const enum err e = iv_row_move(st, rows[st->row], before < count ? rows[before] : -1, &info);
    iv_note_save(st, ctx, e, &info);
    st->row = to;
    iv_relocate(st, ctx);
}

/* What changes rows; false if the action is another. */
static bool act_change(struct iv_state *st, struct ui_ctx *ctx, enum ui_action action)
{
    if (action != UI_ACT_ADD && action != UI_ACT_REMOVE && action != UI_ACT_DELETE &&
        action != UI_ACT_KEEP && action != UI_ACT_MOVE_UP && action != UI_ACT_MOVE_DOWN) {
        return false;
    }
    if (!iv_may_change_rows(st)) {
        ui_say(ctx, ui_tr(ctx, "How many rows there are is decided by an answer."));
    } else if (action == UI_ACT_ADD) {
        add(st, ctx);
    } else if (action == UI_ACT_KEEP) {
        keep(st, ctx);
    } else if (action == UI_ACT_MOVE_UP || action == UI_ACT_MOVE_DOWN) {
        move(st, ctx, action == UI_ACT_MOVE_UP ? -1 : 1);
    } else if (iv_row_instance(st) >= 0) {
        st->ask = IV_ASK_DELETE;
    }
    return true;
}

bool iv_act_rows(struct iv_state *st, struct ui_ctx *ctx, const struct ui_input *in)
{
    size_t count = 0;
    (void)iv_rows(st, &count);
    if (act_change(st, ctx, in->action)) {
        return true;
    }
    if (in->action == UI_ACT_OPEN && count > 0) {
        open_row(st, ctx, iv_row_instance(st));
        return true;
    }
    if (in->action == UI_ACT_DIGIT) {
        const size_t i = in->n == 1 && in->text[0] >= '1' ? (size_t)(in->text[0] - '1') : count;
        st->row = i < count ? i : st->row;
        return true;
    }
    const bool is_out = (in->action == UI_ACT_UP && st->row == 0) ||
                        (in->action == UI_ACT_DOWN && st->row + 1 >= count);
    const bool is_move = in->action == UI_ACT_UP || in->action == UI_ACT_DOWN ||
                         in->action == UI_ACT_HOME || in->action == UI_ACT_END;
    if (!is_move || is_out) {
        return false; /* on to the neighbouring page */
    }
    struct ui_list l = {.count = count, .at = st->row};
    (void)ui_list_act(&l, in);
    st->row = l.at;
    return true;
}
