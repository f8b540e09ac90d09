/* Functions over places: "latitude longitude [altitude [accuracy]]", several with ';' between. The
 * earth is a sphere. */
#include "form/functions_int.h"

#include <math.h>
#include <string.h>

#define EARTH_RADIUS 6378100.0 /* metres */
#define DEGREE       (3.14159265358979323846 / 180.0)

struct place {
    double lat, lon;
};
struct places {
    struct place *items;
    size_t count, cap;
    arena *scratch;
    bool is_wrong; /* what stands there is no place */
};

static size_t word_end(const char *s, size_t n, size_t at)
{
    while (at < n && !expr_is_blank_char(s[at])) {
        at++;
    }
    return at;
}

static void put_place(struct places *all, const char *s, size_t n)
{
    double numbers[4] = {0};
    size_t count = 0;
    for (size_t at = 0; at < n; at++) {
        if (expr_is_blank_char(s[at])) {
            continue;
        }
        const size_t end = word_end(s, n, at);
        const double d = expr_text_number(s + at, end - at);
        all->is_wrong = all->is_wrong || isnan(d) || count == 4;
        numbers[count < 4 ? count : 3] = d;
        count++;
        at = end;
    }
    all->is_wrong = all->is_wrong || count == 1;
    if (count >= 2) {
        all->items = arena_grow(all->scratch, all->items, all->count, &all->cap,
                                sizeof all->items[0]);
        all->items[all->count++] = (struct place){numbers[0], numbers[1]};
    }
}

static void read_places(void *payload, const struct form_value *v)
{
    struct places *all = payload;
    size_t n;
    const char *s = expr_value_text(v, all->scratch, &n);
    all->is_wrong = all->is_wrong || v->type == FORM_V_BOOL;
    for (size_t at = 0; at < n;) {
        const char *end = memchr(s + at, ';', n - at);
        const size_t len = end == NULL ? n - at : (size_t)(end - s) - at;
        put_place(all, s + at, len);
        at += len + 1;
    }
}

static struct places places_from(const struct expr_call *c, unsigned first)
{
    struct places all = {.scratch = c->ctx->scratch};
    expr_each(c, first, read_places, &all);
    return all;
}

/* Metres along the great circle. */
static double metres(struct place a, struct place b)
{
    const double up = sin((b.lat - a.lat) * DEGREE / 2);
    const double along = sin((b.lon - a.lon) * DEGREE / 2);
    const double h = up * up + cos(a.lat * DEGREE) * cos(b.lat * DEGREE) * along * along;
    return 2 * EARTH_RADIUS * asin(sqrt(h > 1 ? 1 : h));
}

/* To the centimetre: more is noise. */
static double rounded(double metres_or_square)
{
    return floor(metres_or_square * 100 + 0.5) / 100;
}

void fn_distance(const struct expr_call *c, struct form_value *out)
{
    const struct places all = places_from(c, 0);
    double sum = 0;
    for (size_t i = 1; i < all.count; i++) {
        sum += metres(all.items[i - 1], all.items[i]);
    }
    *out = form_value_of_number(all.is_wrong ? NAN : rounded(sum));
}

/* Strips between the border and the pole, added up around the closed ring. */
void fn_area(const struct expr_call *c, struct form_value *out)
{
    const struct places all = places_from(c, 0);
    double sum = 0;
    for (size_t i = 0; i < all.count; i++) {
        const struct place a = all.items[i];
        const struct place b = all.items[i + 1 < all.count ? i + 1 : 0];
        sum += (b.lon - a.lon) * DEGREE * (2 + sin(a.lat * DEGREE) + sin(b.lat * DEGREE));
    }
    const double area = rounded(fabs(sum * EARTH_RADIUS * EARTH_RADIUS / 2));
    *out = form_value_of_number(all.is_wrong ? NAN : all.count < 3 ? 0 : area);
}

/* Whether a place lies within a shape: a ray from it crosses the border an odd number of times. */
void fn_geofence(const struct expr_call *c, struct form_value *out)
{
    struct places all = {.scratch = c->ctx->scratch}; /* the place, then the shape */
    struct form_value v;
    expr_arg(c, 0, &v);
    read_places(&all, &v);
    const bool is_one = all.count == 1;
    expr_arg(c, 1, &v);
    read_places(&all, &v);
    *out = form_value_of_bool(false);
    if (all.is_wrong || !is_one || all.count < 4) {
        expr_failed(c->ctx, FORM_X_TYPE, "geofence");
        return;
    }
    const struct place p = all.items[0];
    bool is_in = false;
    for (size_t i = 1, j = all.count - 1; i < all.count; j = i++) {
        const struct place a = all.items[i];
        const struct place b = all.items[j];
        if ((a.lat > p.lat) != (b.lat > p.lat) &&
            p.lon < (b.lon - a.lon) * (p.lat - a.lat) / (b.lat - a.lat) + a.lon) {
            is_in = !is_in;
        }
    }
    *out = form_value_of_bool(is_in);
}

/* Sign of the turn a, b, c. */
static int turn(struct place a, struct place b, struct place c)
{
    const double d = (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon);
    return (d > 0) - (d < 0);
}

static bool is_between(double x, double a, double b)
{
    return (x >= a && x <= b) || (x >= b && x <= a);
}

static bool lies_on(struct place p, struct place a, struct place b)
{
    return turn(a, b, p) == 0 && is_between(p.lat, a.lat, b.lat) && is_between(p.lon, a.lon, b.lon);
}

static bool cross(struct place a, struct place b, struct place c, struct place d)
{
    return (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) ||
           lies_on(c, a, b) || lies_on(d, a, b) || lies_on(a, c, d) || lies_on(b, c, d);
}

/* Whether a line crosses itself; neighbours share a point, as do the ends of a closed line. */
void fn_intersects(const struct expr_call *c, struct form_value *out)
{
    const struct places all = places_from(c, 0);
    const struct place *p = all.items;
    bool found = false;
    const bool is_closed = all.count > 2 && p[0].lat == p[all.count - 1].lat &&
                           p[0].lon == p[all.count - 1].lon;
    for (size_t i = 0; i + 1 < all.count && all.count <= 10000; i++) {
        for (size_t j = i + 2; j + 1 < all.count && !found; j++) {
            const bool are_ends = is_closed && i == 0 && j + 2 == all.count;
            found = !are_ends && cross(p[i], p[i + 1], p[j], p[j + 1]);
        }
    }
    *out = form_value_of_bool(found && !all.is_wrong);
}
