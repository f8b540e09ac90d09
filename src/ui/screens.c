/* All screens by id, for rebuilding a saved place. */
#include "ui/screen.h"

static const struct ui_screen *const SCREENS[] = {
    &ui_wizard,    &ui_unlock,     &ui_cases,      &ui_new_case,    &ui_case,     &ui_interview,
    &ui_menu,      &ui_help,       &ui_passwd,     &ui_return_code, &ui_about,    &ui_try,
    &ui_members,   &ui_member,     &ui_member_add, &ui_access,      &ui_reason,   &ui_overview,
    &ui_handovers, &ui_handover,   &ui_conflicts,  &ui_conflict,    &ui_exchange, &ui_today,
    &ui_task_done, &ui_indicators, &ui_timeline,   &ui_agenda,
};

const struct ui_screen *ui_screen_find(const char *id)
{
    for (size_t i = 0; i < sizeof SCREENS / sizeof SCREENS[0]; i++) {
        if (str_eq(SCREENS[i]->id, id)) {
            return SCREENS[i];
        }
    }
    return NULL;
}
