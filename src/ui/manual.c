/* Keys by scope as plain text; see ui/manual.h. */
#include "ui/manual.h"

#include "ui/keys.h"

void ui_manual(enum lang lang, struct str *out)
{
    static const char *const SCOPES[UI_SCOPE_COUNT] = {
        [UI_SCOPE_GLOBAL] = N_("Everywhere"),
        [UI_SCOPE_LIST] = N_("In lists"),
        [UI_SCOPE_TODAY] = N_("In the list of today"),
        [UI_SCOPE_AGENDA] = N_("In the agenda"),
        [UI_SCOPE_CASE] = N_("In a case"),
        [UI_SCOPE_PART] = N_("In the parts of a case"),
        [UI_SCOPE_FIELDS] = N_("In fields"),
        [UI_SCOPE_INTERVIEW] = N_("In the interview"),
        [UI_SCOPE_MENU] = N_("In the menu"),
        [UI_SCOPE_HELP] = N_("In help"),
        [UI_SCOPE_EXCHANGE] = N_("In conflicts and exchange")};
    const catalog *c = catalog_builtin(lang);
    for (int scope = 0; scope < UI_SCOPE_COUNT; scope++) {
        str_printf(out, "%s%s\n", scope > 0 ? "\n" : "", catalog_get(c, SCOPES[scope]));
        size_t n = 0;
        const struct ui_binding *rows = ui_bindings((enum ui_scope)scope, &n);
        for (size_t i = 0; i < n; i++) {
            char name[16];
            str_printf(out, "  %-12s %s\n", ui_key_name(rows[i].key, name),
                       catalog_get(c, ui_action_help(rows[i].action)));
        }
    }
}
