/* Files beside a form: those that its lists and expressions name, and the definition's hash, which
 * covers them. A name is plain: no folder, nothing hidden; so a form cannot reach elsewhere. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/utf8.h"
#include "record_int.h"
#include "vault/hash.h"

#define FILES_MAX  32
#define NAME_MAX_N 64

static bool name_is_plain(const char *name, size_t n)
{
    return n > 0 && n <= NAME_MAX_N && name[0] != '.' && memchr(name, '/', n) == NULL &&
           memchr(name, '\\', n) == NULL && utf8_valid(name, n);
}

const struct record_file *record_files_find(const struct record_files *files, const char *name)
{
    for (size_t i = 0; files != NULL && i < files->count; i++) {
        if (strcmp(files->items[i].name, name) == 0) {
            return &files->items[i];
        }
    }
    return NULL;
}

void record_files_done(struct record_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i].name);
        str_done(&files->items[i].text);
    }
    free(files->items);
    *files = (struct record_files){0};
}

/* Kept sorted by name: the hash has to see one order. */
static void files_add(struct record_files *files, const char *name, const char *text, size_t n)
{
    files->items = mem_realloc(files->items, (files->count + 1) * sizeof *files->items);
    size_t at = files->count++;
    while (at > 0 && strcmp(files->items[at - 1].name, name) > 0) {
        files->items[at] = files->items[at - 1];
        at--;
    }
    files->items[at] = (struct record_file){.name = mem_strdup(name), .text = STR_INIT};
    str_put(&files->items[at].text, text, n);
}

static enum err read_one(const char *dir, const char *name, struct record_files *out,
                         struct err_info *err)
{
    if (!name_is_plain(name, strlen(name)) || record_files_find(out, name) != NULL) {
        return ERR_OK;
    }
    if (out->count >= FILES_MAX) {
        return ERR_SET(err, ERR_LIMIT, name);
    }
    struct str text = STR_INIT;
    char *path = file_join(dir, name);
    enum err rc = file_read(path, FORM_MAX_BYTES, &text, err);
    if (rc == ERR_NOT_FOUND) {
        rc = ERR_OK; /* the checker warns of it; its questions have no choices then */
    } else if (rc == ERR_OK && !utf8_valid(str_cstr(&text), text.len)) {
        rc = ERR_SET(err, ERR_SYNTAX, name);
    } else if (rc == ERR_OK) {
        files_add(out, name, str_cstr(&text), text.len);
    }
    free(path);
    str_done(&text);
    return rc;
}

/* pulldata('towns', ...) and instance('towns') name a file in the middle of an expression. More
 * may be found than is used: a word too many costs a look into the folder. */
static enum err read_called(const char *dir, const char *yaml, const char *function,
                            struct record_files *out, struct err_info *err)
{
    static const char quotes[] = " \t\n'\"\\";
    enum err rc = ERR_OK;
    for (const char *at = yaml; rc == ERR_OK && (at = strstr(at, function)) != NULL;) {
        at += strlen(function);
        at += strspn(at, quotes);
        if (*at != '(') {
            continue;
        }
        at += 1 + strspn(at + 1, quotes);
        const size_t n = strcspn(at, "'\"\\\n");
        if (!name_is_plain(at, n)) {
            continue;
        }
        struct str name = STR_INIT;
        str_put(&name, at, n);
        if (!str_ends(str_cstr(&name), ".csv")) {
            str_puts(&name, ".csv");
        }
        rc = read_one(dir, str_cstr(&name), out, err);
        str_done(&name);
    }
    return rc;
}

enum err record_files_read(const char *dir, const struct form_def *def, const char *yaml,
                           struct record_files *out, struct err_info *err)
{
    *out = (struct record_files){0};
    enum err rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < def->count; i++) {
        if (def->items[i].file != NULL) {
            rc = read_one(dir, def->items[i].file, out, err);
        }
    }
    rc = rc == ERR_OK ? read_called(dir, yaml, "pulldata", out, err) : rc;
    rc = rc == ERR_OK ? read_called(dir, yaml, "instance", out, err) : rc;
    if (rc != ERR_OK) {
        record_files_done(out);
    }
    return rc;
}

static bool put_stored(void *payload, const char *name, jv *value)
{
    const char *text = jv_string(value);
    if (text != NULL && name_is_plain(name, strlen(name))) {
        files_add(payload, name, text, strlen(text));
    }
    return true;
}

void record_files_parse(const char *json, size_t n, struct record_files *out)
{
    *out = (struct record_files){0};
    jv *files = NULL;
    if (n > 0 && jv_parse(json, n, &files, NULL) == ERR_OK) {
        jv_each(files, put_stored, out);
    }
    jv_free(files);
}

enum err record_files_hook(void *payload, const char *name, struct str *out)
{
    const struct record_file *f = record_files_find(payload, name);
    if (f == NULL) {
        return ERR_NOT_FOUND;
    }
    str_put(out, str_cstr(&f->text), f->text.len);
    return ERR_OK;
}

/* Without files: of the canonical YAML alone. Each file adds NUL, name, NUL, length, NUL, text;
 * no YAML holds a NUL, so no two definitions give the same bytes. */
void record_definition_hash(const char *canonical_yaml, size_t n, const struct record_files *files,
                            char out[65])
{
    unsigned char hash[VAULT_HASH_LEN];
    struct str all = STR_INIT;
    str_put(&all, canonical_yaml, n);
    for (size_t i = 0; files != NULL && i < files->count; i++) {
        const struct record_file *f = &files->items[i];
        str_putc(&all, '\0');
        str_puts(&all, f->name);
        str_putc(&all, '\0');
        str_printf(&all, "%zu", f->text.len);
        str_putc(&all, '\0');
        str_put(&all, str_cstr(&f->text), f->text.len);
    }
    vault_hash("spr/def/1", str_cstr(&all), all.len, hash);
    hex_put(out, hash, sizeof hash);
    str_done(&all);
}
