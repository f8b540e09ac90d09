/* A case handed to another member: asked by one, accepted or refused by the other, withdrawn by the
 * first as long as it is open. In the organisation stands who asks whom for which case, which its
 * epochs tell every member anyway; the words stand in the case, for its readers. Invariant: the
 * same events in any order give the same state. Withdrawn counts before accepted and refused; of
 * these the first in clock order; what somebody else says counts nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/handover.h"
#include "record_int.h"

static const char *const WORDS[] = {[RECORD_HANDOVER_OPEN] = "",
                                    [RECORD_HANDOVER_ACCEPTED] = "accepted",
                                    [RECORD_HANDOVER_REFUSED] = "refused",
                                    [RECORD_HANDOVER_WITHDRAWN] = "withdrawn"};

/* ---- reading */

static void read_state(record *r, const char *id, struct record_handover *h)
{
    static const char SQL[] =
        "SELECT s.answer, s.clock >> 16 FROM handover_said s JOIN handover h ON h.id = s.id"
        " WHERE s.id = ?1 AND ((s.answer = 'withdrawn' AND s.author = h.sender)"
        " OR (s.answer IN ('accepted', 'refused') AND s.author = h.receiver))"
        " ORDER BY s.answer <> 'withdrawn', s.clock, s.event LIMIT 1";
    db_stmt *s = NULL;
    bool row = false;
    h->state = RECORD_HANDOVER_OPEN;
    if (db_prepare(r->db, SQL, &s, NULL) != ERR_OK) {
        return;
    }
    db_bind_text(s, 1, id);
    if (db_step(s, &row, NULL) == ERR_OK && row) {
        for (int i = RECORD_HANDOVER_ACCEPTED; i <= RECORD_HANDOVER_WITHDRAWN; i++) {
            if (strcmp(WORDS[i], db_col_text(s, 0)) == 0) {
                h->state = (enum record_handover_state)i;
            }
        }
        h->answered_ms = db_col_int(s, 1);
    }
    db_stmt_free(s);
}

static void name_of(const struct vault_member *all, size_t n, const unsigned char *id, char *out)
{
    for (size_t i = 0; i < n; i++) {
        if (memcmp(all[i].id, id, ID_LEN) == 0) {
            memcpy(out, all[i].name, sizeof all[i].name);
        }
    }
}

static bool read_row(record *r, db_stmt *s, struct record_handover *h)
{
    memset(h, 0, sizeof *h);
    if (!hex_get(h->id, ID_LEN, db_col_text(s, 0)) ||
        !hex_get(h->case_id, ID_LEN, db_col_text(s, 1)) ||
        !hex_get(h->from, ID_LEN, db_col_text(s, 2)) ||
        !hex_get(h->to, ID_LEN, db_col_text(s, 3))) {
        return false;
    }
    h->ends = db_col_int(s, 4) != 0;
    h->had_access = db_col_int(s, 5) != 0;
    h->asked_ms = db_col_int(s, 6);
    h->is_to_me = memcmp(h->to, vault_member_id(r->vault), ID_LEN) == 0;
    h->is_from_me = memcmp(h->from, vault_member_id(r->vault), ID_LEN) == 0;
    const struct card *c = cards_find(r, h->case_id);
    if (c != NULL) {
        snprintf(h->code, sizeof h->code, "%s", c->info.code);
    }
    read_state(r, db_col_text(s, 0), h);
    return true;
}

enum err record_handover_list(record *r, struct record_handover **out, size_t *count,
                              struct err_info *err)
{
    static const char SQL[] = "SELECT id, kase, sender, receiver, ends, had, clock >> 16"
                              " FROM handover ORDER BY clock DESC, event";
    struct vault_member *all = NULL;
    size_t members = 0, cap = 0;
    db_stmt *s = NULL;
    bool row = false;
    *out = NULL;
    *count = 0;
    enum err rc = cards_fresh(r, err); /* the codes */
    rc = rc == ERR_OK ? vault_members(r->vault, &all, &members, err) : rc;
    rc = rc == ERR_OK ? db_prepare(r->db, SQL, &s, err) : rc;
    while (rc == ERR_OK && (rc = db_step(s, &row, err)) == ERR_OK && row) {
        struct record_handover h = {.state = RECORD_HANDOVER_OPEN};
        if (!read_row(r, s, &h) || !(h.is_to_me || h.is_from_me || h.code[0] != '\0')) {
            continue;
        }
        if (*count == cap) {
            cap = cap * 2 + 8;
            *out = mem_realloc(*out, cap * sizeof **out);
        }
        name_of(all, members, h.from, h.from_name);
        name_of(all, members, h.to, h.to_name);
        (*out)[(*count)++] = h;
    }
    db_stmt_free(s);
    free(all);
    return rc;
}

static enum err find(record *r, const unsigned char id[ID_LEN], struct record_handover *out,
                     struct err_info *err)
{
    static const char SQL[] = "SELECT id, kase, sender, receiver, ends, had, clock >> 16"
                              " FROM handover WHERE id = ?1";
    char hex[ID_HEX_LEN];
    db_stmt *s = NULL;
    bool row = false;
    hex_put(hex, id, ID_LEN);
    enum err rc = db_prepare(r->db, SQL, &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, hex);
    rc = db_step(s, &row, err);
    if (rc == ERR_OK && (!row || !read_row(r, s, out))) {
        rc = ERR_SET(err, ERR_NOT_FOUND, "handover");
    }
    db_stmt_free(s);
    return rc;
}

enum err record_handover_words(record *r, const struct record_handover *h, struct str *asked,
                               struct str *answered, struct err_info *err)
{
    static const char ASKED[] =
        "SELECT reason FROM handover_words WHERE id = ?1 AND answer = '' AND author = ?2";
    static const char SAID[] =
        "SELECT reason FROM handover_words WHERE id = ?1 AND answer = ?2 ORDER BY clock LIMIT 1";
    char id[ID_HEX_LEN], from[ID_HEX_LEN];
    struct card *c = NULL;
    const enum err rc = live_need(r, h->case_id, &c, err);
    if (rc == ERR_OK) {
        hex_put(id, h->id, ID_LEN);
        hex_put(from, h->from, ID_LEN);
        record_query_text(r, ASKED, id, from, asked);
        if (h->state != RECORD_HANDOVER_OPEN) {
            record_query_text(r, SAID, id, WORDS[h->state], answered);
        }
    }
    return rc;
}

/* Of the words in the case: only its readers could write them. */
enum err record_responsible(record *r, const unsigned char case_id[ID_LEN],
                            unsigned char out[ID_LEN], struct err_info *err)
{
    static const char SQL[] =
        "SELECT w.author FROM handover_words w JOIN handover h ON h.id = w.id AND h.kase = w.kase"
        " WHERE w.kase = ?1 AND w.answer = 'accepted' AND w.author = h.receiver AND NOT EXISTS"
        " (SELECT 1 FROM handover_said s WHERE s.id = h.id AND s.answer = 'withdrawn'"
        " AND s.author = h.sender) AND NOT EXISTS (SELECT 1 FROM handover_said s WHERE s.id = h.id"
        " AND s.answer = 'refused' AND s.author = h.receiver AND s.clock < w.clock)"
        " ORDER BY w.clock DESC, w.event DESC LIMIT 1";
    static const char OPENER[] = "SELECT opener FROM kase WHERE id = ?1";
    char hex[ID_HEX_LEN];
    struct str who = STR_INIT;
    struct card *c = NULL;
    enum err rc = live_need(r, case_id, &c, err);
    if (rc == ERR_OK) {
        hex_put(hex, case_id, ID_LEN);
        if (!record_query_text(r, SQL, hex, NULL, &who)) {
            record_query_text(r, OPENER, hex, NULL, &who);
        }
        rc = hex_get(out, ID_LEN, str_cstr(&who)) ? ERR_OK : ERR_SET(err, ERR_NOT_FOUND, "member");
    }
    str_done(&who);
    return rc;
}

/* ---- writing */

static bool is_listed(record *r, const unsigned char *case_id, const unsigned char *member)
{
    struct vault_member *all = NULL;
    size_t n = 0;
    bool is_there = false;
    if (vault_granted(r->vault, case_id, &all, &n, NULL) == ERR_OK) {
        for (size_t i = 0; i < n; i++) {
            is_there = is_there || memcmp(all[i].id, member, ID_LEN) == 0;
        }
    }
    free(all);
    return is_there;
}

/* Who becomes responsible must be able to open and close the case to others. */
static enum err may_receive(record *r, const unsigned char *to, struct err_info *err)
{
    struct vault_member *all = NULL;
    size_t n = 0;
    enum err rc = vault_members(r->vault, &all, &n, err);
    if (rc != ERR_OK) {
        return rc;
    }
    rc = ERR_NOT_FOUND;
    for (size_t i = 0; i < n; i++) {
        if (memcmp(all[i].id, to, ID_LEN) == 0 && !all[i].is_removed) {
            rc = vault_rights_may(all[i].role, VAULT_SORT_CASE, VAULT_PART_NONE, 0x11) ? ERR_OK
                                                                                       : ERR_RIGHTS;
        }
    }
    free(all);
    return rc == ERR_OK ? rc : ERR_SET(err, rc, rc == ERR_RIGHTS ? "role" : "member");
}

/* The event of the organisation and the words in the case, together. Takes said over. */
static enum err write_both(record *r, const unsigned char *case_id, unsigned kind, jv *said,
                           const char *reason, struct err_info *err)
{
    struct vault_write writes[2];
    struct str texts[2] = {STR_INIT, STR_INIT};
    const char *answer = jv_str_at(said, "answer");
    jv *words = jv_new_object();
    jv_set_str(words, "handover", jv_str_at(said, "handover"));
    if (answer != NULL) {
        jv_set_str(words, "answer", answer);
    }
    jv_set_str(words, "reason", reason);
    record_write(&writes[0], vault_organisation(r->vault), (enum record_kind)kind, said, &texts[0]);
    record_write(&writes[1], case_id, RECORD_K_HANDOVER_WORDS, words, &texts[1]);
    const enum err rc = vault_append(r->vault, writes, 2, NULL, err);
    str_done(&texts[0]);
    str_done(&texts[1]);
    return rc;
}

static enum err check_ask(record *r, const struct record_handover_ask *a, struct err_info *err)
{
    struct record_handover *all = NULL;
    size_t n = 0;
    if (memcmp(a->to, vault_member_id(r->vault), ID_LEN) == 0 || a->reason[0] == '\0') {
        return ERR_SET(err, ERR_USAGE, a->reason[0] == '\0' ? "reason" : "member");
    }
    enum err rc = may_receive(r, a->to, err);
    rc = rc == ERR_OK && !is_listed(r, a->case_id, vault_member_id(r->vault))
             ? ERR_SET(err, ERR_RIGHTS, "case")
             : rc;
    rc = rc == ERR_OK ? record_handover_list(r, &all, &n, err) : rc;
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        if (memcmp(all[i].case_id, a->case_id, ID_LEN) == 0 &&
            all[i].state == RECORD_HANDOVER_OPEN) {
            rc = ERR_SET(err, ERR_EXISTS, "handover");
        }
    }
    free(all);
    return rc;
}

enum err record_handover_ask(record *r, const struct record_handover_ask *a, struct err_info *err)
{
    char hex[ID_HEX_LEN];
    unsigned char id[ID_LEN];
    enum err rc = record_refresh(r, NULL, err);
    rc = rc == ERR_OK ? check_ask(r, a, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    const bool had = is_listed(r, a->case_id, a->to);
    random_bytes(id, ID_LEN);
    jv *said = jv_new_object();
    hex_put(hex, id, ID_LEN);
    jv_set_str(said, "handover", hex);
    hex_put(hex, a->case_id, ID_LEN);
    jv_set_str(said, "compartment", hex);
    hex_put(hex, a->to, ID_LEN);
    jv_set_str(said, "to", hex);
    jv_set(said, "ends", jv_new_bool(a->ends));
    jv_set(said, "had", jv_new_bool(had));
    rc = vault_batch_begin(r->vault, err);
    if (rc != ERR_OK) {
        jv_free(said);
        return rc;
    }
    rc = had ? ERR_OK : vault_grant(r->vault, a->case_id, a->to, err);
    if (rc == ERR_OK) {
        rc = write_both(r, a->case_id, RECORD_K_HANDOVER, said, a->reason, err);
    } else {
        jv_free(said);
    }
    const enum err ended = vault_batch_end(r->vault, rc == ERR_OK ? err : NULL);
    rc = rc == ERR_OK ? ended : rc;
    return rc == ERR_OK ? record_refresh(r, NULL, err) : rc;
}

/* Whose access ends with the answer: NULL = nobody's. */
static const unsigned char *leaves(record *r, const struct record_handover *h,
                                   enum record_handover_state answer)
{
    const bool is_accepted = answer == RECORD_HANDOVER_ACCEPTED;
    const unsigned char *who = is_accepted ? h->from : h->to;
    const bool ends = is_accepted ? h->ends : !h->had_access;
    return ends && is_listed(r, h->case_id, who) ? who : NULL;
}

static enum err write_answer(record *r, const struct record_handover *h,
                             enum record_handover_state answer, const char *reason,
                             struct err_info *err)
{
    char hex[ID_HEX_LEN];
    const unsigned char *who = leaves(r, h, answer);
    jv *said = jv_new_object();
    hex_put(hex, h->id, ID_LEN);
    jv_set_str(said, "handover", hex);
    jv_set_str(said, "answer", WORDS[answer]);
    enum err rc = vault_batch_begin(r->vault, err);
    if (rc != ERR_OK) {
        jv_free(said);
        return rc;
    }
    rc = write_both(r, h->case_id, RECORD_K_HANDOVER_SAID, said, reason, err);
    rc = rc == ERR_OK && who != NULL ? vault_ungrant(r->vault, h->case_id, who, err) : rc;
    const enum err ended = vault_batch_end(r->vault, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? ended : rc;
}

/* The overview learns who is responsible now. */
static void tell_overview(record *r, const unsigned char *case_id)
{
    struct record_case k;
    if (record_case_get(r, case_id, &k, NULL) == ERR_OK && !k.is_locked) {
        output_publish_case(r, &k);
    }
}

enum err record_handover_answer(record *r, const unsigned char id[ID_LEN],
                                enum record_handover_state answer, const char *reason,
                                struct err_info *err)
{
    struct record_handover h = {.state = RECORD_HANDOVER_OPEN};
    enum err rc = record_refresh(r, NULL, err);
    rc = rc == ERR_OK ? find(r, id, &h, err) : rc;
    if (rc != ERR_OK) {
        return rc;
    }
    const bool is_own = answer == RECORD_HANDOVER_WITHDRAWN ? h.is_from_me : h.is_to_me;
    if (answer == RECORD_HANDOVER_OPEN || (answer == RECORD_HANDOVER_REFUSED && !reason[0])) {
        return ERR_SET(err, ERR_USAGE, "reason");
    }
    if (!is_own) {
        return ERR_SET(err, ERR_RIGHTS, "handover");
    }
    if (h.state != RECORD_HANDOVER_OPEN) {
        return ERR_SET(err, ERR_NO, "handover"); /* it has its answer */
    }
    rc = write_answer(r, &h, answer, reason, err);
    rc = rc == ERR_OK ? record_refresh(r, NULL, err) : rc;
    if (rc == ERR_OK && answer == RECORD_HANDOVER_ACCEPTED) {
        tell_overview(r, h.case_id);
    }
    return rc;
}

/* ---- answers that crossed */

/* Accepted by one while the other withdrew: each took the other out, and joined nobody is left. A
 * coordinator, who holds the keys of both sides, opens it again to whom it belongs now. */
static void mend(record *r, const struct record_handover *h)
{
    struct vault_member *all = NULL;
    size_t n = 0;
    const bool is_to = h->state == RECORD_HANDOVER_ACCEPTED;
    if (vault_granted(r->vault, h->case_id, &all, &n, NULL) == ERR_OK && n == 0) {
        (void)vault_grant(r->vault, h->case_id, is_to ? h->to : h->from, NULL);
    }
    free(all);
}

void handover_mend(record *r)
{
    static const char SQL[] = "SELECT 1 FROM handover_said WHERE id = ?1"
                              " GROUP BY id HAVING count(DISTINCT answer) > 1";
    struct record_handover *all = NULL;
    size_t n = 0;
    r->has_handover_news = false;
    if (vault_own_role(r->vault) != VAULT_ROLE_COORDINATOR ||
        record_handover_list(r, &all, &n, NULL) != ERR_OK) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char hex[ID_HEX_LEN];
        struct str found = STR_INIT;
        hex_put(hex, all[i].id, ID_LEN);
        if (record_query_text(r, SQL, hex, NULL, &found)) {
            mend(r, &all[i]);
        }
        str_done(&found);
    }
    free(all);
}
