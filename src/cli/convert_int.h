/* Between form.c and convert.c. Private to cli/. */
#ifndef SPRIJIN_CLI_CONVERT_INT_H
#define SPRIJIN_CLI_CONVERT_INT_H

#include "cli/cli.h"
#include "form/sheet.h"

/* facts.yaml of the form's own folder, else of the forms folder; none at all is allowed. */
void cli_load_facts(const struct cli *c, const char *file, struct form_facts *facts);
/* Each returns the exit code. */
int cli_check_sheet(const struct cli *c, const char *file);
int cli_import(const struct cli *c, const char *file);
int cli_export(const struct cli *c, const char *file);

#endif
