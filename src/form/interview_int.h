/* State of an interview, shared by the files that keep its nodes, compute them and read them.
 * Private to form/. */
#ifndef SPRIJIN_FORM_INTERVIEW_INT_H
#define SPRIJIN_FORM_INTERVIEW_INT_H

#include "form/def_int.h"
#include "form/interview.h"

struct ints {
    int *at;
    size_t count, cap;
};
void ints_add(struct ints *l, int x);
void ints_done(struct ints *l);

struct cell {
    struct form_node tree; /* its place among the answers, as expressions walk them */
    struct ints rows;      /* containers: their instances in order */
    enum form_answer_state state;
    struct str text;         /* the stored answer, canonical; "" unless state is VALUE */
    struct str value;        /* the calculated value, of items whose value is not stored */
    struct form_value ready; /* what expressions see while the item is relevant */
    size_t limit;            /* containers with a count: so many instances are relevant */
    bool is_relevant, is_required, is_changed;
    bool has_new_value; /* since the triggers last ran */
    enum form_problem problem;
};

/* The nodes of one instance: base is the instance, base + k the k-th item after its repeat. */
struct block {
    int repeat, container, base, size;
    unsigned char id[FORM_ID_BYTES];
    bool is_alive;
    struct cell *cells;
};

/* A list of choices that the form does not hold itself, and its document. */
struct source {
    const char *name;
    struct form_node *root;
    struct form_choices list;
    const char *value, *label; /* columns that list is made from */
    struct source *next;
};

struct form_interview {
    const struct form_def *def;
    struct form_interview_hooks hooks;
    struct cell *cells; /* one for each item */
    struct block **blocks;
    size_t block_count, block_cap;
    struct ints block_of; /* of node def->count + i */
    struct ints *alive;   /* per item that is a repeat: its living blocks in document order */
    struct ints changes, given, fresh, trigger_items;
    int64_t now_ms;
    bool uses_clock, is_running, is_filling;
    int self; /* node whose expression is evaluated */
    struct form_node root;
    struct form_expr_env env;
    struct str accepted; /* canonical text of the answer being set; kept for its memory */
    struct str name;     /* of the record, by the form's instance_name */
    arena *scratch;      /* of one computation; reset each time */
    arena *shown;        /* choices, scales and dimensions handed out last */
    arena *data;         /* documents beside the form; lives as long as the interview */
    struct source *sources;
    arena *page_arena;
    struct form_page *pages;
    size_t page_count;
    struct form_section *sections;
    size_t section_count;
    struct ints page_of;  /* per node */
    struct ints in_order; /* existing nodes in document order */
    uint64_t shuffle;     /* of random choices without a seed */
};

/* ---- nodes.c */
void form_nodes_begin(form_interview *iv);
void form_nodes_done(form_interview *iv);
struct cell *form_cell(const form_interview *iv, int node);
const struct form_item *form_node_item(const form_interview *iv, int node);
/* The instance of `repeat` that node is or lies in, -1. */
int form_node_enclosing(const form_interview *iv, int node, int repeat);
/* Appends all existing nodes of item below the instance (or -1: all), in document order. */
void form_nodes_of(const form_interview *iv, int item, int within, struct ints *out);
/* Nodes of one interview, so that counted repeats in counted repeats end. */
#define FORM_MAX_NODES (1 << 16)
bool form_has_room(const form_interview *iv, int container);
/* A new instance without answers; the lists are not brought up to date. */
int form_block_new(form_interview *iv, int container, const unsigned char *id, size_t at);
/* After instances came or went: lists, tree, pages. */
void form_nodes_update(form_interview *iv);
void form_id_of_position(unsigned char id[FORM_ID_BYTES], size_t position);

/* ---- compute.c */
void form_compute_begin(form_interview *iv);
void form_begin_changes(form_interview *iv);
void form_note_change(form_interview *iv, int node);
void form_compute_all(form_interview *iv);
/* After the answer at node changed. */
void form_compute_from(form_interview *iv, int node);
/* Answer of a node as it is, without checks; makes what expressions see. */
void form_store(form_interview *iv, int node, enum form_answer_state state, const char *text,
                size_t n);
/* As form_store with a value that the form gave itself. */
void form_give(form_interview *iv, int node, const char *text);
struct form_value form_evaluate(form_interview *iv, int node, const form_expr *x, bool latest);
struct form_value form_node_value(const form_interview *iv, int node);
/* Checks a stored value against its type; canonical text appended to out. */
enum form_problem form_accept(const form_interview *iv, int node, const char *text,
                              struct str *out);
/* The value of an expression as text, "" for what cannot be computed; lives in scratch. */
const char *form_evaluated_text(form_interview *iv, int node, const form_expr *x);

/* ---- once.c */
/* Defaults inside instances that are new, and triggers. */
void form_settle(form_interview *iv);
void form_compute_name(form_interview *iv);
void form_fill_defaults(form_interview *iv, int first, int last);

/* ---- options.c */
const struct form_choices *form_choices_of(const form_interview *iv, const struct form_item *item);
bool form_choice_is_offered(form_interview *iv, int node);
const struct form_node *form_instance_document(void *payload, const char *id);
void form_options_done(form_interview *iv);

/* ---- pages_now.c */
void form_pages_now(form_interview *iv);

/* ---- scale.c */
double form_scale_points(void *payload, const char *name);
const char *form_scale_level(void *payload, const char *name);

/* The value is calculated anew each time and never stored. */
static inline bool form_is_computed(const struct form_item *item)
{
    return item->calculation != NULL && !item->is_once;
}
/* A question somebody answers: not one whose value is calculated. */
bool form_interview_is_asked(const form_interview *iv, int node);
bool form_interview_is_missing(const form_interview *iv, int node);

#endif
