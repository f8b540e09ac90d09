/* The XML of a workbook, event by event. A document type ends the reading, so there are no
 * entities of the author's. Names are compared without their prefix.
 * Invariant: the text of an element is kept only while an element that wants it is open. */
#include "form/sheet_int.h"

#include <expat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define MAX_DEPTH     64
#define MAX_DATE_ID   1024
#define MAX_STRINGS   1000000u
#define MAX_CELL_TEXT (1u << 20)

struct reading {
    struct sheet_workbook *w;
    enum sheet_part part;
    struct sheet *sheet;
    XML_Parser parser;
    unsigned depth;
    enum err rc;
    struct str text; /* of <t> and <v> */
    bool wants_text;
    unsigned phonetic;    /* inside <rPh> */
    bool is_in_formats;   /* <cellXfs> */
    unsigned row, column; /* of the cell, 1-based; column 0 before the first */
    char type;            /* of the cell: 's' shared, 'b' truth, 'n' number, 't' text */
    bool is_date;
};

static void stop(struct reading *r, enum err rc)
{
    if (r->rc == ERR_OK) {
        r->rc = rc;
    }
    XML_StopParser(r->parser, XML_FALSE);
}

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon == NULL ? name : colon + 1;
}

static const char *attribute(const char **atts, const char *name)
{
    for (size_t i = 0; atts[i] != NULL; i += 2) {
        if (strcmp(atts[i], name) == 0) {
            return atts[i + 1];
        }
    }
    return NULL;
}

/* The attribute "r:id", whatever the prefix. */
static const char *relation_id(const char **atts)
{
    for (size_t i = 0; atts[i] != NULL; i += 2) {
        if (strchr(atts[i], ':') != NULL && strcmp(local(atts[i]), "id") == 0) {
            return atts[i + 1];
        }
    }
    return NULL;
}

/* ---- relations, workbook, styles */

static void on_relation(struct reading *r, const char **atts)
{
    struct sheet_workbook *w = r->w;
    const char *id = attribute(atts, "Id"), *type = attribute(atts, "Type"),
               *target = attribute(atts, "Target");
    if (id == NULL || type == NULL || target == NULL) {
        return;
    }
    arena *a = w->book->a;
    w->rels = arena_grow(a, w->rels, w->rel_count, &w->rel_cap, sizeof *w->rels);
    struct sheet_xml_names *x = &w->rels[w->rel_count++];
    x->name = arena_strdup(a, id);
    x->target = arena_strdup(a, target);
    if (str_ends(type, "/officeDocument")) {
        w->main_path = x->target;
    } else if (str_ends(type, "/sharedStrings")) {
        w->shared_path = x->target;
    } else if (str_ends(type, "/styles")) {
        w->style_path = x->target;
    }
}

static void on_workbook(struct reading *r, const char *name, const char **atts)
{
    struct sheet_workbook *w = r->w;
    if (strcmp(name, "workbookPr") == 0) {
        const char *v = attribute(atts, "date1904");
        w->is_1904 = v != NULL && (strcmp(v, "1") == 0 || strcmp(v, "true") == 0);
    } else if (strcmp(name, "sheet") == 0) {
        const char *title = attribute(atts, "name"), *id = relation_id(atts);
        if (title != NULL && id != NULL) {
            arena *a = w->book->a;
            w->sheets = arena_grow(a, w->sheets, w->sheet_count, &w->sheet_cap, sizeof *w->sheets);
            const char *clean = sheet_text(a, title, strlen(title));
            w->sheets[w->sheet_count++] = (struct sheet_xml_names){clean == NULL ? "" : clean,
                                                                   arena_strdup(a, id)};
        }
    }
}

static bool is_builtin_date(long id)
{
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
           (id >= 50 && id <= 58);
}

static void on_style(struct reading *r, const char *name, const char **atts)
{
    struct sheet_workbook *w = r->w;
    const char *number = attribute(atts, "numFmtId");
    const long id = number == NULL ? 0 : strtol(number, NULL, 10);
    if (strcmp(name, "cellXfs") == 0) {
        r->is_in_formats = true;
    } else if (strcmp(name, "numFmt") == 0 && id >= 0 && id < MAX_DATE_ID) {
        const char *code = attribute(atts, "formatCode");
        unsigned char *ids = arena_alloc(w->book->a, MAX_DATE_ID);
        if (w->date_ids != NULL) {
            memcpy(ids, w->date_ids, MAX_DATE_ID);
        }
        ids[id] = code != NULL && sheet_format_is_date(code) ? 1 : 2;
        w->date_ids = ids;
    } else if (strcmp(name, "xf") == 0 && r->is_in_formats) {
        w->is_date = arena_grow(w->book->a, w->is_date, w->format_count, &w->format_cap, 1);
        const unsigned char said = w->date_ids != NULL && id >= 0 && id < MAX_DATE_ID
                                       ? w->date_ids[id]
                                       : 0;
        w->is_date[w->format_count++] = said == 0 ? is_builtin_date(id) : said == 1;
    }
}

/* ---- cells */

/* "AB12" -> row and column; what is missing counts on from the last. */
static void cell_place(struct reading *r, const char *ref)
{
    unsigned column = 0, row = 0;
    const char *s = ref == NULL ? "" : ref;
    for (; *s >= 'A' && *s <= 'Z' && column < 100000; s++) {
        column = column * 26 + (unsigned)(*s - 'A' + 1);
    }
    for (; *s >= '0' && *s <= '9' && row < 10000000; s++) {
        row = row * 10 + (unsigned)(*s - '0');
    }
    r->column = column > 0 ? column : r->column + 1;
    r->row = row > 0 ? row : r->row;
}

static void on_cell(struct reading *r, const char **atts)
{
    const char *type = attribute(atts, "t"), *style = attribute(atts, "s");
    cell_place(r, attribute(atts, "r"));
    r->type = 'n';
    r->is_date = false;
    str_clear(&r->text);
    if (type != NULL) {
        r->type = strcmp(type, "s") == 0   ? 's'
                  : strcmp(type, "b") == 0 ? 'b'
                  : strcmp(type, "n") == 0 ? 'n'
                                           : 't';
    }
    if (style != NULL) {
        const long at = strtol(style, NULL, 10);
        r->is_date = at >= 0 && (size_t)at < r->w->format_count && r->w->is_date[at];
    }
}

static const char *cell_value(struct reading *r)
{
    arena *a = r->w->book->a;
    const char *raw = str_cstr(&r->text);
    char *end = NULL;
    if (r->type == 's') {
        const unsigned long at = strtoul(raw, &end, 10);
        return end != raw && at < r->w->shared_count ? r->w->shared[at] : NULL;
    }
    if (r->type == 'b') {
        return raw[0] == '\0' ? NULL : raw[0] == '1' ? "TRUE" : "FALSE";
    }
    const double v = strtod(raw, &end);
    if (r->type == 't' || end == raw || *end != '\0' || !isfinite(v)) {
        return sheet_text(a, raw, r->text.len);
    }
    struct str text = STR_INIT;
    sheet_number(&text, v, r->is_date, r->w->is_1904);
    const char *copy = arena_strdup(a, str_cstr(&text));
    str_done(&text);
    return copy;
}

static void on_cell_end(struct reading *r)
{
    const char *value = r->text.len == 0 ? NULL : cell_value(r);
    if (value == NULL) {
        return;
    }
    /* Rows come in order; one that goes back would break every place behind it. */
    if (r->sheet->count > 0 && r->row < r->sheet->rows[r->sheet->count - 1].number) {
        stop(r, ERR_DAMAGED);
        return;
    }
    struct sheet_row *row = sheet_row_add(r->w->book, r->sheet, r->row);
    if (row == NULL || !sheet_cell_put(r->w->book, row, r->column - 1, value)) {
        stop(r, ERR_LIMIT);
    }
}

static void on_sheet(struct reading *r, const char *name, const char **atts)
{
    if (strcmp(name, "row") == 0) {
        const char *number = attribute(atts, "r");
        const unsigned long n = number == NULL ? 0 : strtoul(number, NULL, 10);
        r->row = n > 0 && n < 10000000 ? (unsigned)n : r->row + 1;
        r->column = 0;
    } else if (strcmp(name, "c") == 0) {
        on_cell(r, atts);
    } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        r->wants_text = r->phonetic == 0;
    }
}

/* ---- events */

static void on_start(void *payload, const char *full, const char **atts)
{
    struct reading *r = payload;
    const char *name = local(full);
    if (++r->depth > MAX_DEPTH) {
        stop(r, ERR_LIMIT);
        return;
    }
    r->wants_text = false;
    r->phonetic += strcmp(name, "rPh") == 0;
    switch (r->part) {
    case PART_RELS:
        if (strcmp(name, "Relationship") == 0) {
            on_relation(r, atts);
        }
        break;
    case PART_WORKBOOK: on_workbook(r, name, atts); break;
    case PART_STYLES: on_style(r, name, atts); break;
    case PART_STRINGS:
        if (strcmp(name, "si") == 0) {
            str_clear(&r->text);
        }
        r->wants_text = strcmp(name, "t") == 0 && r->phonetic == 0;
        break;
    case PART_SHEET:
    default: on_sheet(r, name, atts); break;
    }
}

static void on_string_end(struct reading *r)
{
    struct sheet_workbook *w = r->w;
    if (w->shared_count >= MAX_STRINGS) {
        stop(r, ERR_LIMIT);
        return;
    }
    w->shared = arena_grow(w->book->a, w->shared, w->shared_count, &w->shared_cap,
                           sizeof *w->shared);
    w->shared[w->shared_count++] = sheet_text(w->book->a, str_cstr(&r->text), r->text.len);
}

static void on_end(void *payload, const char *full)
{
    struct reading *r = payload;
    const char *name = local(full);
    r->depth--;
    r->wants_text = false;
    if (strcmp(name, "rPh") == 0) {
        r->phonetic--;
    } else if (r->part == PART_STRINGS && strcmp(name, "si") == 0) {
        on_string_end(r);
    } else if (r->part == PART_SHEET && strcmp(name, "c") == 0) {
        on_cell_end(r);
    } else if (strcmp(name, "cellXfs") == 0) {
        r->is_in_formats = false;
    }
}

static void on_text(void *payload, const char *s, int n)
{
    struct reading *r = payload;
    if (!r->wants_text) {
        return;
    }
    if (r->text.len + (size_t)n > MAX_CELL_TEXT) {
        stop(r, ERR_LIMIT);
        return;
    }
    str_put(&r->text, s, (size_t)n);
}

static void on_doctype(void *payload, const char *name, const char *sysid, const char *pubid,
                       int has_internal_subset)
{
    (void)name;
    (void)sysid;
    (void)pubid;
    (void)has_internal_subset;
    stop(payload, ERR_SYNTAX);
}

enum err sheet_xml_read(struct sheet_workbook *w, enum sheet_part part, struct sheet *s,
                        const char *xml, size_t n, struct err_info *err)
{
    struct reading r = {.w = w, .part = part, .sheet = s};
    r.parser = XML_ParserCreate(NULL);
    ASSERT(r.parser != NULL);
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    const enum XML_Status status = XML_Parse(r.parser, xml, (int)n, XML_TRUE);
    enum err rc = r.rc;
    if (status == XML_STATUS_ERROR && rc == ERR_OK) {
        rc = ERR_DAMAGED;
    }
    XML_ParserFree(r.parser);
    str_done(&r.text);
    return rc == ERR_OK ? ERR_OK : ERR_SET(err, rc, rc == ERR_SYNTAX ? "DOCTYPE" : "xml");
}
