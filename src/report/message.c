/* Code -> sentence, in one place. A sentence says what is wrong and what to do about it; {0} and
 * {1} are the two neutral words of the finding. */
#include "report/message.h"

#include <string.h>

#define N_(s) s

static const char *const ERRORS[ERR_COUNT] = {
    [ERR_OK] = N_("Done."),
    [ERR_NO] = N_("The check says no."),
    [ERR_USAGE] = N_("The command was not understood. Try: sprijin help"),
    [ERR_KEY] = N_(
        "The passphrase does not open this vault. Check the keyboard layout and try again."),
    [ERR_RIGHTS] = N_("Access refused: the vault's folder must belong to you alone (mode 0700)."),
    [ERR_SYNTAX] = N_("The file cannot be read as it is written."),
    [ERR_DAMAGED] = N_("The vault's files are damaged. Run: sprijin verify"),
    [ERR_VERSION] = N_("This vault was written by another version of the program and cannot be "
                       "opened by this one."),
    [ERR_LIMIT] = N_("Too large: more than the program accepts."),
    [ERR_NOT_FOUND] = N_("Not found. Check the name and the folder."),
    [ERR_EXISTS] = N_("There is something at that place already; nothing was overwritten."),
    [ERR_BUSY] = N_("Another window is writing for too long. Nothing is lost; try again."),
    [ERR_FULL] = N_("The disk is full. The form stays open; make room and save again."),
    [ERR_IO] = N_("The disk could not be read or written. The form stays open; try again."),
    [ERR_MEMORY] = N_("There is not enough memory."),
    [ERR_CLOCK] = N_("The clock of this machine looks wrong. Check the date."),
    [ERR_CLOSED] = N_("The screens need a terminal."),
};

const char *message_error(enum err code)
{
    return code >= 0 && code < ERR_COUNT && ERRORS[code] != NULL ? ERRORS[code] : ERRORS[ERR_IO];
}

static const char *const FINDINGS[FORM_F_COUNT] = {
    [FORM_F_YAML] = N_("this is not YAML: {0}; check indentation and quotation marks"),
    [FORM_F_TOO_LARGE] = N_("the file is larger than 2 MiB; split the form"),
    [FORM_F_TOO_DEEP] = N_("nested too deep; at most 16 groups inside each other"),
    [FORM_F_ALIAS] = N_("anchors, aliases and tags are not allowed; write the text out"),
    [FORM_F_DUPLICATE_KEY] = N_("'{0}' stands twice here; remove one"),
    [FORM_F_SECOND_DOCUMENT] = N_("a second document begins here; one file holds one form"),
    [FORM_F_NOT_A_MAP] = N_("'{0}' should be a map of keys and values"),
    [FORM_F_NOT_A_LIST] = N_("'{0}' should be a list; begin each line with '- '"),
    [FORM_F_NOT_TEXT] = N_("'{0}' should be plain text"),
    [FORM_F_MISSING_KEY] = N_("'{0}' is missing here"),
    [FORM_F_UNKNOWN_KEY] = N_("'{0}' is not known here; did you mean '{1}'?"),
    [FORM_F_UNKNOWN_TYPE] = N_("there is no question type '{0}'; did you mean '{1}'?"),
    [FORM_F_BAD_NAME] = N_(
        "'{0}' cannot be a name; use letters, digits, _ - . and begin with a letter"),
    [FORM_F_DUPLICATE_NAME] = N_("the name '{0}' is used before; give each question its own"),
    [FORM_F_AMBIGUOUS_NAME] = N_("'{0}' is the name of several questions; rename one of them"),
    [FORM_F_UNKNOWN_LIST] = N_("there is no list of choices '{0}'; did you mean '{1}'?"),
    [FORM_F_EMPTY_LIST] = N_("the list of choices '{0}' is empty"),
    [FORM_F_UNUSED_LIST] = N_("the list of choices '{0}' is used by no question"),
    [FORM_F_DUPLICATE_CHOICE] = N_("the choice '{0}' stands twice in the list '{1}'"),
    [FORM_F_CHOICE_BLANK] = N_("the choice '{0}' has a blank in its name; use _ instead"),
    [FORM_F_MISSING_LABEL] = N_("'{0}' has no label"),
    [FORM_F_MISSING_TRANSLATION] = N_("'{0}' has no text in the language '{1}'"),
    [FORM_F_UNKNOWN_LANGUAGE] = N_("the language '{0}' is not one of ro, ru, en"),
    [FORM_F_EXPR_SYNTAX] = N_("the expression cannot be read at '{0}'"),
    [FORM_F_EXPR_NAME] = N_("no question is called '{0}'; did you mean '{1}'?"),
    [FORM_F_EXPR_FUNCTION] = N_("there is no function '{0}'; did you mean '{1}'?"),
    [FORM_F_EXPR_ARITY] = N_("the function '{0}' takes {1} arguments"),
    [FORM_F_EXPR_UNSUPPORTED] = N_("'{0}' is not part of the language of forms; use ${name}"),
    [FORM_F_EXPR_REGEX] = N_("the pattern cannot be read at '{0}'"),
    [FORM_F_EXPR_TOO_DEEP] = N_(
        "the expression is too long or too deep; split it into calculations"),
    [FORM_F_CIRCLE] = N_("these questions wait for each other: {0}"),
    [FORM_F_SELF_RELEVANT] = N_("'{0}' decides about itself; refer to an earlier question"),
    [FORM_F_NO_CALCULATION] = N_("'{0}' is a calculation without an expression"),
    [FORM_F_OPENS_ON_BLANK] = N_("'{0}': != or not() is true for a blank answer too; a refusal "
                                 "would open this door; compare with = instead"),
    [FORM_F_BAD_DEFAULT] = N_("the default of '{0}' does not fit its type"),
    [FORM_F_BAD_CHOICE] = N_("'{0}' is not a choice of this question; did you mean '{1}'?"),
    [FORM_F_UNKNOWN_FACT] = N_("there is no fact '{0}' in facts.yaml; did you mean '{1}'?"),
    [FORM_F_FACT_TYPE] = N_("the type of this question cannot hold the fact '{0}'"),
    [FORM_F_BAD_VALUE] = N_("'{0}' cannot be '{1}'"),
    [FORM_F_LABEL_TOO_WIDE] = N_(
        "the label of '{0}' is wider than its place on the screen; shorten it"),
    [FORM_F_EMPTY_GROUP] = N_("the group '{0}' has no questions"),
    [FORM_F_CONSTRAINT_ON_NOTE] = N_("'{0}' takes no answer, so nothing can be required of it"),
    [FORM_F_NOT_DONE] = N_("'{0}' is kept, and nothing is done with it here"),
    [FORM_F_BAD_PARAMETER] = N_("the parameter '{0}' cannot be '{1}'"),
    [FORM_F_OTHER_FILTERED] = N_("or_other does not go with choice_filter; add the choice to the "
                                 "list '{0}'"),
    [FORM_F_NEVER_RELEVANT] = N_("'{0}' can never be asked: its condition is never true"),
    [FORM_F_UNKNOWN_SCALE] = N_("there is no scale '{0}'; did you mean '{1}'?"),
    [FORM_F_UNKNOWN_DIMENSION] = N_("there is no dimension '{0}'; did you mean '{1}'?"),
    [FORM_F_BAD_WEIGHT] = N_("the weight '{0}' is not points for answers: {scale: {yes: 3}}"),
    [FORM_F_NO_FILE] = N_("the file '{0}' is not beside the form; put it into the same folder"),
    [FORM_F_GATES] = N_("'{0}' must never open or shut anything, and '{1}' reads it; help does not "
                        "depend on it: take it out of the condition"),
    [FORM_F_NO_FORM] = N_("there is no form '{0}'"),
};

void message_fill(struct str *out, const char *pattern, const char *arg0, const char *arg1)
{
    for (const char *p = pattern; *p != '\0';) {
        if (strncmp(p, "{0}", 3) == 0 || strncmp(p, "{1}", 3) == 0) {
            str_puts(out, p[1] == '0' ? arg0 : arg1);
            p += 3;
        } else {
            str_putc(out, *p++);
        }
    }
}

/* With no second word, a question for it ("; did you mean '{1}'?") is left out. */
static void fill_finding(struct str *out, const char *pattern, const struct form_finding *f)
{
    const char *asks = f->arg[1][0] == '\0' ? strstr(pattern, "{1}") : NULL;
    const char *cut = NULL;
    for (const char *p = pattern; asks != NULL && p < asks; p++) {
        cut = *p == ';' ? p : cut;
    }
    if (cut == NULL) {
        message_fill(out, pattern, f->arg[0], f->arg[1]);
        return;
    }
    struct str head = STR_INIT;
    str_put(&head, pattern, (size_t)(cut - pattern));
    message_fill(out, str_cstr(&head), f->arg[0], "");
    str_done(&head);
}

void message_finding(const catalog *c, const struct form_finding *f, struct str *out)
{
    fill_finding(out, catalog_get(c, FINDINGS[f->code]), f);
    if (f->line2 > 0) {
        struct str line = STR_INIT;
        str_printf(&line, "%zu", f->line2);
        str_putc(out, ' ');
        message_fill(out, catalog_get(c, N_("(see line {0})")), str_cstr(&line), "");
        str_done(&line);
    }
}

const char *message_severity(const catalog *c, enum form_severity s)
{
    static const char *const NAMES[] = {
        [FORM_NOTICE] = N_("notice"), [FORM_WARNING] = N_("warning"), [FORM_ERROR] = N_("error")};
    return catalog_get(c, NAMES[s]);
}

void message_error_text(const catalog *c, enum err code, const struct err_info *info,
                        struct str *out)
{
    if (info != NULL && info->line > 0) {
        str_printf(out, "%zu:%zu: ", info->line, info->column);
    }
    if (info != NULL && info->arg[0][0] != '\0') {
        str_printf(out, "%s: ", info->arg[0]);
    }
    str_puts(out, catalog_get(c, message_error(code)));
}
