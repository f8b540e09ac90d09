/* The interview engine: answers of one record under one form, what is relevant, what is wrong,
 * what comes next.
 * It works on nodes. A node is one instance of an item. Outside repeats node and item index are
 * the same number. A repeat's own index is its container, which holds the instances; what stands
 * inside has nodes from def->count on, one block for each instance, whose first node is the
 * instance itself (its item is the repeat). Items inside a repeat are themselves only a template:
 * they do not exist as nodes. After an answer only what depends on it is computed, in the order fixed at
 * load. A pure function of answers and clock: no file, no terminal. */
#ifndef SPRIJIN_FORM_INTERVIEW_H
#define SPRIJIN_FORM_INTERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "form/def.h"

/* States of an answer; all but FORM_A_VALUE read as blank in expressions. */
enum form_answer_state {
    FORM_A_NONE, /* nothing stored */
    FORM_A_VALUE,
    FORM_A_LATER,    /* ask later */
    FORM_A_DECLINED, /* does not want to answer */
    FORM_A_UNKNOWN   /* does not know */
};
const char *form_state_name(enum form_answer_state s); /* "none", "value", "later", ... */
bool form_state_parse(const char *name, enum form_answer_state *out);

/* Canonical text by type: integer "-42", decimal "3.5", date "1998" | "1998-05" | "1998-05-07",
 * select_one the choice's name, select_multiple names in the form's order with one blank between
 * (unknown names of older versions kept at the end), text NFC. */
struct form_answer {
    enum form_answer_state state;
    const char *text; /* "" unless FORM_A_VALUE; borrowed */
};

enum form_problem {
    FORM_P_OK,
    FORM_P_REQUIRED,   /* relevant, required, and none or later */
    FORM_P_CONSTRAINT, /* the form's constraint is not met; its message is the item's */
    FORM_P_NUMBER,     /* not a whole / decimal number (typed text was refused) */
    FORM_P_DATE,       /* not a real date */
    FORM_P_CHOICE,     /* no such choice */
    FORM_P_TOO_LONG,   /* text over 64 KiB */
    FORM_P_TIME,       /* not a time of day */
    FORM_P_RANGE,      /* outside the range, or between its steps */
    FORM_P_GEO         /* not latitude and longitude */
};

typedef struct form_interview form_interview;

/* What the interview asks of its surroundings; each may be NULL. */
struct form_interview_hooks {
    void *payload;
    /* A file beside the form ("towns.csv"). Appends. */
    enum err (*read_file)(void *payload, const char *name, struct str *out);
    /* "username", "deviceid", "email", "phonenumber"; NULL or "" if there is none. */
    const char *(*property)(void *payload, const char *name);
    void (*random)(void *payload, unsigned char *out, size_t n); /* NULL: of the system */
};

/* def is borrowed and must outlive it. now_ms fixes today() and now() until _now is called. */
form_interview *form_interview_new(const struct form_def *def, int64_t now_ms);
/* hooks are copied. */
form_interview *form_interview_new_with(const struct form_def *def, int64_t now_ms,
                                        const struct form_interview_hooks *hooks);
void form_interview_free(form_interview *iv);                /* wipes answers */
void form_interview_now(form_interview *iv, int64_t now_ms); /* recomputes what uses the clock */

/* Before start: puts a stored answer as it is, without checks (older records keep odd values). */
void form_interview_load(form_interview *iv, int node, struct form_answer answer);
/* Computes everything; fills defaults of questions without answer only if with_defaults (a new
 * record); changed items are then reported by form_interview_changes. */
void form_interview_start(form_interview *iv, bool with_defaults);

/* At the end, before signing: fills questions of type "end" (see _given). */
void form_interview_finish(form_interview *iv);

/* What a person typed -> canonical text. Comma is a decimal mark; dates as date_parse_typed;
 * cedilla becomes comma-below; choices by name. FORM_P_OK, or why not. Empty text: *state NONE.
 * *out appended. */
enum form_problem form_interview_canonical(const form_interview *iv, int node, const char *typed,
                                           struct str *out);
/* Sets an answer (canonical text or a state) and recomputes. A value that violates the constraint
 * is kept and reported; so is a choice that the filter leaves out now (form_interview_problem tells
 * which); one that does not fit the type is refused and nothing changes. */
enum form_problem form_interview_set(form_interview *iv, int node, struct form_answer answer);
/* What the form's instance_name makes of the answers; "" if it has none. Borrowed till the next
 * call that computes. */
const char *form_interview_name(const form_interview *iv);
/* Nodes whose relevance, value, requiredness or problem changed by the last call that computes
 * (instances that came or went, and answers that the form gave itself: defaults, triggers,
 * once()); borrowed till the next. */
const int *form_interview_changes(const form_interview *iv, size_t *count);

/* Of the last such call: nodes that got an answer which nobody typed (defaults, triggers, once(),
 * metadata). Who stores answers stores these too. */
const int *form_interview_given(const form_interview *iv, size_t *count);

/* ---- repeats */

#define FORM_ID_BYTES      8    /* of an instance */
#define FORM_MAX_INSTANCES 1000 /* of one container */

int form_interview_nodes(const form_interview *iv); /* all nodes are below this number */
int form_interview_item(const form_interview *iv, int node);
/* Not a template inside a repeat, nor of a deleted instance. */
bool form_interview_exists(const form_interview *iv, int node);
int form_interview_parent(const form_interview *iv, int node); /* -1 at the top */
/* A repeat's container (its instances are asked for), or one of its instances. */
bool form_interview_is_container(const form_interview *iv, int node);
bool form_interview_is_instance(const form_interview *iv, int node);
/* The node of item that shares the most enclosing instances with near (-1: none); the first where
 * several do; -1 if there is none. */
int form_interview_node(const form_interview *iv, int item, int near);
/* Instances in order; borrowed till the next change. container = -1: NULL. */
const int *form_interview_instances(const form_interview *iv, int container, size_t *count);
int form_interview_position(const form_interview *iv, int instance); /* 1-based */
/* repeat_count decides how many: nothing to add, delete or move. */
bool form_interview_is_counted(const form_interview *iv, int container);
/* Each new container of an uncounted repeat begins with one instance; its id, and those of counted
 * ones, is the position (eight bytes, big-endian). id NULL: a random one, and the defaults inside
 * are filled (see _given). before: an instance of the same container, -1 = at the end. The new
 * node; -1 if counted or full; with an id that is there already, that node. */
int form_interview_instance_add(form_interview *iv, int container, const unsigned char *id,
                                int before);
void form_interview_instance_delete(form_interview *iv, int instance);
void form_interview_instance_move(form_interview *iv, int instance,
                                  int before); /* -1: to the end */
const unsigned char *form_interview_instance_id(const form_interview *iv, int instance);
/* Address: hex ids of the enclosing instances from outside in, '/' between; "" outside repeats. An
 * instance's own id is the last. Appends. */
void form_interview_at(const form_interview *iv, int node, struct str *out);
/* The node of the key (or former key) at that address, -1. Of a repeat's key: the container if at
 * ends above it, the instance if it ends with its id. Counted instances are made on demand. */
int form_interview_find(form_interview *iv, const char *at, const char *key);

/* ---- pages: what stands on the right at once; page numbers index this array */

/* group and items are nodes (group -1 outside any); a page whose repeat is not -1 has no items and
 * lists the instances of that container. Borrowed till the next change of instances. */
const struct form_page *form_interview_pages(const form_interview *iv, size_t *count);
const struct form_section *form_interview_sections(const form_interview *iv, size_t *count);
int form_interview_page_of(const form_interview *iv, int node); /* -1: it stands on none */
/* The page to begin with for an instance: its own questions, or the first within; -1. */
int form_interview_instance_page(const form_interview *iv, int instance);

/* ---- choices */

/* What can be chosen now: after choice_filter, from files, from the answers of a repeat, in random
 * order if so asked. Borrowed till the next call or change. */
const struct form_choice *const *form_interview_choices(const form_interview *iv, int node,
                                                        size_t *count);
/* The answer as a person reads it: labels of choices, else the text. Appends. */
void form_interview_text(const form_interview *iv, int node, enum lang lang, struct str *out);

/* ---- reading; strings borrowed till the next set */
struct form_answer form_interview_answer(const form_interview *iv,
                                         int node);                   /* also while irrelevant */
const char *form_interview_value(const form_interview *iv, int node); /* what expressions see, as
                                                    text: calculates too; "" if blank */
bool form_interview_relevant(const form_interview *iv, int node);
bool form_interview_required(const form_interview *iv, int node);
bool form_interview_readonly(const form_interview *iv, int node); /* now, by the form's readonly */
enum form_problem form_interview_problem(const form_interview *iv, int node); /* CONSTRAINT or OK or
                                       REQUIRED */
bool form_interview_selected(const form_interview *iv, int node, const char *choice);
/* Label or hint with ${name} replaced by the value's text (choice labels in lang). Appends. */
void form_interview_label(const form_interview *iv, const struct form_text *text, enum lang lang,
                          struct str *out);

/* The same as seen from a node: inside a repeat names mean those of the same instance. */
void form_interview_label_at(const form_interview *iv, int node, const struct form_text *text,
                             enum lang lang, struct str *out);

/* ---- scales and indicators, each with what they rest on */

struct form_scale_row {
    int node;
    const char *value; /* of the answer that counts */
    double points, running;
    const struct form_level *level; /* reached with this row, NULL below the lowest */
};
struct form_scale_result {
    double points;
    const struct form_level *level;
    const struct form_scale_row *rows; /* in the order of the form */
    size_t count;
    unsigned open; /* relevant questions of the scale without a value */
};
/* Borrowed till the next call or change. */
struct form_scale_result form_interview_scale(form_interview *iv, int scale);
struct form_dimension_result {
    unsigned strong, medium, weak; /* present ones */
    unsigned open;                 /* without a value: neither yes nor no */
    bool is_positive;
    const struct form_rule *rule; /* the first that holds, NULL */
    const int *nodes;             /* present ones, in the order of the form */
    size_t count;
};
struct form_dimension_result form_interview_dimension(form_interview *iv, int dimension);

/* ---- progress */

struct form_progress {
    unsigned asked;    /* relevant questions that take an answer */
    unsigned answered; /* of these: value, declined or unknown */
    unsigned later;    /* of these: later */
    unsigned missing;  /* required, and none or later */
    unsigned wrong;    /* constraint not met */
};
struct form_progress form_interview_progress(const form_interview *iv);
struct form_progress form_interview_section_progress(const form_interview *iv, int section);
bool form_interview_complete(const form_interview *iv); /* missing == 0 and wrong == 0 */
/* A note with appearance "stop" is relevant: its node, else -1. */
int form_interview_stop(const form_interview *iv);
bool form_interview_page_open(const form_interview *iv, int page); /* anything relevant on it */
/* Open, and not behind a stop note. What the worker notes (appearance "worker", of a question or of
 * a group around it) is asked of nobody: a stop does not close it. */
bool form_interview_page_reached(const form_interview *iv, int page);
/* Next or previous open page from page (direction +1, -1); -1 if none. */
int form_interview_page_next(const form_interview *iv, int page, int direction);
/* The first question after node (cyclic, in the order of the form) that is relevant and missing, wrong, or (any) without
 * answer; -1 if none. */
enum form_seek { FORM_SEEK_UNANSWERED, FORM_SEEK_MISSING, FORM_SEEK_WRONG, FORM_SEEK_LATER };
int form_interview_seek(const form_interview *iv, int node, enum form_seek what);
const struct form_def *form_interview_def(const form_interview *iv);

#endif
