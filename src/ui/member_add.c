/* A request file becomes a member: the file is read, its words are compared by voice, a role is
 * chosen, the welcome is written beside it. Invariant: the button does nothing before the words
 * were on the screen, and what is accepted is what was shown, not what lies in the file by then. */
#include "members_int.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"

enum field { F_PATH, F_ROLE, F_ACCEPT, F_COUNT };
enum { REQUEST_MAX = 4096, PATH_BYTES = 500 };

struct state {
    struct ui_edit path;
    struct str request, words; /* as read; empty before */
    struct vault_request said;
    enum vault_role role;
    size_t at;
};

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct state *const st = state;
    (void)ctx;
    (void)arg;
    st->path.max_bytes = PATH_BYTES;
    st->role = VAULT_ROLE_CASEWORKER;
}

static int draw_said(const struct state *st, const struct ui_ctx *ctx, canvas *c, int row)
{
    const int width = canvas_cols(c) - 6;
    const int top = row;
    if (st->said.is_second_device) {
        row += canvas_wrap(c, row, 3, width, 2, UI_BOLD,
                           ui_tr(ctx, "A further device of yours asks to be taken."));
    } else {
        canvas_printf(c, row++, 3, width, UI_BOLD, "%s: %s", ui_tr(ctx, "Asks to become a member"),
                      st->said.name);
    }
    row += canvas_wrap(c, row, 3, width, 3, UI_PLAIN,
                       ui_tr(ctx, "Ask, best by telephone, for the twelve words on the other "
                                  "screen. They must be these:"));
    row += canvas_wrap(c, row + 1, 5, width - 4, 3, UI_BOLD, str_cstr(&st->words));
    return row + 2 - top;
}

static void draw(const void *state, const struct ui_ctx *ctx, canvas *c)
{
    const struct state *const st = state;
    const int width = canvas_cols(c) - 26;
    ui_frame(c, ctx, &ui_member_add, st, ui_tr(ctx, ui_member_add.title));
    canvas_cursor(c, -1, 0);
    int row = UI_TOP + 1;
    canvas_text(c, row, 3, 18, UI_PLAIN, ui_tr(ctx, "Request file"));
    ui_edit_draw(&st->path, c, row, 22, width, 1, st->at == F_PATH);
    if (st->at == F_PATH) {
        canvas_text(c, row, 1, 1, UI_BOLD, "›");
    }
    row += 2;
    if (st->words.len == 0) {
        canvas_wrap(c, row, 3, canvas_cols(c) - 6, 4, UI_DIM,
                    ui_tr(ctx, "Who wants to join writes this file with: sprijin join --name NAME "
                               "-o FILE"));
        return;
    }
    row += draw_said(st, ctx, c, row);
    if (!st->said.is_second_device) {
        canvas_text(c, row, 3, 18, UI_PLAIN, ui_tr(ctx, "Role"));
        ui_role_draw(ctx, c, row, 22, st->role, st->at == F_ROLE);
        canvas_text(c, row, 1, 1, UI_BOLD, st->at == F_ROLE ? "›" : " ");
    }
    row += 2;
    canvas_printf(c, row, 5, canvas_cols(c) - 10, UI_BOLD, "[ %s ]",
                  ui_tr(ctx, "The words are the same: accept"));
    if (st->at == F_ACCEPT) {
        ui_focus(c, row, 3, 44 < canvas_cols(c) - 6 ? 44 : canvas_cols(c) - 6);
    }
}

static void forget(struct state *st)
{
    str_clear(&st->request);
    str_clear(&st->words);
}

static void read_file(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    forget(st);
    enum err e = file_read(str_cstr(&st->path.text), REQUEST_MAX, &st->request, &info);
    if (e != ERR_OK) {
        ui_say(ctx, ui_tr(ctx, "There is no such file, or it cannot be read."));
        return;
    }
    e = vault_request_read(ctx->vault, st->request.data, st->request.len, &st->said, &st->words,
                           &info);
    if (e != ERR_OK) {
        forget(st);
        ui_say_member(ctx, e, &info);
        return;
    }
    st->at = st->said.is_second_device ? F_ACCEPT : F_ROLE;
}

/* Beside the request, under its name. */
static void welcome_path(const struct state *st, struct str *out)
{
    str_puts(out, str_cstr(&st->path.text));
    str_puts(out, ".welcome");
}

static struct ui_effect accept(struct state *st, struct ui_ctx *ctx)
{
    struct err_info info = {0};
    struct str path = STR_INIT, welcome = STR_INIT, said = STR_INIT;
    welcome_path(st, &path);
    const bool is_there = file_exists(str_cstr(&path));
    enum err e = is_there ? ERR_EXISTS : ERR_OK;
    e = e == ERR_OK ? vault_member_add(ctx->vault, st->request.data, st->request.len, st->role,
                                       NULL, &welcome, &info)
                    : e;
    e = e == ERR_OK ? file_create(str_cstr(&path), welcome.data, welcome.len, 0600, &info) : e;
    if (is_there) {
        ui_say_error(ctx, e, &info);
    } else if (e != ERR_OK) {
        ui_say_member(ctx, e, &info);
    } else {
        ctx->has_saved = true;
        str_printf(&said, "%s %s", ui_tr(ctx, "Give back this file:"), str_cstr(&path));
        ui_say(ctx, str_cstr(&said));
    }
    str_done(&path);
    str_done(&welcome);
    str_done(&said);
    return e == ERR_OK ? ui_pop(1) : UI_EFFECT(UI_EFFECT_NONE);
}

static void move(struct state *st, size_t step)
{
    do {
        st->at = (st->at + step) % F_COUNT;
    } while (st->at == F_ROLE && st->said.is_second_device);
}

static struct ui_effect act(void *state, struct ui_ctx *ctx, const struct ui_input *in)
{
    struct state *const st = state;
    if (in->action == UI_ACT_BACK) {
        return ui_pop(0);
    }
    if (st->at == F_PATH && in->action != UI_ACT_UP && in->action != UI_ACT_DOWN &&
        ui_edit_act(&st->path, in)) {
        forget(st);
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    if (st->words.len == 0) {
        if (in->action == UI_ACT_OPEN || in->action == UI_ACT_NEXT_FIELD) {
            read_file(st, ctx);
        }
        return UI_EFFECT(UI_EFFECT_NONE);
    }
    switch (in->action) {
    case UI_ACT_OPEN:
        if (st->at == F_ACCEPT) {
            return accept(st, ctx);
        }
        move(st, 1);
        break;
    case UI_ACT_LEFT:
    case UI_ACT_RIGHT:
    case UI_ACT_CHOOSE:
        if (st->at == F_ROLE) {
            st->role = ui_role_step(st->role, in->action == UI_ACT_LEFT ? -1 : 1);
        }
        break;
    case UI_ACT_NEXT_FIELD:
    case UI_ACT_DOWN: move(st, 1); break;
    case UI_ACT_PREV_FIELD:
    case UI_ACT_UP: move(st, F_COUNT - 1); break;
    default: break;
    }
    return UI_EFFECT(UI_EFFECT_NONE);
}

static bool takes_text(const void *state, const struct ui_ctx *ctx)
{
    (void)ctx;
    return ((const struct state *)state)->at == F_PATH;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct state *const st = state;
    (void)ctx;
    ui_edit_done(&st->path);
    str_done(&st->request);
    str_done(&st->words);
}

const struct ui_screen ui_member_add = {
    .id = "member-add",
    .title = N_("A new member"),
    .state_size = sizeof(struct state),
    .scope = UI_SCOPE_FIELDS,
    .guards = UI_NEEDS_UNLOCKED | UI_NEEDS_WRITE,
    .open = open,
    .draw = draw,
    .act = act,
    .takes_text = takes_text,
    .close = close,
};
