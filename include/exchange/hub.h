/* Exchange with the other replicas of the organisation: what is new here goes out in envelopes, what
 * others put there comes in. One interface, carriers by what the path is: a folder (spool on a
 * shared machine, or a stick) or one file. Described in docs/exchange.md. */
#ifndef SPRIJIN_EXCHANGE_HUB_H
#define SPRIJIN_EXCHANGE_HUB_H

#include "vault/exchange.h"

#define HUB_REFUSED_MAX 8 /* of more only the number is told */
#define HUB_NAME_MAX    40
/* A stream of which nothing was taken from some place on, and why. ERR_RIGHTS: may not be read, or
 * not a file; ERR_DAMAGED; ERR_VERSION: written by a newer program; ERR_LIMIT: who read it was ended
 * by a limit; ERR_EXISTS: shorter than it was. */
struct hub_refused {
    char name[HUB_NAME_MAX]; /* of the file in the folder, ASCII */
    enum err why;
};
struct hub_count {
    size_t put; /* records that went out */
    size_t taken, known, held, carried, late, quarantined;
    size_t streams;     /* of others, looked at */
    size_t waiting;     /* streams that go on under a key that is not here yet */
    size_t unfinished;  /* streams that end within an envelope: being written, or cut off */
    size_t foreign;     /* streams of another organisation, passed over */
    size_t damaged;     /* streams that are broken where they go on: nothing was taken from there */
    size_t unreadable;  /* streams that their folder's rights do not let this user read */
    size_t rolled_back; /* streams that are shorter than they were */
    struct hub_refused refused[HUB_REFUSED_MAX]; /* damaged, unreadable, rolled back */
};

/* Takes what is new in the folder, then puts what is new here into the own stream. A stream is
 * taken as far as whole envelopes go; next time it goes on from there. ERR_BUSY: another terminal
 * does it at this moment; errors of disk and folder; whatever is wrong with a stream is counted and
 * named, and the others are taken. */
enum err hub_folder(vault *v, const char *dir, struct hub_count *out, struct err_info *err);
/* The same a little at a time, for a program that somebody types into. v and its log may be used
 * between the steps. */
typedef struct hub_work hub_work;
hub_work *hub_work_new(vault *v, const char *dir);
/* For about budget_ms, one envelope at least. *more: it is not done yet. Errors as hub_folder; the
 * work is over then. */
enum err hub_work_step(hub_work *w, unsigned budget_ms, bool *more, struct err_info *err);
const struct hub_count *hub_work_count(const hub_work *w);
void hub_work_free(hub_work *w); /* NULL allowed; what was not done is done the next time */
/* Takes the file if it is there, all of it or nothing (ERR_DAMAGED, ERR_VERSION, ERR_RIGHTS: of
 * another organisation, ERR_KEY, ERR_LIMIT: its reader was ended by a limit), then replaces it by
 * one that holds everything here. */
enum err hub_file(vault *v, const char *path, struct hub_count *out, struct err_info *err);
/* hub_folder or hub_file. A path that ends in a slash or is a folder: hub_folder. */
enum err hub_sync(vault *v, const char *path, struct hub_count *out, struct err_info *err);

/* The spool folder this vault exchanges through; "" forgets it. ERR_RIGHTS: others may delete in it
 * what is not theirs (no sticky bit). ERR_NOT_FOUND. */
enum err hub_spool_set(vault *v, const char *dir, struct err_info *err);
/* ERR_NOT_FOUND: none was set. */
enum err hub_spool_get(vault *v, struct str *dir, struct err_info *err);

/* A descriptor that becomes readable when something in the folder changes; -1: cannot be had. */
int hub_watch(const char *dir);
/* Reads it empty; true if there was something. */
bool hub_noticed(int fd);

#endif
