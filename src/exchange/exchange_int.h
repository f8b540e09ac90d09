/* What the carriers share. Private to the exchange. */
#ifndef SPRIJIN_EXCHANGE_EXCHANGE_INT_H
#define SPRIJIN_EXCHANGE_EXCHANGE_INT_H

#include "exchange/hub.h"

#define STREAM_SUFFIX ".spr"
#define MARK_LEN      ((size_t)8)

/* child.c: a foreign file, envelope by envelope, its framing looked at by a process without keys.
 * f returns ERR_OK to go on; another error stops and is passed on. *offset moves behind each whole
 * envelope that f accepted. Errors but those of f are of this machine; what is wrong with the file
 * stands in *end. */
enum child_end {
    CHILD_WHOLE,
    CHILD_PARTIAL, /* the file ends inside an envelope */
    CHILD_DAMAGED, /* what comes next is no envelope */
    CHILD_NEWER,   /* what comes next is of a newer version */
    CHILD_ENDED    /* it could not be read, or the child was ended by a limit */
};
enum err child_read(int fd, uint64_t *offset, enum child_end *end,
                    enum err (*f)(void *payload, const unsigned char *bytes, size_t n,
                                  struct err_info *err),
                    void *payload, struct err_info *err);

/* marks.c: a set of short hashes of records */
struct marks {
    unsigned char (*mark)[MARK_LEN]; /* sorted up to sorted */
    size_t count, sorted, cap;
};
void mark_of(const void *bytes, size_t n, unsigned char out[MARK_LEN]);
bool marks_have(const struct marks *m, const unsigned char mark[MARK_LEN]);
void marks_add(struct marks *m, const unsigned char mark[MARK_LEN]);
void marks_sort(struct marks *m);
void marks_done(struct marks *m);

/* state.c: what is remembered of a carrier */
struct stream_place {
    unsigned char id[ID_LEN];
    uint64_t offset, number;
};
struct state {
    unsigned char own[ID_LEN]; /* the own stream; zeros: none yet */
    uint64_t size, number;     /* of it */
    uint64_t erased;           /* erasures it takes account of */
    int64_t row;               /* newest of the log that is there */
    struct marks marks;        /* certificates and wraps that are there */
    struct stream_place *stream;
    size_t streams;
};
enum err state_load(vault *v, const unsigned char carrier[ID_LEN], struct state *s,
                    struct err_info *err);
enum err state_save(vault *v, const unsigned char carrier[ID_LEN], const struct state *s,
                    struct err_info *err);
/* Made if it is not there. */
struct stream_place *state_stream(struct state *s, const unsigned char id[ID_LEN]);
void state_done(struct state *s);

/* take.c: the records of one envelope, within vault_take_begin and _end. seen (may be NULL) gets
 * the marks of events, marks those of certificates and wraps. *at_end: nothing follows. */
struct taking {
    vault *v;
    struct hub_count *count;
    struct marks *seen, *marks;
    unsigned char stream[ID_LEN];
    bool has_stream; /* stream is known; else the first envelope says it */
    uint64_t number; /* of the last that was taken */
    bool at_end;
};
enum err take_envelope(void *taking, const unsigned char *bytes, size_t n, struct err_info *err);

/* put.c: appends envelopes with what is not in seen or marks to out. */
struct putting {
    vault *v;
    const struct marks *seen; /* events not to be put; NULL */
    struct marks *marks;      /* certificates and wraps not to be put; those put are added */
    unsigned char stream[ID_LEN];
    uint64_t number; /* of the last envelope */
    int64_t row;     /* after which the log is new */
    bool is_bundle;  /* the last envelope is marked so */
    size_t put;
    size_t events, limit; /* of the log, gone through; at most so many, 0 = all */
};
enum err put_new(struct putting *p, struct str *out, struct err_info *err);

#endif
