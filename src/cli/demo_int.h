/* Between demo.c and demo_way.c. Private to cli/. */
#ifndef SPRIJIN_CLI_DEMO_INT_H
#define SPRIJIN_CLI_DEMO_INT_H

#include "cli/cli.h"

/* data: forms/demo.json. limit: of people, -1 = all. back: how far the clock is put back for what
 * comes next. */
enum err demo_people(record *r, const jv *data, long limit, void (*back)(int64_t ms),
                     struct err_info *info);

#endif
