/* Form definitions: the current ones from the forms folder, and those that asked older records,
 * from the vault. Each is parsed once a process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "record_int.h"

static struct record_form *add_form(record *r, const char *hash, const char *yaml,
                                    struct form_def *def, struct record_files files)
{
    r->forms = mem_realloc(r->forms, (r->form_count + 1) * sizeof *r->forms);
    struct record_form *f = &r->forms[r->form_count++];
    memset(f, 0, sizeof *f);
    memcpy(f->hash, hash, sizeof f->hash);
    f->yaml = mem_strdup(yaml);
    f->def = def;
    f->files = mem_alloc(sizeof *f->files);
    *f->files = files;
    return f;
}

static enum err parse(record *r, const char *yaml, size_t n, struct form_def **def,
                      struct err_info *err)
{
    struct form_findings findings = {0};
    enum err rc = form_def_load(yaml, n, &r->facts, def, &findings, err);
    if (rc != ERR_OK && err != NULL && findings.count > 0) {
        err->line = findings.items[0].line;
        err->column = findings.items[0].column;
    }
    form_findings_done(&findings);
    return rc;
}

static bool id_is_plain(const char *form_id)
{
    size_t n = strlen(form_id);
    return n > 0 && n < RECORD_FORM_ID_MAX &&
           strspn(form_id, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n;
}

enum err record_form_current(record *r, const char *form_id, const struct record_form **out,
                             struct err_info *err)
{
    for (size_t i = 0; i < r->form_count; i++) {
        if (r->forms[i].is_current && strcmp(r->forms[i].def->id, form_id) == 0) {
            *out = &r->forms[i];
            return ERR_OK;
        }
    }
    if (!id_is_plain(form_id)) {
        return ERR_SET(err, ERR_NOT_FOUND, form_id);
    }
    char name[RECORD_FORM_ID_MAX + 8];
    snprintf(name, sizeof name, "%s.yaml", form_id);
    char *path = file_join(r->forms_dir, name);
    struct str text = STR_INIT, canonical = STR_INIT;
    struct form_def *def = NULL;
    struct record_files files = {0};
    enum err rc = file_read(path, FORM_MAX_BYTES, &text, err);
    if (rc == ERR_OK) {
        rc = parse(r, str_cstr(&text), text.len, &def, err);
    }
    if (rc == ERR_OK) {
        rc = form_def_write(str_cstr(&text), text.len, &canonical, err);
    }
    if (rc == ERR_OK) {
        rc = record_files_read(r->forms_dir, def, str_cstr(&canonical), &files, err);
    }
    if (rc == ERR_OK) {
        char hash[65];
        record_definition_hash(str_cstr(&canonical), canonical.len, &files, hash);
        struct record_form *f = add_form(r, hash, str_cstr(&canonical), def, files);
        f->is_current = true;
        *out = f;
    } else {
        form_def_free(def);
    }
    str_done(&text);
    str_done(&canonical);
    free(path);
    return rc;
}

enum err record_form_by_hash(record *r, const char *hash, const struct record_form **out,
                             struct err_info *err)
{
    static const char SQL[] = "SELECT yaml FROM definition WHERE hash = ?1";
    static const char FILES[] = "SELECT files FROM definition WHERE hash = ?1";
    for (size_t i = 0; i < r->form_count; i++) {
        if (strcmp(r->forms[i].hash, hash) == 0) {
            *out = &r->forms[i];
            return ERR_OK;
        }
    }
    struct str yaml = STR_INIT;
    struct form_def *def = NULL;
    enum err rc = record_query_text(r, SQL, hash, NULL, &yaml)
                      ? parse(r, str_cstr(&yaml), yaml.len, &def, err)
                      : ERR_SET(err, ERR_NOT_FOUND, "definition");
    if (rc == ERR_OK) {
        struct str json = STR_INIT;
        struct record_files files;
        record_query_text(r, FILES, hash, NULL, &json);
        record_files_parse(str_cstr(&json), json.len, &files);
        str_done(&json);
        *out = add_form(r, hash, str_cstr(&yaml), def, files);
    }
    str_done(&yaml);
    return rc;
}

bool record_form_is_stored(record *r, const char *hash)
{
    static const char SQL[] = "SELECT form FROM definition WHERE hash = ?1";
    struct str form = STR_INIT;
    bool is_stored = record_query_text(r, SQL, hash, NULL, &form);
    str_done(&form);
    return is_stored;
}

enum err record_form(record *r, const char *form_id, const struct form_def **out,
                     struct err_info *err)
{
    const struct record_form *f = NULL;
    enum err rc = record_form_current(r, form_id, &f, err);
    if (rc == ERR_OK && f != NULL) {
        *out = f->def;
    }
    return rc;
}
