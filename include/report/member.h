/* Roles, and what a member may not, in words. */
#ifndef SPRIJIN_REPORT_MEMBER_H
#define SPRIJIN_REPORT_MEMBER_H

#include "base/catalog.h"
#include "base/str.h"
#include "vault/exchange.h"
#include "vault/members.h"

/* "coordinator", translated; borrowed. */
const char *member_role_text(const catalog *c, enum vault_role role);
/* The role somebody typed: the machine's word or the translated one. */
bool member_role_typed(const catalog *c, const char *typed, enum vault_role *out);
/* Why something that arrived was put aside; translated, borrowed. */
const char *member_reason_text(const catalog *c, enum vault_reason reason);
/* Sentence for an error of members.h; NULL: the general table has it. Translated, borrowed. */
const char *member_error_text(const catalog *c, enum err code, const struct err_info *info);

#endif
