/* What the fault tests do with a vault, and what they may then demand of it. Every event has a
 * number; a promise says which numbers, which note and which passphrase were acknowledged, and
 * which were under way. */
#ifndef SPRIJIN_TESTS_FAULT_SCENE_H
#define SPRIJIN_TESTS_FAULT_SCENE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "vault/vault.h"

#define SCENE_KIND   0x7F01
#define SCENE_PLACES 8

/* said: acknowledged; tried: the same, or what an unfinished call would make of it. */
struct promise {
    bool made_said, made_tried; /* is there a vault? */
    unsigned long said, tried;  /* newest event's number */
    unsigned note_said, note_tried;
    unsigned pass_said, pass_tried;
    unsigned places; /* compartments besides the organisation's */
};

struct scene {
    char dir[PATH_MAX];
    vault *v; /* NULL: closed */
    struct promise now;
    unsigned char place[SCENE_PLACES][ID_LEN];
    /* Called after each change of `now`; may be NULL. */
    void (*promised)(const struct scene *s);
};

/* Each returns what the vault said; `now` follows it. A call that failed stays `tried`, since it
 * may have reached the disk all the same, until scene_check has looked. */
enum err scene_create(struct scene *s, struct err_info *err);
enum err scene_open(struct scene *s, struct err_info *err);
/* count events in one transaction, into one of the compartments. */
enum err scene_save(struct scene *s, unsigned place, unsigned count, struct err_info *err);
enum err scene_note(struct scene *s, struct err_info *err);
enum err scene_passwd(struct scene *s, struct err_info *err);
enum err scene_place(struct scene *s, struct err_info *err);
enum err scene_verify(struct scene *s, struct err_info *err);
/* Reads and compares all events; ERR_DAMAGED if one is not what was written. */
enum err scene_read(struct scene *s, unsigned long *newest, struct err_info *err);
void scene_close(struct scene *s);
/* Is this what event or note n says? */
bool scene_is_text(unsigned long n, const char *text, size_t len);

/* Opens s->dir and holds it against s->now, which afterwards says what was found; then saves one
 * more event. "" if all is as promised, else what is not; s->v stays open where it could. */
const char *scene_check(struct scene *s);

#endif
