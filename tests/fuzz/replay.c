/* Runs a fuzz target over the files and folders named, without a fuzzer: the seeds, and every input
 * that once found something. With --grow each is run again repeated up to 100 KB, which is how slow
 * paths show; --time names the slowest. A fault ends the process before it prints a count. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/str.h"

#define GROWN     100000u
#define MAX_BYTES (4u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct replay {
    bool grows;
    size_t count, unreadable;
    double worst_ms;
    char worst[256];
};

/* The bytes are copied to just their size, so that a sanitizer sees any step beyond them. */
static void run(struct replay *r, const char *path, const struct str *input)
{
    uint8_t *bytes = malloc(input->len > 0 ? input->len : 1);
    if (bytes == NULL) {
        abort();
    }
    memcpy(bytes, str_cstr(input), input->len);
    const clock_t begin = clock();
    (void)LLVMFuzzerTestOneInput(bytes, input->len);
    const double ms = (double)(clock() - begin) * 1e3 / CLOCKS_PER_SEC;
    free(bytes);
    if (ms > r->worst_ms) {
        r->worst_ms = ms;
        snprintf(r->worst, sizeof r->worst, "%s", path);
    }
}

static void replay_file(struct replay *r, const char *path)
{
    struct str input = STR_INIT, grown = STR_INIT;
    if (file_read(path, MAX_BYTES, &input, NULL) != ERR_OK) {
        fprintf(stderr, "%s cannot be read\n", path);
        r->unreadable++;
        return;
    }
    run(r, path, &input);
    while (r->grows && input.len > 0 && grown.len + input.len <= GROWN) {
        str_put(&grown, str_cstr(&input), input.len);
    }
    if (grown.len > 0) {
        run(r, path, &grown);
    }
    r->count++;
    str_done(&input);
    str_done(&grown);
}

static void replay(struct replay *r, const char *path)
{
    struct str names = STR_INIT;
    if (file_list(path, "", &names, NULL) != ERR_OK) {
        replay_file(r, path);
        return;
    }
    for (const char *name = str_cstr(&names), *end; (end = strchr(name, '\n')) != NULL;
         name = end + 1) {
        char inside[1024];
        snprintf(inside, sizeof inside, "%s/%.*s", path, (int)(end - name), name);
        replay_file(r, inside);
    }
    str_done(&names);
}

int main(int argc, char **argv)
{
    struct replay r = {0};
    bool tells_time = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--grow") == 0) {
            r.grows = true;
        } else if (strcmp(argv[i], "--time") == 0) {
            tells_time = true;
        } else {
            replay(&r, argv[i]);
        }
    }
    if (tells_time) {
        printf("slowest: %.1f ms, %s\n", r.worst_ms, r.worst);
    }
    printf("%zu passed, %zu failed\n", r.count, r.unreadable);
    return r.unreadable == 0 && r.count > 0 ? 0 : 1;
}
