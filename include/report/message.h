/* The one table from error codes and findings to sentences for people. */
#ifndef SPRIJIN_REPORT_MESSAGE_H
#define SPRIJIN_REPORT_MESSAGE_H

#include "base/catalog.h"
#include "base/err.h"
#include "base/str.h"
#include "form/def.h"

/* English sentence (msgid) for a code; static. */
const char *message_error(enum err code);
/* The translated sentence with what the info adds (file, line). Appends. */
void message_error_text(const catalog *c, enum err code, const struct err_info *info,
                        struct str *out);
/* The translated sentence of a finding, remedy included. Appends. */
void message_finding(const catalog *c, const struct form_finding *f, struct str *out);
/* "error", "warning", "notice", translated; borrowed. */
const char *message_severity(const catalog *c, enum form_severity s);
/* Replaces {0} and {1} in pattern. Appends. */
void message_fill(struct str *out, const char *pattern, const char *arg0, const char *arg1);

#endif
