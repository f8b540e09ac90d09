/* Trying a form while it is written: the interview screen on a file that an editor changes beside
 * it. Once a second the file is looked at; a new one is loaded and the answers go over by key.
 * Invariant: nothing is written anywhere; a file with errors leaves the form before it in use. */
#include "interview_int.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"

struct iv_trial {
    char *path, *dir; /* owned, as all here */
    struct timespec changed;
    off_t size;
    struct form_def *def;
    form_interview *iv; /* of def; NULL: never loaded without errors */
    struct form_findings findings;
    bool is_old;
};

const form_interview *iv_trial_interview(const struct iv_trial *t)
{
    return t->iv;
}

form_interview *iv_trial_open(struct iv_trial *t)
{
    return t->iv;
}

const struct form_findings *iv_trial_findings(const struct iv_trial *t)
{
    return &t->findings;
}

bool iv_trial_is_old(const struct iv_trial *t)
{
    return t->is_old;
}

void iv_trial_title(const struct iv_state *st, const struct ui_ctx *ctx, struct str *out)
{
    const struct iv_trial *const t = st->trial;
    const char *const slash = strrchr(t->path, '/');
    const unsigned long n = t->findings.count;
    str_puts(out, t->findings.errors > 0 ? "! " : "");
    str_printf(out, ui_trn(ctx, "%lu finding", "%lu findings", n), n);
    str_printf(out, " · %s", slash != NULL ? slash + 1 : t->path);
    if (t->iv != NULL) {
        const char *const name = form_interview_name(t->iv);
        str_printf(out, " · %s", name[0] != '\0' ? name : form_text_get(&t->def->title, ctx->lang));
    }
}

/* ---- loading */

static enum err read_beside(void *payload, const char *name, struct str *out)
{
    const struct iv_trial *const t = payload;
    if (strchr(name, '/') != NULL) {
        return ERR_NOT_FOUND;
    }
    char *const path = file_join(t->dir, name);
    const enum err e = file_read(path, FORM_MAX_BYTES, out, NULL);
    free(path);
    return e;
}

/* facts.yaml of the form's own folder, else of the forms folder; none at all is allowed. */
static void load_facts(const struct iv_trial *t, const struct ui_ctx *ctx, struct form_facts *facts)
{
    const char *const places[] = {t->dir, ctx->forms_dir};
    for (size_t i = 0; i < 2 && facts->count == 0 && places[i] != NULL; i++) {
        char *const path = file_join(places[i], "facts.yaml");
        struct form_findings findings = {0};
        struct str text = STR_INIT;
        if (file_read(path, FORM_MAX_BYTES, &text, NULL) == ERR_OK) {
            form_facts_load(str_cstr(&text), text.len, facts, &findings, NULL);
        }
        form_findings_done(&findings);
        str_done(&text);
        free(path);
    }
}

/* true if the file is another than at the last look. One that is not there for a moment, as while
 * an editor replaces it, is as before. */
static bool is_changed(struct iv_trial *t)
{
    struct stat s;
    if (stat(t->path, &s) != 0) {
        return false;
    }
    const bool is_same = s.st_size == t->size && s.st_mtim.tv_sec == t->changed.tv_sec &&
                         s.st_mtim.tv_nsec == t->changed.tv_nsec;
    t->size = s.st_size;
    t->changed = s.st_mtim;
    return !is_same;
}

/* ---- answers of the form before */

/* Rows of one container, made anew under the same ids and in the same order. */
static void carry_rows(const form_interview *from, int container, form_interview *to)
{
    struct str at = STR_INIT;
    form_interview_at(from, container, &at);
    const struct form_item *const it =
        &form_interview_def(from)->items[form_interview_item(from, container)];
    const int target = form_interview_find(to, str_cstr(&at), it->key);
    str_done(&at);
    if (target < 0 || !form_interview_is_container(to, target) ||
        form_interview_is_counted(to, target)) {
        return;
    }
    size_t count = 0;
    const int *rows = form_interview_instances(to, target, &count);
    while (count > 0) {
        form_interview_instance_delete(to, rows[0]);
        rows = form_interview_instances(to, target, &count);
    }
    rows = form_interview_instances(from, container, &count);
    for (size_t i = 0; i < count; i++) {
        (void)form_interview_instance_add(to, target, form_interview_instance_id(from, rows[i]),
                                          -1);
    }
}

static void carry_answer(const form_interview *from, int node, form_interview *to)
{
    const struct form_item *const it =
        &form_interview_def(from)->items[form_interview_item(from, node)];
    const struct form_answer a = form_interview_answer(from, node);
    if (!form_item_stores(it) || it->type == FORM_T_META) {
        return;
    }
    struct str at = STR_INIT;
    form_interview_at(from, node, &at);
    const int target = form_interview_find(to, str_cstr(&at), it->key);
    str_done(&at);
    if (target >= 0 && form_type_takes_answer(
                           form_interview_def(to)->items[form_interview_item(to, target)].type)) {
        (void)form_interview_set(to, target, a); /* what no longer fits its type is left behind */
    }
}

static void carry(const form_interview *from, form_interview *to)
{
    const int count = form_interview_nodes(from);
    for (int node = 0; node < count; node++) {
        if (form_interview_exists(from, node) && form_interview_is_container(from, node)) {
            carry_rows(from, node, to);
        }
    }
    for (int node = 0; node < count; node++) {
        if (form_interview_exists(from, node) && !form_interview_is_container(from, node) &&
            !form_interview_is_instance(from, node)) {
            carry_answer(from, node, to);
        }
    }
}

/* ---- where one was */

struct spot {
    struct str at, key, text;
    bool is_text;
    size_t row, choice;
};

static void remember(const struct iv_state *st, struct spot *s)
{
    const int node = st->node >= 0 ? st->node : st->container;
    if (node >= 0) {
        form_interview_at(iv_of(st), node, &s->at);
        str_puts(&s->key, iv_item(st, node)->key);
    }
    s->is_text = iv_is_text(st);
    str_puts(&s->text, s->is_text ? str_cstr(&st->edit.text) : "");
    s->row = st->row;
    s->choice = st->choice;
}

static void come_back(struct iv_state *st, const struct ui_ctx *ctx, struct spot *s)
{
    const int node = s->key.len > 0 ? iv_find(iv_of(st), str_cstr(&s->at), str_cstr(&s->key)) : -1;
    const bool was_in_findings = st->is_in_findings;
    st->page = 0;
    st->node = -1;
    st->container = -1;
    iv_focus_begin(st, ctx);
    if (node >= 0) {
        iv_focus_node(st, ctx, node);
        if (st->node == node && s->is_text && iv_is_text(st)) {
            ui_edit_set(&st->edit, str_cstr(&s->text));
        }
        st->row = s->row;
        iv_relocate(st, ctx);
    }
    st->is_in_findings = was_in_findings && st->shows_findings;
    str_done(&s->at);
    str_done(&s->key);
    str_done(&s->text);
}

static void use(struct iv_state *st, struct ui_ctx *ctx, struct form_def *def)
{
    struct iv_trial *const t = st->trial;
    const struct form_interview_hooks hooks = {.payload = t, .read_file = read_beside};
    struct spot spot = {.at = STR_INIT, .key = STR_INIT, .text = STR_INIT};
    form_interview *const iv = form_interview_new_with(def, clock_now_ms(), &hooks);
    form_interview_start(iv, true);
    if (t->iv != NULL) {
        remember(st, &spot);
        carry(t->iv, iv);
        form_interview_free(t->iv);
        form_def_free(t->def);
    }
    t->iv = iv;
    t->def = def;
    come_back(st, ctx, &spot);
}

static bool is_beside(void *payload, const char *name)
{
    const struct iv_trial *const t = payload;
    char *const path = file_join(t->dir, name);
    const bool is_there = strchr(name, '/') == NULL && file_exists(path);
    free(path);
    return is_there;
}

/* Loads the file as it is now. */
static void load(struct iv_state *st, struct ui_ctx *ctx)
{
    struct iv_trial *const t = st->trial;
    struct form_facts facts = {0};
    struct form_def *def = NULL;
    struct str yaml = STR_INIT;
    struct err_info info = {0};
    load_facts(t, ctx, &facts);
    form_findings_done(&t->findings);
    memset(&t->findings, 0, sizeof t->findings);
    enum err e = file_read(t->path, FORM_MAX_BYTES, &yaml, &info);
    if (e == ERR_OK) {
        e = form_def_load(str_cstr(&yaml), yaml.len, &facts, &def, &t->findings, &info);
    }
    if (def != NULL) {
        form_def_check_files(def, str_cstr(&yaml), yaml.len, is_beside, t, &t->findings);
    }
    t->is_old = def == NULL;
    st->findings = (struct ui_list){.count = t->findings.count};
    st->shows_findings = st->shows_findings || def == NULL || t->findings.errors > 0;
    if (def != NULL) {
        use(st, ctx, def);
    } else if (t->findings.errors == 0) {
        ui_say_error(ctx, e, &info);
    }
    str_done(&yaml);
    form_facts_done(&facts);
}

/* ---- the screen */

static void open(void *state, struct ui_ctx *ctx, const void *arg)
{
    struct iv_state *const st = state;
    (void)arg;
    st->node = -1;
    st->container = -1;
    if (ctx->try_form == NULL) {
        return;
    }
    st->trial = mem_alloc(sizeof *st->trial);
    st->trial->path = mem_strdup(ctx->try_form);
    const char *const slash = strrchr(ctx->try_form, '/');
    struct str dir = STR_INIT;
    str_put(&dir, slash != NULL ? ctx->try_form : ".",
            slash != NULL ? (size_t)(slash - ctx->try_form) + 1 : 1);
    st->trial->dir = str_take(&dir);
    (void)is_changed(st->trial);
    load(st, ctx);
}

static bool tick(void *state, struct ui_ctx *ctx)
{
    struct iv_state *const st = state;
    if (st->trial == NULL || !is_changed(st->trial)) {
        return false;
    }
    load(st, ctx);
    if (!st->trial->is_old) {
        ui_say(ctx, ui_tr(ctx, "The form was read again."));
    }
    return true;
}

static void close(void *state, struct ui_ctx *ctx)
{
    struct iv_state *const st = state;
    struct iv_trial *const t = st->trial;
    (void)ctx;
    ui_edit_done(&st->edit);
    ui_edit_done(&st->filter);
    if (t == NULL) {
        return;
    }
    form_interview_free(t->iv);
    if (t->def != NULL) {
        form_def_free(t->def);
    }
    form_findings_done(&t->findings);
    free(t->path);
    free(t->dir);
    free(t);
}

const struct ui_screen ui_try = {
    .id = "try",
    .title = N_("Trying a form"),
    .state_size = sizeof(struct iv_state),
    .scope = UI_SCOPE_INTERVIEW,
    .open = open,
    .draw = iv_draw,
    .act = iv_act,
    .takes_text = iv_takes_text,
    .allows = iv_allows,
    .tick = tick,
    .close = close,
};
