/* Cases: opening one, listing and finding them, and the person behind a code. Names leave this
 * file only as initials, or after the event that says who asked for them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "record_int.h"

#define FACT_SQL                                                                                   \
    "SELECT value FROM fact WHERE kase = ?1 AND fact = ?2 AND value <> ''"                         \
    " ORDER BY clock DESC, event DESC LIMIT 1"

enum err record_fact(record *r, const unsigned char case_id[ID_LEN], const char *fact,
                     struct str *out, struct err_info *err)
{
    static const char SQL[] = FACT_SQL;
    (void)err;
    char hex[ID_HEX_LEN];
    hex_put(hex, case_id, ID_LEN);
    record_query_text(r, SQL, hex, fact, out);
    return ERR_OK;
}

/* First letter of the given name, then of the surname: "I. V."; "-" if neither is known. */
static void put_initials(record *r, const unsigned char id[ID_LEN], char out[24])
{
    static const char *const FACTS[] = {"person.given", "person.surname"};
    struct str initials = STR_INIT, name = STR_INIT;
    for (size_t i = 0; i < 2; i++) {
        str_clear(&name);
        record_fact(r, id, FACTS[i], &name, NULL);
        size_t n = utf8_grapheme(str_cstr(&name), name.len);
        if (n > 0 && n <= 8) {
            str_puts(&initials, initials.len > 0 ? " " : "");
            str_put(&initials, str_cstr(&name), n);
            str_putc(&initials, '.');
        }
    }
    snprintf(out, 24, "%s", initials.len > 0 ? str_cstr(&initials) : "-");
    str_done(&initials);
    str_done(&name);
}

#define CASE_COLUMNS                                                                               \
    "SELECT k.id, k.code, k.opened_ms, k.changed_ms, r.id IS NOT NULL, coalesce(r.finished_ms, "   \
    "0),"                                                                                          \
    " coalesce(r.answered, 0), coalesce(r.asked, 0),"                                              \
    " (SELECT count(*) FROM (SELECT 1 FROM rec x CROSS JOIN standing a ON a.rec = x.id"            \
    " WHERE x.kase = k.id GROUP BY a.rec, a.at, a.key"                                             \
    " HAVING count(DISTINCT a.state || ' ' || a.value) > 1))"                                      \
    " + (SELECT count(*) FROM rec x CROSS JOIN deleted d ON d.rec = x.id"                          \
    " WHERE x.kase = k.id AND d.is_contested) FROM kase k"                                         \
    " LEFT JOIN rec r ON r.kase = k.id AND r.form = 'identification'"

static void read_case(record *r, db_stmt *s, struct record_case *c)
{
    memset(c, 0, sizeof *c);
    hex_get(c->id, ID_LEN, db_col_text(s, 0));
    snprintf(c->code, sizeof c->code, "%s", db_col_text(s, 1));
    c->opened_ms = db_col_int(s, 2);
    c->changed_ms = db_col_int(s, 3);
    c->has_record = db_col_int(s, 4) != 0;
    c->finished_ms = db_col_int(s, 5);
    c->is_finished = c->finished_ms != 0;
    c->answered = (unsigned)db_col_int(s, 6);
    c->asked = (unsigned)db_col_int(s, 7);
    c->conflicts = (unsigned)db_col_int(s, 8);
    put_initials(r, c->id, c->initials);
}

enum err record_case_get(record *r, const unsigned char id[ID_LEN], struct record_case *out,
                         struct err_info *err)
{
    static const char SQL[] = CASE_COLUMNS " WHERE k.id = ?1";
    char hex[ID_HEX_LEN];
    hex_put(hex, id, ID_LEN);
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = db_prepare(r->db, SQL, &s, err);
    if (rc != ERR_OK) {
        return rc;
    }
    db_bind_text(s, 1, hex);
    rc = db_step(s, &row, err);
    if (rc == ERR_OK && row) {
        read_case(r, s, out);
    } else if (rc == ERR_OK) {
        rc = ERR_SET(err, ERR_NOT_FOUND, "case");
    }
    db_stmt_free(s);
    return rc;
}

/* "sev ana" -> "% sev%% ana%" by way of one pattern a word; all must match. */
#define FILTER_WORDS 4
static size_t filter_patterns(const char *filter, struct str out[FILTER_WORDS])
{
    struct str folded = STR_INIT;
    utf8_fold(&folded, filter, strlen(filter));
    size_t n = 0;
    const char *p = str_cstr(&folded);
    while (*p != '\0' && n < FILTER_WORDS) {
        size_t len = strcspn(p, " ");
        if (len > 0) {
            str_puts(&out[n], "% ");
            for (size_t i = 0; i < len; i++) {
                if (strchr("%_\\", p[i]) == NULL) {
                    str_putc(&out[n], p[i]);
                }
            }
            str_putc(&out[n++], '%');
        }
        p += len + (p[len] == ' ');
    }
    str_done(&folded);
    return n;
}

#define CASE_WHERE                                                                                 \
    " WHERE k.words LIKE ?1 AND k.words LIKE ?2 AND k.words LIKE ?3 AND k.words LIKE ?4"

static enum err run_list(record *r, const char *sql, const char *filter, int64_t limit,
                         int64_t offset, db_stmt **out, struct err_info *err)
{
    struct str patterns[FILTER_WORDS] = {STR_INIT, STR_INIT, STR_INIT, STR_INIT};
    size_t n = filter_patterns(filter, patterns);
    enum err rc = db_prepare(r->db, sql, out, err);
    for (size_t i = 0; i < FILTER_WORDS; i++) {
        if (rc == ERR_OK) {
            db_bind_text(*out, (int)i + 1, i < n ? str_cstr(&patterns[i]) : "%");
        }
        str_done(&patterns[i]);
    }
    if (rc == ERR_OK && limit >= 0) {
        db_bind_int(*out, FILTER_WORDS + 1, limit);
        db_bind_int(*out, FILTER_WORDS + 2, offset);
    }
    return rc;
}

static enum err count_cases(record *r, const char *filter, size_t *total, struct err_info *err)
{
    static const char SQL[] = "SELECT count(*) FROM kase k" CASE_WHERE;
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = run_list(r, SQL, filter, -1, 0, &s, err);
    if (rc == ERR_OK) {
        rc = db_step(s, &row, err);
        *total = rc == ERR_OK && row ? (size_t)db_col_int(s, 0) : 0;
    }
    db_stmt_free(s);
    return rc;
}

enum err record_case_list(record *r, const char *filter, enum record_sort sort, size_t offset,
                          size_t limit, struct record_case **out, size_t *count, size_t *total,
                          struct err_info *err)
{
    static const char *const SQL[] = {
        [RECORD_SORT_CHANGED] = CASE_COLUMNS CASE_WHERE " ORDER BY k.changed_ms DESC, k.code"
                                                        " LIMIT ?5 OFFSET ?6",
        [RECORD_SORT_CODE] = CASE_COLUMNS CASE_WHERE " ORDER BY k.code LIMIT ?5 OFFSET ?6",
        [RECORD_SORT_OPENED] = CASE_COLUMNS CASE_WHERE " ORDER BY k.opened_ms DESC, k.code"
                                                       " LIMIT ?5 OFFSET ?6",
        [RECORD_SORT_STATE] = CASE_COLUMNS CASE_WHERE
        " ORDER BY coalesce(r.finished_ms, 0) > 0, r.id IS NULL, k.changed_ms DESC, k.code"
        " LIMIT ?5 OFFSET ?6"};
    *out = NULL;
    *count = 0;
    db_stmt *s = NULL;
    bool row = false;
    enum err rc = count_cases(r, filter, total, err);
    if (rc == ERR_OK) {
        rc = run_list(r, SQL[sort], filter, (int64_t)limit, (int64_t)offset, &s, err);
    }
    size_t room = *total < limit ? *total : limit;
    struct record_case *cases = mem_alloc((room + 1) * sizeof *cases);
    while (rc == ERR_OK && *count < room && (rc = db_step(s, &row, err)) == ERR_OK && row) {
        read_case(r, s, &cases[(*count)++]);
    }
    db_stmt_free(s);
    if (rc != ERR_OK) {
        free(cases);
        return rc;
    }
    *out = cases;
    return ERR_OK;
}

static void write_fact(struct vault_write *w, const unsigned char id[ID_LEN], const char *fact,
                       const char *value, struct str *text)
{
    struct str clean = STR_INIT;
    utf8_normalize(&clean, value, strlen(value));
    jv *body = jv_new_object();
    jv_set_str(body, "fact", fact);
    jv_set_str(body, "value", str_cstr(&clean));
    record_write(w, id, RECORD_K_FACT, body, text);
    str_done(&clean);
}

static bool code_is_taken(record *r, const char *code)
{
    static const char SQL[] = "SELECT id FROM kase WHERE code = ?1";
    struct str id = STR_INIT;
    bool is_taken = record_query_text(r, SQL, code, NULL, &id);
    str_done(&id);
    return is_taken;
}

enum err record_case_new(record *r, const struct record_new_case *how, struct record_case *out,
                         struct err_info *err)
{
    unsigned char id[ID_LEN], person[ID_LEN];
    char code[CASE_CODE_LEN], person_hex[ID_HEX_LEN];
    enum err rc = vault_compartment_new(r->vault, id, err);
    if (rc != ERR_OK) {
        return rc;
    }
    do {
        case_code_new(code);
    } while (code_is_taken(r, code));
    random_bytes(person, sizeof person);
    hex_put(person_hex, person, sizeof person);
    jv *body = jv_new_object();
    jv_set_str(body, "code", code);
    jv_set_str(body, "person", person_hex);
    struct vault_write writes[4];
    struct str texts[4] = {STR_INIT, STR_INIT, STR_INIT, STR_INIT};
    size_t n = 0;
    record_write(&writes[n], id, RECORD_K_CASE, body, &texts[n]);
    n++;
    const char *const facts[][2] = {{"person.surname", how->surname},
                                    {"person.given", how->given},
                                    {"person.alias", how->alias}};
    for (size_t i = 0; i < 3; i++) {
        if (facts[i][1] != NULL && facts[i][1][0] != '\0') {
            write_fact(&writes[n], id, facts[i][0], facts[i][1], &texts[n]);
            n++;
        }
    }
    rc = vault_append(r->vault, writes, n, NULL, err);
    for (size_t i = 0; i < 4; i++) {
        str_done(&texts[i]);
    }
    if (rc == ERR_OK) {
        rc = record_refresh(r, NULL, err);
    }
    return rc == ERR_OK ? record_case_get(r, id, out, err) : rc;
}

enum err record_case_unmask(record *r, const unsigned char id[ID_LEN], struct str *out,
                            struct err_info *err)
{
    struct vault_write w;
    struct str text = STR_INIT;
    record_write(&w, id, RECORD_K_UNMASKED, jv_new_object(), &text);
    enum err rc = vault_append(r->vault, &w, 1, NULL, err);
    str_done(&text);
    if (rc != ERR_OK) {
        return rc;
    }
    size_t begin = out->len;
    record_fact(r, id, "person.surname", out, NULL);
    str_puts(out, out->len > begin ? " " : "");
    record_fact(r, id, "person.given", out, NULL);
    struct str alias = STR_INIT;
    record_fact(r, id, "person.alias", &alias, NULL);
    if (alias.len > 0) {
        str_printf(out, " (%s)", str_cstr(&alias));
    }
    str_done(&alias);
    return ERR_OK;
}
