/* What is new here, in envelopes. Invariant: keys go before what is sealed under them, and under
 * every older key too, so that whoever was away finds the way to the newest. */
#include "exchange_int.h"

#include <string.h>

#define ENVELOPE_FILL ((size_t)256 << 10)

struct writer {
    struct putting *p;
    const unsigned char *epoch;
    struct str text, *out;
    enum err bad;
    struct err_info *err;
    bool is_keys; /* only certificates and the organisation's wraps */
    size_t keys;  /* of these wraps */
};

static void flush(struct writer *w, bool is_last)
{
    if (w->bad != ERR_OK || (w->text.len == 0 && !is_last)) {
        return;
    }
    struct vault_envelope e = {.number = w->p->number + 1, .is_last = is_last};
    memcpy(e.stream, w->p->stream, ID_LEN);
    w->bad = vault_envelope_seal(w->p->v, &e, w->epoch, &w->text, w->out, w->err);
    w->p->number += w->bad == ERR_OK;
    str_clear(&w->text);
}

static void add(struct writer *w, const void *bytes, size_t n)
{
    if (w->text.len > 0 && w->text.len + n > ENVELOPE_FILL) {
        flush(w, false);
    }
    str_put_u32le(&w->text, n);
    str_put(&w->text, bytes, n);
}

/* Certificates and wraps come before events. */
static bool give_key(void *payload, const void *bytes, size_t n)
{
    struct writer *w = payload;
    unsigned char mark[MARK_LEN];
    if (memcmp(bytes, "SPE", 3) == 0) {
        return false;
    }
    const bool is_wrap = vault_is_transport_wrap(w->p->v, bytes, n);
    mark_of(bytes, n, mark);
    if ((is_wrap || memcmp(bytes, "SPCT", 4) == 0) && !marks_have(w->p->marks, mark)) {
        add(w, bytes, n);
        w->keys += is_wrap;
    }
    return w->bad == ERR_OK;
}

static bool give_any(void *payload, const void *bytes, size_t n)
{
    struct writer *w = payload;
    unsigned char mark[MARK_LEN];
    const bool is_event = memcmp(bytes, "SPE", 3) == 0;
    mark_of(bytes, n, mark);
    if (is_event && w->p->limit > 0 && w->p->events == w->p->limit) {
        return false;
    }
    w->p->events += is_event;
    if (is_event ? w->p->seen != NULL && marks_have(w->p->seen, mark)
                 : marks_have(w->p->marks, mark)) {
        return true;
    }
    if (!is_event) {
        marks_add(w->p->marks, mark);
    }
    add(w, bytes, n);
    w->p->put += w->bad == ERR_OK;
    return w->bad == ERR_OK;
}

static enum err put_keys(struct writer *w, const struct str *epochs)
{
    const unsigned char *id = (const unsigned char *)epochs->data;
    for (size_t i = ID_LEN; w->bad == ERR_OK && i < epochs->len; i += ID_LEN) {
        w->epoch = id + i;
        w->keys = 0;
        const enum err bad = vault_give_from(w->p->v, INT64_MAX, give_key, w, w->err);
        if (w->bad == ERR_OK) {
            w->bad = bad;
        }
        if (w->keys == 0 && w->bad == ERR_OK && w->out->len == 0) {
            str_clear(&w->text); /* no new key: nobody needs this */
            return ERR_OK;
        }
        flush(w, false);
    }
    return w->bad;
}

enum err put_new(struct putting *p, struct str *out, struct err_info *err)
{
    struct str epochs = STR_INIT;
    struct writer w = {.p = p, .out = out, .err = err};
    marks_sort(p->marks);
    w.bad = vault_transport_epochs(p->v, &epochs, err);
    if (w.bad == ERR_OK) {
        (void)put_keys(&w, &epochs);
    }
    if (w.bad == ERR_OK) {
        w.epoch = (const unsigned char *)epochs.data;
        const enum err bad = vault_give_from(p->v, p->row, give_any, &w, err);
        w.bad = w.bad == ERR_OK ? bad : w.bad;
        flush(&w, p->is_bundle);
    }
    str_done(&w.text);
    str_done(&epochs);
    marks_sort(p->marks);
    return w.bad;
}
