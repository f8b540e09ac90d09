/* The procedure and the days off, from the forms folder. Invariant: what is loaded passed its
 * reader; a file that did not leaves the case without a procedure, never with half of one. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "pathway_int.h"
#include "vault/hash.h"

static int role_of(const char *word)
{
    enum vault_role role = VAULT_ROLE_NONE;
    return vault_role_of(word, &role) ? (int)role : -1;
}

static bool read(const record *r, const char *name, struct str *out)
{
    char *path = file_join(r->forms_dir, name);
    const enum err rc = file_read(path, FORM_MAX_BYTES, out, NULL);
    free(path);
    return rc == ERR_OK;
}

void pathway_load(record *r)
{
    struct str text = STR_INIT;
    struct form_findings findings = {0};
    if (read(r, "holidays.yaml", &text) &&
        form_calendar_load(str_cstr(&text), text.len, NULL, &r->calendar, &findings, NULL) !=
            ERR_OK) {
        r->calendar = (struct calendar){0};
    }
    str_clear(&text);
    if (read(r, "pathway.yaml", &text) &&
        form_pathway_load(str_cstr(&text), text.len, role_of, &r->pathway, &findings, NULL) ==
            ERR_OK) {
        unsigned char hash[VAULT_HASH_LEN];
        vault_hash("spr/path/1", str_cstr(&text), text.len, hash);
        hex_put(r->pathway->hash, hash, VAULT_HASH_LEN);
        memcpy(r->pathway_stamp, hash, STAMP_LEN);
    }
    form_findings_done(&findings);
    str_done(&text);
}

void pathway_done(record *r)
{
    form_pathway_free(r->pathway);
    r->pathway = NULL;
}

const struct form_pathway *record_pathway(const record *r)
{
    return r->pathway;
}

const struct calendar *record_calendar(const record *r)
{
    return &r->calendar;
}

bool pathway_role_in(enum vault_role role, unsigned roles)
{
    return roles == 0 || (roles >> (unsigned)role & 1u) != 0;
}

bool pathway_may_sign(const record *r, const char *form, const form_interview *iv)
{
    const struct form_pathway *p = r->pathway;
    if (p == NULL || p->lower_question == NULL || strcmp(p->level_form, form) != 0) {
        return true;
    }
    const int item = form_def_find(form_interview_def(iv), p->lower_question);
    return item < 0 || strcmp(form_interview_value(iv, item), p->lower_value) != 0 ||
           pathway_role_in(vault_own_role(r->vault), p->lower_roles);
}
