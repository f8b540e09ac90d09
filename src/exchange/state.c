/* What is remembered of a carrier, in a sealed note. Invariant: what cannot be read counts as
 * nothing known, which costs work and loses nothing. */
#include "exchange_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define STATE_VERSION 1
#define STREAMS_MAX   4096

enum { HEAD_LEN = 2 + ID_LEN + 8 + 8 + 8 + 8 + 4 + 4, PLACE_LEN = ID_LEN + 8 + 8 };

static void note_key(const unsigned char carrier[ID_LEN], char out[64])
{
    memcpy(out, "exchange/", 9);
    hex_put(out + 9, carrier, ID_LEN);
}

static void parse(struct state *s, const unsigned char *p, size_t n)
{
    if (n < HEAD_LEN || get_u16le(p) != STATE_VERSION) {
        return;
    }
    const size_t marks = get_u32le(p + HEAD_LEN - 8);
    const size_t streams = get_u32le(p + HEAD_LEN - 4);
    if (streams > STREAMS_MAX || marks > n ||
        n != HEAD_LEN + marks * MARK_LEN + streams * PLACE_LEN) {
        return;
    }
    memcpy(s->own, p + 2, ID_LEN);
    s->size = get_u64le(p + 2 + ID_LEN);
    s->number = get_u64le(p + 10 + ID_LEN);
    s->erased = get_u64le(p + 18 + ID_LEN);
    s->row = (int64_t)get_u64le(p + 26 + ID_LEN);
    p += HEAD_LEN;
    for (size_t i = 0; i < marks; i++, p += MARK_LEN) {
        marks_add(&s->marks, p);
    }
    marks_sort(&s->marks);
    for (size_t i = 0; i < streams; i++, p += PLACE_LEN) {
        struct stream_place *place = state_stream(s, p);
        place->offset = get_u64le(p + ID_LEN);
        place->number = get_u64le(p + ID_LEN + 8);
    }
}

enum err state_load(vault *v, const unsigned char carrier[ID_LEN], struct state *s,
                    struct err_info *err)
{
    char key[64];
    struct str note = STR_INIT;
    note_key(carrier, key);
    *s = (struct state){0};
    const enum err bad = vault_note_get(v, key, &note, err);
    if (bad == ERR_OK) {
        parse(s, (const unsigned char *)note.data, note.len);
    }
    str_done(&note);
    return bad == ERR_NOT_FOUND ? ERR_OK : bad;
}

enum err state_save(vault *v, const unsigned char carrier[ID_LEN], const struct state *s,
                    struct err_info *err)
{
    char key[64];
    struct str note = STR_INIT;
    note_key(carrier, key);
    str_put_u16le(&note, STATE_VERSION);
    str_put(&note, s->own, ID_LEN);
    str_put_u64le(&note, s->size);
    str_put_u64le(&note, s->number);
    str_put_u64le(&note, s->erased);
    str_put_u64le(&note, (unsigned long long)s->row);
    str_put_u32le(&note, s->marks.count);
    /* Nothing is remembered of what gave nothing: anybody can make thousands of empty files. */
    size_t streams = 0;
    for (size_t i = 0; i < s->streams; i++) {
        streams += s->stream[i].offset > 0 && streams < STREAMS_MAX;
    }
    str_put_u32le(&note, streams);
    if (s->marks.count > 0) {
        str_put(&note, s->marks.mark, s->marks.count * MARK_LEN);
    }
    for (size_t i = 0; i < s->streams && streams > 0; i++) {
        if (s->stream[i].offset > 0) {
            str_put(&note, s->stream[i].id, ID_LEN);
            str_put_u64le(&note, s->stream[i].offset);
            str_put_u64le(&note, s->stream[i].number);
            streams--;
        }
    }
    const enum err bad = vault_note_put(v, key, note.data, note.len, err);
    str_done(&note);
    return bad;
}

struct stream_place *state_stream(struct state *s, const unsigned char id[ID_LEN])
{
    for (size_t i = 0; i < s->streams; i++) {
        if (memcmp(s->stream[i].id, id, ID_LEN) == 0) {
            return &s->stream[i];
        }
    }
    s->stream = mem_realloc(s->stream, (s->streams + 1) * sizeof *s->stream);
    struct stream_place *place = &s->stream[s->streams++];
    *place = (struct stream_place){0};
    memcpy(place->id, id, ID_LEN);
    return place;
}

void state_done(struct state *s)
{
    marks_done(&s->marks);
    free(s->stream);
    *s = (struct state){0};
}
