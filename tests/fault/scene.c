/* The scenes of the fault tests. Invariant: `now` is changed before a call to what it tries and
 * after it to what it was told, and at no other time, so that a cut at any step between can be
 * judged by the promise of that step. */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"

enum { TEXT_MAX = 6000, BATCH_MAX = 4 };

static void tell(struct scene *s)
{
    if (s->promised != NULL) {
        s->promised(s);
    }
}

static vault_secret *passphrase(unsigned number)
{
    char text[64];
    vault_secret *secret = vault_secret_new();
    const int n = snprintf(text, sizeof text, "copac lanterna %u vapor", number);
    ASSERT(n > 0 && vault_secret_put(secret, text, (size_t)n));
    return secret;
}

/* The text of event number n: what it says can be told from the number alone. */
static size_t text_of(unsigned long number, char out[TEXT_MAX])
{
    const size_t fill = (size_t)(number * 2654435761u >> 7) % (number % 9 == 0 ? 5000 : 300);
    const int head = snprintf(out, TEXT_MAX, "{\"n\":%lu,\"fill\":\"", number);
    for (size_t i = 0; i < fill; i++) {
        out[(size_t)head + i] = (char)('a' + (number + i) % 26);
    }
    memcpy(out + (size_t)head + fill, "\"}", 3);
    return (size_t)head + fill + 2;
}

bool scene_is_text(unsigned long n, const char *text, size_t len)
{
    char expected[TEXT_MAX];
    return len == text_of(n, expected) && memcmp(text, expected, len) == 0;
}

enum err scene_create(struct scene *s, struct err_info *err)
{
    vault_secret *pass = passphrase(0);
    vault_secret *sheets[2] = {NULL, NULL};
    const struct vault_create how = {.dir = s->dir,
                                     .passphrase = pass,
                                     .kdf = {19, 2},
                                     .lang = LANG_EN,
                                     .member_name = "T. T.",
                                     .zone = "UTC"};
    s->now = (struct promise){.made_tried = true};
    tell(s);
    const enum err bad = vault_create(&how, &s->v, &sheets[0], &sheets[1], err);
    if (bad == ERR_OK) {
        s->now.made_said = true;
    } else {
        s->v = NULL;
    }
    tell(s);
    vault_secret_free(sheets[0]);
    vault_secret_free(sheets[1]);
    vault_secret_free(pass);
    return bad;
}

static enum err open_with(struct scene *s, unsigned number, struct err_info *err)
{
    enum err bad = vault_open(s->dir, &s->v, err);
    if (bad != ERR_OK) {
        s->v = NULL;
        return bad;
    }
    vault_secret *pass = passphrase(number);
    bad = vault_unlock(s->v, pass, err);
    vault_secret_free(pass);
    if (bad != ERR_OK) {
        vault_close(s->v);
        s->v = NULL;
    }
    return bad;
}

enum err scene_open(struct scene *s, struct err_info *err)
{
    return open_with(s, s->now.pass_said, err);
}

enum err scene_save(struct scene *s, unsigned place, unsigned count, struct err_info *err)
{
    struct vault_write writes[BATCH_MAX] = {0};
    char(*texts)[TEXT_MAX] = mem_alloc(sizeof *texts * BATCH_MAX);
    ASSERT(count <= BATCH_MAX && place <= s->now.places);
    for (unsigned i = 0; i < count; i++) {
        writes[i].kind = SCENE_KIND;
        writes[i].text = texts[i];
        writes[i].len = text_of(s->now.said + 1 + i, texts[i]);
        memcpy(writes[i].compartment, place == 0 ? vault_organisation(s->v) : s->place[place - 1],
               ID_LEN);
    }
    s->now.tried = s->now.said + count;
    tell(s);
    const enum err bad = vault_append(s->v, writes, count, NULL, err);
    if (bad == ERR_OK) {
        s->now.said = s->now.tried;
        tell(s);
    }
    free(texts);
    return bad;
}

enum err scene_note(struct scene *s, struct err_info *err)
{
    char text[TEXT_MAX];
    s->now.note_tried = s->now.note_said + 1;
    tell(s);
    const enum err bad = vault_note_put(s->v, "position", text, text_of(s->now.note_tried, text),
                                        err);
    if (bad == ERR_OK) {
        s->now.note_said = s->now.note_tried;
        tell(s);
    }
    return bad;
}

/* Half-written keyfiles of an earlier cut do not stay: they would open with an old passphrase. */
static bool has_leftovers(const struct scene *s)
{
    struct str names = STR_INIT;
    const bool has = file_list(s->dir, "", &names, NULL) == ERR_OK &&
                     strstr(str_cstr(&names), "keyfile.tmp-") != NULL;
    str_done(&names);
    return has;
}

enum err scene_passwd(struct scene *s, struct err_info *err)
{
    s->now.pass_tried = s->now.pass_said + 1;
    tell(s);
    vault_secret *pass = passphrase(s->now.pass_tried);
    enum err bad = vault_passwd(s->v, pass, (struct vault_kdf){19, 2}, err);
    vault_secret_free(pass);
    if (bad == ERR_OK && has_leftovers(s)) {
        bad = ERR_SET(err, ERR_DAMAGED, "keyfile");
    }
    if (bad == ERR_OK) {
        s->now.pass_said = s->now.pass_tried;
        tell(s);
    }
    return bad;
}

enum err scene_place(struct scene *s, struct err_info *err)
{
    ASSERT(s->now.places < SCENE_PLACES);
    const enum err bad = vault_compartment_new(s->v, s->place[s->now.places], err);
    if (bad == ERR_OK) {
        s->now.places++;
        tell(s);
    }
    return bad;
}

enum err scene_verify(struct scene *s, struct err_info *err)
{
    struct vault_report r;
    const enum err bad = vault_verify(s->v, &r, NULL, NULL, err);
    const bool is_head = r.head_behind;
    const bool good = r.bad == 0 && r.unreadable == 0 && !r.head_behind && !r.database_damaged &&
                      !r.keyfile_damaged;
    vault_report_done(&r);
    if (bad != ERR_OK) {
        return bad;
    }
    return good ? ERR_OK : ERR_SET(err, ERR_DAMAGED, is_head ? "head" : "verify");
}

struct reading {
    unsigned long newest;
    bool is_good;
};

static bool look(void *payload, const struct vault_event *e)
{
    struct reading *r = payload;
    if (e->kind == SCENE_KIND) {
        r->newest++;
        r->is_good = r->is_good && scene_is_text(r->newest, e->text, e->len);
    }
    return true;
}

enum err scene_read(struct scene *s, unsigned long *newest, struct err_info *err)
{
    struct reading r = {.is_good = true};
    uint64_t skipped = 0;
    const enum err bad = vault_each(s->v, 0, look, &r, &skipped, err);
    *newest = r.newest;
    if (bad != ERR_OK) {
        return bad;
    }
    return r.is_good && skipped == 0 ? ERR_OK : ERR_SET(err, ERR_DAMAGED, "ev");
}

void scene_close(struct scene *s)
{
    vault_close(s->v);
    s->v = NULL;
}

static const char *check_pass(struct scene *s)
{
    if (open_with(s, s->now.pass_said, NULL) != ERR_OK) {
        if (open_with(s, s->now.pass_tried, NULL) != ERR_OK) {
            return "does not open";
        }
        s->now.pass_said = s->now.pass_tried;
    }
    s->now.pass_tried = s->now.pass_said;
    return "";
}

static const char *check_events(struct scene *s)
{
    unsigned long newest = 0;
    if (scene_verify(s, NULL) != ERR_OK) {
        return "does not verify";
    }
    if (scene_read(s, &newest, NULL) != ERR_OK) {
        return "an event is not what was written";
    }
    if (newest < s->now.said) {
        return "an acknowledged event is lost";
    }
    if (newest != s->now.said && newest != s->now.tried) {
        return "half a transaction is there";
    }
    s->now.said = s->now.tried = newest;
    return "";
}

static const char *check_note(struct scene *s)
{
    struct str found = STR_INIT;
    char text[TEXT_MAX];
    bool good = false;
    const enum err got = vault_note_get(s->v, "position", &found, NULL);
    for (unsigned number = s->now.note_said; !good && number <= s->now.note_tried; number++) {
        const size_t n = number > 0 ? text_of(number, text) : 0;
        good = number == 0 ? got == ERR_NOT_FOUND
                           : got == ERR_OK && found.len == n && memcmp(found.data, text, n) == 0;
        s->now.note_said = good ? number : s->now.note_said;
    }
    s->now.note_tried = s->now.note_said;
    str_done(&found);
    return good ? "" : "the note is neither the old nor the new one";
}

const char *scene_check(struct scene *s)
{
    const char *wrong = "";
    s->v = NULL;
    if (!file_exists(s->dir)) {
        wrong = s->now.made_said ? "the vault is gone" : "";
        s->now = (struct promise){0};
        return wrong;
    }
    s->now.made_said = s->now.made_tried = true;
    wrong = check_pass(s);
    if (wrong[0] == '\0') {
        wrong = check_events(s);
    }
    if (wrong[0] == '\0') {
        wrong = check_note(s);
    }
    if (wrong[0] == '\0' && scene_save(s, s->now.places, 1, NULL) != ERR_OK) {
        wrong = "does not take another event";
    }
    return wrong;
}
