/* What the command line says, in the person's language and the terminal's charset; exit codes. */
#include <stdio.h>
#include <string.h>

#include "base/charset.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "report/message.h"

const char *cli_tr(const struct cli *c, const char *msgid)
{
    return catalog_get(catalog_builtin(c->lang), msgid);
}

static void write_text(const struct cli *c, FILE *to, const char *text)
{
    struct str clean = STR_INIT, out = STR_INIT;
    utf8_clean(&clean, text, strlen(text), true);
    const struct str *shown = &clean;
    if (!charset_is_utf8(c->charset) &&
        charset_from_utf8(c->charset, str_cstr(&clean), clean.len, &out, NULL) == ERR_OK) {
        shown = &out;
    }
    fwrite(str_cstr(shown), 1, shown->len, to);
    fflush(to);
    str_done(&clean);
    str_done(&out);
}

void cli_print(const struct cli *c, const char *text)
{
    write_text(c, stdout, text);
}

void cli_complain(const struct cli *c, const char *text)
{
    write_text(c, stderr, "sprijin: ");
    write_text(c, stderr, text);
    write_text(c, stderr, "\n");
}

int cli_exit_code(enum err code)
{
    switch (code) {
    case ERR_OK: return 0;
    case ERR_NO: return 1;
    case ERR_USAGE:
    case ERR_NOT_FOUND:
    case ERR_EXISTS: return 2;
    case ERR_KEY:
    case ERR_RIGHTS: return 3;
    case ERR_SYNTAX:
    case ERR_DAMAGED:
    case ERR_VERSION:
    case ERR_LIMIT: return 4;
    default: return 5;
    }
}

int cli_fail(const struct cli *c, enum err code, const struct err_info *info)
{
    struct str text = STR_INIT;
    message_error_text(catalog_builtin(c->lang), code, info, &text);
    cli_complain(c, str_cstr(&text));
    str_done(&text);
    return cli_exit_code(code);
}
