/* Regular expressions of forms: a pattern becomes a program of a few kinds of steps, and all paths
 * through it are followed at once, code point by code point (Thompson). Time is text times program,
 * and the program is limited, so no pattern and no answer can make it slow. A program has only
 * relative jumps: a repeated part is copied as it is. Matching uses memory laid out by the
 * compilation, so one regex is used by one thread. */
#include "form/regex.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

#define MAX_PATTERN     4096
#define MAX_STEPS       8192
#define MAX_COUNT       256
#define MAX_NESTING     32
#define UNLIMITED       (-1)
#define CODE_POINT_LAST 0x10FFFFu

enum op { OP_CHAR, OP_ANY, OP_CLASS, OP_SPLIT, OP_JUMP, OP_BEGIN, OP_END, OP_MATCH };

struct step {
    enum op op;
    uint32_t arg; /* CHAR: code point; CLASS: index */
    int x, y;     /* JUMP: x; SPLIT: x and y; relative to this step */
};
struct range {
    uint32_t low, high;
};
struct class
{
    size_t first, count; /* in ranges */
    bool is_negated;
};
/* Steps that are alive before one code point, each once. */
struct alive {
    int *list;
    int count;
};

struct form_regex {
    struct step *steps;
    size_t step_count, step_cap;
    struct range *ranges;
    size_t range_count, range_cap;
    struct class *classes;
    size_t class_count, class_cap;
    struct alive now, then; /* working memory of a match */
    int *stack;
    uint32_t *seen; /* generation in which a step was added last */
};

struct compiler {
    form_regex *r;
    arena *a;
    const char *s;
    size_t n;
    size_t at;
    bool failed;
    size_t failed_at;
    int nesting;
};

static void parse_alternatives(struct compiler *c);

static void fail(struct compiler *c)
{
    if (!c->failed) {
        c->failed = true;
        c->failed_at = c->at;
    }
}

static char peek(const struct compiler *c)
{
    return c->at < c->n ? c->s[c->at] : '\0';
}

static bool at_end(const struct compiler *c)
{
    return c->failed || c->at >= c->n;
}

static bool take(struct compiler *c, char wanted)
{
    if (c->at < c->n && c->s[c->at] == wanted) {
        c->at++;
        return true;
    }
    return false;
}

static uint32_t take_code_point(struct compiler *c)
{
    uint32_t cp = 0;
    c->at += utf8_next(c->s + c->at, c->n - c->at, &cp);
    return cp;
}

/* ---- program ---- */

static void emit(struct compiler *c, struct step step)
{
    form_regex *r = c->r;
    if (r->step_count >= MAX_STEPS) {
        fail(c);
        return;
    }
    r->steps = arena_grow(c->a, r->steps, r->step_count, &r->step_cap, sizeof r->steps[0]);
    r->steps[r->step_count++] = step;
}

/* Makes room for one step at `at`; what stands behind it moves as a whole. */
static void insert(struct compiler *c, size_t at, struct step step)
{
    emit(c, step);
    if (c->failed) {
        return;
    }
    struct step *steps = c->r->steps;
    memmove(steps + at + 1, steps + at, (c->r->step_count - 1 - at) * sizeof steps[0]);
    steps[at] = step;
}

/* Appends a copy of the len steps from `from`. */
static void repeat_steps(struct compiler *c, size_t from, size_t len)
{
    for (size_t i = 0; i < len && !c->failed; i++) {
        emit(c, c->r->steps[from + i]);
    }
}

static int length_since(const struct compiler *c, size_t from)
{
    return (int)(c->r->step_count - from);
}

/* ---- classes ---- */

static void add_range(struct compiler *c, uint32_t low, uint32_t high)
{
    form_regex *r = c->r;
    r->ranges = arena_grow(c->a, r->ranges, r->range_count, &r->range_cap, sizeof r->ranges[0]);
    r->ranges[r->range_count++] = (struct range){low, high};
}

/* \d \w \s and their capitals; ASCII, as in the engine of ODK Collect. */
static bool add_shorthand(struct compiler *c, char letter)
{
    static const struct range digits[] = {{'0', '9'}};
    static const struct range words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    static const struct range blanks[] = {{'\t', '\r'}, {' ', ' '}};
    const struct range *set;
    size_t count;
    switch (letter | 0x20) {
    case 'd':
        set = digits;
        count = 1;
        break;
    case 'w':
        set = words;
        count = 4;
        break;
    case 's':
        set = blanks;
        count = 2;
        break;
    default: return false;
    }
    const bool is_capital = (letter & 0x20) == 0;
    uint32_t low = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_capital) {
            add_range(c, set[i].low, set[i].high);
        } else {
            add_range(c, low, set[i].low - 1);
            low = set[i].high + 1;
        }
    }
    if (is_capital) {
        add_range(c, low, CODE_POINT_LAST);
    }
    return true;
}

static void emit_class(struct compiler *c, size_t first, bool is_negated)
{
    form_regex *r = c->r;
    r->classes = arena_grow(c->a, r->classes, r->class_count, &r->class_cap, sizeof r->classes[0]);
    r->classes[r->class_count] = (struct class){
        .first = first, .count = r->range_count - first, .is_negated = is_negated};
    emit(c, (struct step){.op = OP_CLASS, .arg = (uint32_t)r->class_count++});
}

static uint32_t take_hex(struct compiler *c, int digits)
{
    uint32_t cp = 0;
    for (int i = 0; i < digits; i++) {
        const char d = peek(c);
        const char letter = (char)(d | 0x20);
        if (d >= '0' && d <= '9') {
            cp = cp * 16 + (uint32_t)(d - '0');
        } else if (letter >= 'a' && letter <= 'f') {
            cp = cp * 16 + (uint32_t)(letter - 'a') + 10;
        } else {
            fail(c);
            return 0;
        }
        c->at++;
    }
    return cp;
}

/* Behind a backslash: the one code point meant. Letters and digits without a meaning here are
 * errors (\1, \b, \p), marks stand for themselves. */
static uint32_t take_escape(struct compiler *c)
{
    const char letter = peek(c);
    switch (letter) {
    case 'n': c->at++; return '\n';
    case 't': c->at++; return '\t';
    case 'r': c->at++; return '\r';
    case 'f': c->at++; return '\f';
    case 'x': c->at++; return take_hex(c, 2);
    case 'u': c->at++; return take_hex(c, 4);
    default: break;
    }
    const bool is_word = (letter >= '0' && letter <= '9') ||
                         ((letter | 0x20) >= 'a' && (letter | 0x20) <= 'z');
    if (at_end(c) || is_word) {
        fail(c);
        return 0;
    }
    return take_code_point(c);
}

/* One member of [...]; false if it was a shorthand, which cannot begin or end a range. */
static bool take_member(struct compiler *c, uint32_t *cp)
{
    if (at_end(c)) {
        fail(c);
        return false;
    }
    if (!take(c, '\\')) {
        if (peek(c) == '&' && c->at + 1 < c->n && c->s[c->at + 1] == '&') {
            fail(c);
            return false;
        }
        *cp = take_code_point(c);
        return true;
    }
    if (add_shorthand(c, peek(c))) {
        c->at++;
        return false;
    }
    *cp = take_escape(c);
    return true;
}

static void parse_class(struct compiler *c)
{
    const size_t first = c->r->range_count;
    const bool is_negated = take(c, '^');
    for (bool is_first = true; is_first || peek(c) != ']'; is_first = false) {
        uint32_t low;
        if (!take_member(c, &low)) {
            if (c->failed) {
                return;
            }
            continue;
        }
        uint32_t high = low;
        if (peek(c) == '-' && c->at + 1 < c->n && c->s[c->at + 1] != ']') {
            c->at++;
            if (!take_member(c, &high) || high < low) {
                fail(c);
                return;
            }
        }
        add_range(c, low, high);
    }
    c->at++;
    emit_class(c, first, is_negated);
}

/* ---- parts ---- */

static void parse_group(struct compiler *c)
{
    if (take(c, '?') && !take(c, ':')) { /* look-around, names, flags */
        fail(c);
        return;
    }
    if (++c->nesting > MAX_NESTING) {
        fail(c);
        return;
    }
    parse_alternatives(c);
    c->nesting--;
    if (!c->failed && !take(c, ')')) {
        fail(c);
    }
}

static void parse_atom(struct compiler *c)
{
    const char mark = peek(c);
    const size_t first = c->r->range_count;
    switch (mark) {
    case '(':
        c->at++;
        parse_group(c);
        return;
    case '[':
        c->at++;
        parse_class(c);
        return;
    case '.':
        c->at++;
        emit(c, (struct step){.op = OP_ANY});
        return;
    case '^':
    case '$':
        c->at++;
        emit(c, (struct step){.op = mark == '^' ? OP_BEGIN : OP_END});
        return;
    case '*':
    case '+':
    case '?':
    case '{': fail(c); return;
    case '\\':
        c->at++;
        if (c->at < c->n && add_shorthand(c, peek(c))) {
            c->at++;
            emit_class(c, first, false);
        } else {
            const uint32_t cp = take_escape(c);
            emit(c, (struct step){.op = OP_CHAR, .arg = cp});
        }
        return;
    default: emit(c, (struct step){.op = OP_CHAR, .arg = take_code_point(c)});
    }
}

static bool take_count(struct compiler *c, int *count)
{
    const size_t begin = c->at;
    *count = 0;
    while (peek(c) >= '0' && peek(c) <= '9' && *count <= MAX_COUNT) {
        *count = *count * 10 + (peek(c) - '0');
        c->at++;
    }
    return c->at > begin && *count <= MAX_COUNT;
}

/* {m}, {m,} or {m,n}, the brace taken. */
static void parse_braces(struct compiler *c, int *least, int *most)
{
    if (!take_count(c, least)) {
        fail(c);
        return;
    }
    *most = *least;
    if (take(c, ',')) {
        *most = UNLIMITED;
        if (peek(c) != '}' && (!take_count(c, most) || *most < *least)) {
            fail(c);
            return;
        }
    }
    if (!take(c, '}')) {
        fail(c);
    }
}

/* The steps since `from` become: least times in a row, then optional ones or a loop. */
static void repeat_part(struct compiler *c, size_t from, int least, int most)
{
    const int len = length_since(c, from);
    if (most == 0) {
        c->r->step_count = from;
        return;
    }
    if (least == 0 && most == UNLIMITED) {
        insert(c, from, (struct step){.op = OP_SPLIT, .x = 1, .y = len + 2});
        emit(c, (struct step){.op = OP_JUMP, .x = -(len + 1)});
        return;
    }
    for (int i = 1; i < least; i++) {
        repeat_steps(c, from, (size_t)len);
    }
    if (most == UNLIMITED) { /* back to the last copy, or on */
        emit(c, (struct step){.op = OP_SPLIT, .x = -len, .y = 1});
        return;
    }
    const int optional = most - least;
    if (least == 0) {
        insert(c, from, (struct step){.op = OP_SPLIT, .x = 1, .y = optional * (len + 1)});
    }
    const size_t part = from + (least == 0 ? 1 : 0);
    for (int i = least == 0 ? 1 : 0; i < optional && !c->failed; i++) {
        emit(c, (struct step){.op = OP_SPLIT, .x = 1, .y = (optional - i) * (len + 1)});
        repeat_steps(c, part, (size_t)len);
    }
}

static void parse_part(struct compiler *c)
{
    const size_t from = c->r->step_count;
    parse_atom(c);
    if (at_end(c)) {
        return;
    }
    int least = 0;
    int most = UNLIMITED;
    if (take(c, '+')) {
        least = 1;
    } else if (take(c, '?')) {
        most = 1;
    } else if (take(c, '{')) {
        parse_braces(c, &least, &most);
    } else if (!take(c, '*')) {
        return;
    }
    (void)take(c, '?'); /* a lazy repetition finds the same whole matches */
    if (peek(c) == '*' || peek(c) == '+' || peek(c) == '?' || peek(c) == '{') {
        fail(c);
    }
    if (!c->failed) {
        repeat_part(c, from, least, most);
    }
}

/* Jumps over the later alternatives are chained by index in y until their end is known. */
static void parse_alternatives(struct compiler *c)
{
    int last_jump = -1;
    size_t from = c->r->step_count;
    for (;;) {
        while (!at_end(c) && peek(c) != '|' && peek(c) != ')') {
            parse_part(c);
        }
        if (c->failed || !take(c, '|')) {
            break;
        }
        const int len = length_since(c, from);
        insert(c, from, (struct step){.op = OP_SPLIT, .x = 1, .y = len + 2});
        emit(c, (struct step){.op = OP_JUMP, .y = last_jump});
        last_jump = (int)c->r->step_count - 1;
        from = c->r->step_count;
    }
    while (!c->failed && last_jump >= 0) {
        struct step *jump = &c->r->steps[last_jump];
        jump->x = (int)c->r->step_count - last_jump;
        last_jump = jump->y;
        jump->y = 0;
    }
}

form_regex *form_regex_compile(arena *a, const char *pattern, size_t n, size_t *at)
{
    form_regex *r = arena_alloc(a, sizeof *r);
    struct compiler c = {.r = r, .a = a, .s = pattern, .n = n};
    if (n > MAX_PATTERN) {
        fail(&c);
    } else {
        parse_alternatives(&c);
        if (c.at < n) {
            fail(&c);
        }
        emit(&c, (struct step){.op = OP_MATCH});
    }
    if (c.failed) {
        if (at != NULL) {
            *at = c.failed_at;
        }
        return NULL;
    }
    r->now.list = arena_array(a, r->step_count, sizeof(int));
    r->then.list = arena_array(a, r->step_count, sizeof(int));
    r->stack = arena_array(a, r->step_count * 2, sizeof(int));
    r->seen = arena_array(a, r->step_count, sizeof(uint32_t));
    return r;
}

/* ---- matching ---- */

static bool in_class(const form_regex *r, uint32_t index, uint32_t cp)
{
    const struct class *set = &r->classes[index];
    for (size_t i = 0; i < set->count; i++) {
        const struct range *range = &r->ranges[set->first + i];
        if (cp >= range->low && cp <= range->high) {
            return !set->is_negated;
        }
    }
    return set->is_negated;
}

static bool accepts(const form_regex *r, const struct step *step, uint32_t cp)
{
    switch (step->op) {
    case OP_CHAR: return cp == step->arg;
    case OP_ANY: return cp != '\n' && cp != '\r';
    case OP_CLASS: return in_class(r, step->arg, cp);
    default: return false;
    }
}

/* Adds a step and all that is reached from it without reading; each step once a generation, so
 * the stack holds at most two entries a step. */
static void add_step(const form_regex *r, struct alive *to, int first, uint32_t generation,
                     bool is_begin, bool is_end)
{
    int depth = 0;
    r->stack[depth++] = first;
    while (depth > 0) {
        const int i = r->stack[--depth];
        if (r->seen[i] == generation) {
            continue;
        }
        r->seen[i] = generation;
        const struct step *step = &r->steps[i];
        if (step->op == OP_JUMP) {
            r->stack[depth++] = i + step->x;
        } else if (step->op == OP_SPLIT) {
            r->stack[depth++] = i + step->y;
            r->stack[depth++] = i + step->x;
        } else if (step->op == OP_BEGIN || step->op == OP_END) {
            if (step->op == OP_BEGIN ? is_begin : is_end) {
                r->stack[depth++] = i + 1;
            }
        } else {
            to->list[to->count++] = i;
        }
    }
}

bool form_regex_match(const form_regex *r, const char *s, size_t n)
{
    struct alive now = {.list = r->now.list};
    struct alive then = {.list = r->then.list};
    memset(r->seen, 0, r->step_count * sizeof r->seen[0]);
    uint32_t generation = 1;
    add_step(r, &now, 0, generation, true, n == 0);
    for (size_t at = 0; at < n && now.count > 0;) {
        uint32_t cp;
        at += utf8_next(s + at, n - at, &cp);
        generation++;
        then.count = 0;
        for (int i = 0; i < now.count; i++) {
            if (accepts(r, &r->steps[now.list[i]], cp)) {
                add_step(r, &then, now.list[i] + 1, generation, false, at >= n);
            }
        }
        const struct alive swap = now;
        now = then;
        then = swap;
    }
    for (int i = 0; i < now.count; i++) {
        if (r->steps[now.list[i]].op == OP_MATCH) {
            return true;
        }
    }
    return false;
}
