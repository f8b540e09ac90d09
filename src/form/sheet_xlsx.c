/* The container of a workbook: a zip whose parts are found by relations. Nothing is unpacked to
 * disk. Invariant: all parts together never inflate beyond the limit, whatever the directory of
 * the zip claims, and no part more than its packed size allows. */
#include "form/sheet_int.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/str.h"

#define MAX_ENTRIES 2000
#define RATIO_FROM  (4u << 20) /* small parts may be as dense as they like */
#define MAX_RATIO   200u

struct container {
    zip_t *zip;
    size_t inflated;
};

/* The whole part into out. */
static enum err part_read(struct container *c, const char *name, struct str *out,
                          struct err_info *err)
{
    zip_stat_t st;
    if (zip_stat(c->zip, name, ZIP_FL_NOCASE, &st) != 0) {
        return ERR_SET(err, ERR_NOT_FOUND, "xlsx");
    }
    const size_t packed = (st.valid & ZIP_STAT_COMP_SIZE) != 0 ? (size_t)st.comp_size : 0;
    if ((st.valid & ZIP_STAT_SIZE) != 0 && st.size > FORM_SHEET_MAX_INFLATED - c->inflated) {
        return ERR_SET(err, ERR_LIMIT, "zip");
    }
    zip_file_t *f = zip_fopen_index(c->zip, st.index, 0);
    if (f == NULL) {
        return ERR_SET(err, ERR_DAMAGED, "zip");
    }
    enum err rc = ERR_OK;
    char chunk[16384];
    zip_int64_t got = 0;
    const size_t begin = out->len;
    while (rc == ERR_OK && (got = zip_fread(f, chunk, sizeof chunk)) > 0) {
        c->inflated += (size_t)got;
        str_put(out, chunk, (size_t)got);
        const size_t size = out->len - begin;
        if (c->inflated > FORM_SHEET_MAX_INFLATED ||
            (size > RATIO_FROM && size / MAX_RATIO > packed)) {
            rc = ERR_SET(err, ERR_LIMIT, "zip");
        }
    }
    if (rc == ERR_OK && got < 0) {
        rc = ERR_SET(err, ERR_DAMAGED, "zip");
    }
    const bool is_closed = zip_fclose(f) == 0;
    return rc == ERR_OK && !is_closed ? ERR_SET(err, ERR_DAMAGED, "zip") : rc;
}

static enum err part_parse(struct container *c, struct sheet_workbook *w, enum sheet_part part,
                           struct sheet *s, const char *name, struct err_info *err)
{
    struct str xml = STR_INIT;
    enum err rc = part_read(c, name, &xml, err);
    if (rc == ERR_OK) {
        rc = sheet_xml_read(w, part, s, str_cstr(&xml), xml.len, err);
    }
    str_done(&xml);
    return rc;
}

/* "worksheets/sheet1.xml" as seen from the folder of the workbook; "/xl/…" from the root. */
static const char *resolve(arena *a, const char *base, const char *target)
{
    if (target[0] == '/') {
        return target + 1;
    }
    size_t n = (size_t)(strrchr(base, '/') == NULL ? 0 : strrchr(base, '/') - base + 1);
    while (str_starts(target, "../") && n > 0) {
        target += 3;
        n--;
        while (n > 0 && base[n - 1] != '/') {
            n--;
        }
    }
    return arena_printf(a, "%.*s%s", (int)n, base, target);
}

static const char *relations_of(arena *a, const char *part)
{
    const char *slash = strrchr(part, '/');
    const int n = slash == NULL ? 0 : (int)(slash - part + 1);
    return arena_printf(a, "%.*s_rels/%s.rels", n, part, part + n);
}

static enum err read_sheets(struct container *c, struct sheet_workbook *w, const char *main_path,
                            struct err_info *err)
{
    arena *a = w->book->a;
    enum err rc = ERR_OK;
    for (size_t i = 0; i < w->sheet_count && rc == ERR_OK; i++) {
        const struct sheet_xml_names *x = &w->sheets[i];
        const char *target = NULL;
        for (size_t j = 0; j < w->rel_count; j++) {
            if (strcmp(w->rels[j].name, x->target) == 0) {
                target = w->rels[j].target;
            }
        }
        if (target == NULL || !sheet_is_known(x->name) || sheet_find(w->book, x->name) != NULL) {
            continue;
        }
        struct sheet *s = sheet_add(w->book, x->name);
        rc = part_parse(c, w, PART_SHEET, s, resolve(a, main_path, target), err);
    }
    return rc;
}

static enum err read_parts(struct container *c, struct sheet_workbook *w, struct err_info *err)
{
    arena *a = w->book->a;
    enum err rc = part_parse(c, w, PART_RELS, NULL, "_rels/.rels", err);
    if (rc != ERR_OK) {
        return rc;
    }
    const char *main_path = w->main_path == NULL ? "xl/workbook.xml" : resolve(a, "", w->main_path);
    rc = part_parse(c, w, PART_WORKBOOK, NULL, main_path, err);
    if (rc == ERR_OK) {
        w->rel_count = 0;
        rc = part_parse(c, w, PART_RELS, NULL, relations_of(a, main_path), err);
    }
    if (rc == ERR_OK && w->style_path != NULL) {
        rc = part_parse(c, w, PART_STYLES, NULL, resolve(a, main_path, w->style_path), err);
    }
    if (rc == ERR_OK && w->shared_path != NULL) {
        rc = part_parse(c, w, PART_STRINGS, NULL, resolve(a, main_path, w->shared_path), err);
    }
    return rc == ERR_OK ? read_sheets(c, w, main_path, err) : rc;
}

static bool is_opendocument(zip_t *zip)
{
    char word[64] = "";
    zip_file_t *f = zip_fopen(zip, "mimetype", 0);
    if (f == NULL) {
        return false;
    }
    const zip_int64_t n = zip_fread(f, word, sizeof word - 1);
    zip_fclose(f);
    return n > 0 && str_starts(word, "application/vnd.oasis.opendocument");
}

enum err sheet_read_xlsx(struct sheet_book *book, const void *bytes, size_t n, struct err_info *err)
{
    zip_error_t problem;
    zip_error_init(&problem);
    zip_source_t *source = zip_source_buffer_create(bytes, n, 0, &problem);
    ASSERT(source != NULL);
    struct container c = {.zip = zip_open_from_source(source, ZIP_RDONLY, &problem)};
    zip_error_fini(&problem);
    if (c.zip == NULL) {
        zip_source_free(source);
        return ERR_SET(err, ERR_DAMAGED, "zip");
    }
    enum err rc = ERR_OK;
    struct sheet_workbook w = {.book = book};
    if (zip_get_num_entries(c.zip, 0) > MAX_ENTRIES) {
        rc = ERR_SET(err, ERR_LIMIT, "zip");
    } else if (is_opendocument(c.zip)) {
        rc = ERR_SET(err, ERR_VERSION, "ods");
    } else {
        rc = read_parts(&c, &w, err);
        rc = rc == ERR_NOT_FOUND ? ERR_SET(err, ERR_DAMAGED, "xlsx") : rc;
    }
    zip_discard(c.zip);
    return rc;
}
