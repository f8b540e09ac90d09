/* Functions over encodings: check sums, base64. */
#include "form/digest.h"
#include "form/functions_int.h"

#include <string.h>

#include "base/utf8.h"

static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void give_base64(const unsigned char *bytes, size_t n, arena *scratch,
                        struct form_value *out)
{
    char *text = arena_alloc(scratch, (n + 2) / 3 * 4 + 1);
    size_t len = 0;
    for (size_t at = 0; at < n; at += 3) {
        unsigned long bits = 0;
        const size_t here = n - at < 3 ? n - at : 3;
        for (size_t i = 0; i < 3; i++) {
            bits = bits << 8 | (i < here ? bytes[at + i] : 0u);
        }
        for (size_t i = 0; i < 4; i++) {
            text[len++] = i > here ? '=' : signs[bits >> (18 - 6 * i) & 63];
        }
    }
    *out = form_value_string(text, len);
}

static void give_hex(const unsigned char *bytes, size_t n, arena *scratch, struct form_value *out)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(scratch, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    *out = form_value_string(text, 2 * n);
}

/* digest(text, algorithm, encoding): base64 unless "hex" is asked for. */
void fn_digest(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    size_t ignored;
    unsigned char sum[FORM_DIGEST_MAX];
    const char *s = expr_arg_text(c, 0, &n);
    const char *algorithm = expr_arg_text(c, 1, &ignored);
    const char *encoding = c->node->count > 2 ? expr_arg_text(c, 2, &ignored) : "base64";
    const size_t len = form_digest(algorithm, s, n, sum, c->ctx->scratch);
    if (len == 0) {
        expr_failed(c->ctx, FORM_X_TYPE, "digest");
        *out = form_value_string("", 0);
    } else if (strcmp(encoding, "hex") == 0) {
        give_hex(sum, len, c->ctx->scratch, out);
    } else {
        give_base64(sum, len, c->ctx->scratch, out);
    }
}

/* What is no base64, or no text when decoded, gives nothing. */
void fn_base64_decode(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    const char *s = expr_arg_text(c, 0, &n);
    char *text = arena_alloc(c->ctx->scratch, n + 1);
    size_t len = 0;
    unsigned bits = 0;
    unsigned held = 0;
    *out = form_value_string("", 0);
    while (n > 0 && s[n - 1] == '=') {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        const char *sign = s[i] == '\0' ? NULL : strchr(signs, s[i]);
        if (sign == NULL) {
            return;
        }
        bits = (bits << 6 | (unsigned)(sign - signs)) & 0xFFFFu;
        held += 6;
        if (held >= 8) {
            held -= 8;
            text[len++] = (char)(unsigned char)(bits >> held & 0xFFu);
        }
    }
    if (utf8_valid(text, len)) {
        text[len] = '\0';
        *out = form_value_string(text, len);
    }
}
