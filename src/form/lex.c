/* Lexer of form expressions: XPath 1.0's tokens and ODK's ${name}. Reads from a borrowed text and
 * never allocates; every call moves forward or gives END, so a parser over it ends. A name may
 * contain '-' and '.', therefore "a-b" is one name and ${a}-b a subtraction. */
#include "form/expr_int.h"

#include <string.h>

#include "base/utf8.h"

#define NBSP 0xA0u

bool expr_is_blank_char(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool expr_name_starts(uint32_t cp)
{
    if (cp < 0x80) {
        return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '_';
    }
    return cp >= 0xC0 && cp != 0xD7 && cp != 0xF7 && !(cp >= 0x2000 && cp <= 0x206F) &&
           cp != 0x3000 && cp < 0xFFF0;
}

static bool name_continues(uint32_t cp)
{
    return expr_name_starts(cp) || (cp >= '0' && cp <= '9') || cp == '-' || cp == '.' || cp == 0xB7;
}

static bool is_digit(const struct expr_lexer *lx, size_t at)
{
    return at < lx->n && lx->text[at] >= '0' && lx->text[at] <= '9';
}

static char char_at(const struct expr_lexer *lx, size_t at)
{
    return at < lx->n ? lx->text[at] : '\0';
}

static void skip_blanks(struct expr_lexer *lx)
{
    while (lx->at < lx->n) {
        uint32_t cp;
        const size_t step = utf8_next(lx->text + lx->at, lx->n - lx->at, &cp);
        if (cp != NBSP && !(step == 1 && expr_is_blank_char(lx->text[lx->at]))) {
            return;
        }
        lx->at += step;
    }
}

/* End of the NCName that begins at `at`; `at` itself if none does. */
static size_t name_end(const struct expr_lexer *lx, size_t at)
{
    const size_t begin = at;
    while (at < lx->n) {
        uint32_t cp;
        const size_t step = utf8_next(lx->text + at, lx->n - at, &cp);
        if (at == begin ? !expr_name_starts(cp) : !name_continues(cp)) {
            break;
        }
        at += step;
    }
    return at;
}

static void set(struct expr_lexer *lx, struct expr_token *t, enum expr_token_kind kind, size_t len)
{
    t->kind = kind;
    t->s = lx->text + lx->at;
    t->n = len;
    t->len = len;
    lx->at += len;
    lx->after_operand = kind == EXPR_T_NUMBER || kind == EXPR_T_STRING || kind == EXPR_T_NAME ||
                        kind == EXPR_T_REF || kind == EXPR_T_DOT || kind == EXPR_T_DOTDOT ||
                        kind == EXPR_T_CLOSE || kind == EXPR_T_RIGHT;
}

static void lex_number(struct expr_lexer *lx, struct expr_token *t)
{
    size_t at = lx->at;
    while (is_digit(lx, at)) {
        at++;
    }
    if (char_at(lx, at) == '.') {
        at++;
        while (is_digit(lx, at)) {
            at++;
        }
    }
    const size_t mantissa_end = at;
    int exponent = 0;
    if (char_at(lx, at) == 'e' || char_at(lx, at) == 'E') {
        const bool has_sign = char_at(lx, at + 1) == '-' || char_at(lx, at + 1) == '+';
        size_t digit = at + (has_sign ? 2 : 1);
        if (is_digit(lx, digit)) {
            const bool is_negative = lx->text[at + 1] == '-';
            while (is_digit(lx, digit)) {
                exponent = exponent < 9999 ? exponent * 10 + (lx->text[digit] - '0') : exponent;
                digit++;
            }
            exponent = is_negative ? -exponent : exponent;
            at = digit;
        }
    }
    double num = expr_text_number(lx->text + lx->at, mantissa_end - lx->at);
    for (; exponent > 0 && num < 1e308; exponent--) {
        num *= 10.0;
    }
    for (; exponent < 0 && num > 0.0; exponent++) {
        num /= 10.0;
    }
    t->num = num;
    set(lx, t, EXPR_T_NUMBER, at - lx->at);
}

static void lex_string(struct expr_lexer *lx, struct expr_token *t)
{
    const char *begin = lx->text + lx->at + 1;
    const char *end = memchr(begin, lx->text[lx->at], lx->n - lx->at - 1);
    if (end == NULL) {
        set(lx, t, EXPR_T_BAD, lx->n - lx->at);
        return;
    }
    set(lx, t, EXPR_T_STRING, (size_t)(end - begin) + 2);
    t->s = begin;
    t->n = (size_t)(end - begin);
}

static void lex_reference(struct expr_lexer *lx, struct expr_token *t)
{
    const char *begin = lx->text + lx->at + 2;
    const char *end = memchr(begin, '}', lx->n - lx->at - 2);
    if (end == NULL) {
        set(lx, t, EXPR_T_BAD, lx->n - lx->at);
        return;
    }
    set(lx, t, EXPR_T_REF, (size_t)(end - begin) + 3);
    while (begin < end && expr_is_blank_char(*begin)) {
        begin++;
    }
    while (end > begin && expr_is_blank_char(end[-1])) {
        end--;
    }
    t->s = begin;
    t->n = (size_t)(end - begin);
}

/* Where only an operator can stand, "or1" is the operator and a number. */
static bool lex_word_operator(struct expr_lexer *lx, struct expr_token *t)
{
    static const struct {
        const char *word;
        size_t n;
        enum expr_token_kind kind;
    } words[] = {{"or", 2, EXPR_T_OR},
                 {"and", 3, EXPR_T_AND},
                 {"div", 3, EXPR_T_DIV},
                 {"mod", 3, EXPR_T_MOD}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const size_t n = words[i].n;
        if (lx->n - lx->at < n || memcmp(lx->text + lx->at, words[i].word, n) != 0) {
            continue;
        }
        uint32_t cp;
        const size_t step = utf8_next(lx->text + lx->at + n, lx->n - lx->at - n, &cp);
        if (step == 0 || !expr_name_starts(cp)) {
            set(lx, t, words[i].kind, n);
            return true;
        }
    }
    return false;
}

static void lex_name(struct expr_lexer *lx, struct expr_token *t)
{
    if (lx->after_operand && lex_word_operator(lx, t)) {
        return;
    }
    size_t end = name_end(lx, lx->at);
    if (char_at(lx, end) == ':') {
        const size_t local_end = name_end(lx, end + 1);
        if (local_end > end + 1) {
            end = local_end;
        } else {
            end += char_at(lx, end + 1) == ':' ? 2 : 1;
            set(lx, t, EXPR_T_FOREIGN, end - lx->at);
            return;
        }
    }
    set(lx, t, EXPR_T_NAME, end - lx->at);
}

static void lex_mark(struct expr_lexer *lx, struct expr_token *t)
{
    static const struct {
        const char *mark;
        enum expr_token_kind kind;
    } marks[] = {
        {"//", EXPR_T_FOREIGN}, {"..", EXPR_T_DOTDOT},  {"!=", EXPR_T_NE},   {"<=", EXPR_T_LE},
        {">=", EXPR_T_GE},      {"::", EXPR_T_FOREIGN}, {".", EXPR_T_DOT},   {"/", EXPR_T_SLASH},
        {"(", EXPR_T_OPEN},     {")", EXPR_T_CLOSE},    {",", EXPR_T_COMMA}, {"=", EXPR_T_EQ},
        {"<", EXPR_T_LT},       {">", EXPR_T_GT},       {"+", EXPR_T_PLUS},  {"-", EXPR_T_MINUS},
        {"*", EXPR_T_STAR},     {"|", EXPR_T_FOREIGN},  {"[", EXPR_T_LEFT},  {"]", EXPR_T_RIGHT},
        {"@", EXPR_T_FOREIGN},  {"$", EXPR_T_FOREIGN}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const size_t n = strlen(marks[i].mark);
        if (lx->n - lx->at >= n && memcmp(lx->text + lx->at, marks[i].mark, n) == 0) {
            set(lx, t, marks[i].kind, n);
            return;
        }
    }
    uint32_t cp;
    set(lx, t, EXPR_T_BAD, utf8_next(lx->text + lx->at, lx->n - lx->at, &cp));
}

void expr_lex_next(struct expr_lexer *lx, struct expr_token *t)
{
    skip_blanks(lx);
    *t = (struct expr_token){.kind = EXPR_T_END, .s = "", .at = lx->at};
    if (lx->at >= lx->n) {
        return;
    }
    const char c = lx->text[lx->at];
    uint32_t cp;
    (void)utf8_next(lx->text + lx->at, lx->n - lx->at, &cp);
    if ((c >= '0' && c <= '9') || (c == '.' && is_digit(lx, lx->at + 1))) {
        lex_number(lx, t);
    } else if (c == '\'' || c == '"') {
        lex_string(lx, t);
    } else if (c == '$' && char_at(lx, lx->at + 1) == '{') {
        lex_reference(lx, t);
    } else if (expr_name_starts(cp)) {
        lex_name(lx, t);
    } else {
        lex_mark(lx, t);
    }
}
