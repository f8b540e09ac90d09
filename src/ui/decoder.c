/* Bytes of a terminal -> keys: UTF-8, and the sequences of xterm, the Linux console, rxvt, vt100,
 * vt220 and PuTTY. Invariant: buf holds one unfinished sequence and nothing else; a sequence, known
 * or not, whole or torn, gives at most one key and never a letter. */
#include "ui/keys.h"

#include <string.h>

#include "base/utf8.h"

#define ESC      0x1b
#define DROP_MS  1000
#define BURST_MS 30 /* bytes of one key come together, two keys of a person do not */

static void forget(struct ui_decoder *d)
{
    explicit_bzero(d->buf, sizeof d->buf);
    d->len = 0;
    d->skipping = false;
}

static bool give(struct ui_decoder *d, uint32_t value, uint32_t *key)
{
    forget(d);
    *key = value;
    return value != UI_KEY_NONE;
}

static void hold(struct ui_decoder *d, unsigned char byte, int64_t now_ms)
{
    if (d->len == 0) {
        d->since_ms = now_ms;
    }
    if (d->len < sizeof d->buf) {
        d->buf[d->len++] = byte;
    }
}

/* Keys by the number before '~' (vt220, xterm, rxvt, PuTTY). */
static uint32_t tilde_key(unsigned number)
{
    static const struct {
        unsigned number;
        uint32_t key;
    } TILDE[] = {
        {1, UI_KEY_HOME}, {2, UI_KEY_INSERT}, {3, UI_KEY_DELETE}, {4, UI_KEY_END},
        {5, UI_KEY_PGUP}, {6, UI_KEY_PGDN},   {7, UI_KEY_HOME},   {8, UI_KEY_END},
        {11, UI_KEY_F1},  {12, UI_KEY_F2},    {13, UI_KEY_F3},    {14, UI_KEY_F4},
        {15, UI_KEY_F5},  {17, UI_KEY_F6},    {18, UI_KEY_F7},    {19, UI_KEY_F8},
        {20, UI_KEY_F9},  {21, UI_KEY_F10},   {23, UI_KEY_F11},   {24, UI_KEY_F12},
    };
    for (size_t i = 0; i < sizeof TILDE / sizeof *TILDE; i++) {
        if (TILDE[i].number == number) {
            return TILDE[i].key;
        }
    }
    return UI_KEY_NONE;
}

/* Keys by the last letter of ESC [ .. x and ESC O x; rxvt's Ctrl and Shift arrows are small. */
static uint32_t letter_key(unsigned char last)
{
    switch (last) {
    case 'A':
    case 'a': return UI_KEY_UP;
    case 'B':
    case 'b': return UI_KEY_DOWN;
    case 'C':
    case 'c': return UI_KEY_RIGHT;
    case 'D':
    case 'd': return UI_KEY_LEFT;
    case 'H': return UI_KEY_HOME;
    case 'F': return UI_KEY_END;
    case 'P': return UI_KEY_F1;
    case 'Q': return UI_KEY_F2;
    case 'R': return UI_KEY_F3;
    case 'S': return UI_KEY_F4;
    default: return UI_KEY_NONE;
    }
}

/* Up and Down with Ctrl are keys of their own. */
static uint32_t with_ctrl(uint32_t key)
{
    return key == UI_KEY_UP ? UI_KEY_CTRL_UP : key == UI_KEY_DOWN ? UI_KEY_CTRL_DOWN : key;
}

/* The numeric keypad in application mode. */
static uint32_t keypad_key(unsigned char last)
{
    static const char KEYPAD[] = "*+,-./0123456789"; /* for 'j' .. 'y' */
    if (last >= 'j' && last <= 'y') {
        return (uint32_t)(unsigned char)KEYPAD[last - 'j'];
    }
    return last == 'M' ? '\r' : last == 'I' ? '\t' : last == 'X' ? '=' : UI_KEY_NONE;
}

/* Numbers of ESC [ n ; m x. false if there is anything else between. */
static bool read_numbers(const struct ui_decoder *d, unsigned number[2])
{
    size_t which = 0;
    number[0] = number[1] = 0;
    for (size_t i = 2; i + 1 < d->len; i++) {
        unsigned char b = d->buf[i];
        if (b == ';') {
            if (++which > 1) {
                return false;
            }
        } else if (b >= '0' && b <= '9' && number[which] < 100000) {
            number[which] = number[which] * 10 + (unsigned)(b - '0');
        } else {
            return false;
        }
    }
    return true;
}

/* Report of a key by its code point: ESC [ code ; modifiers u. */
static uint32_t coded_key(unsigned code, unsigned modifiers)
{
    unsigned bits = modifiers > 0 ? modifiers - 1 : 0;
    if (code == ESC) {
        return UI_KEY_ESC;
    }
    if (code == '\t' && (bits & 1) != 0) {
        return UI_KEY_BACKTAB;
    }
    if (code == '\r' || code == '\t' || code == 0x7f) {
        return code;
    }
    bool is_letter = code >= '@' && code < 0x7f;
    if ((bits & 4) != 0) {
        return is_letter ? UI_CTRL(code) : UI_KEY_NONE;
    }
    return (bits & 2) == 0 && code >= 0x20 && code < 0x7f ? code : UI_KEY_NONE;
}

/* A whole CSI sequence is in buf. */
static bool end_csi(struct ui_decoder *d, uint32_t *key)
{
    unsigned char last = d->buf[d->len - 1];
    unsigned number[2];
    if (d->buf[2] == '[' && d->len == 4) { /* Linux console: ESC [ [ A .. E */
        bool is_function = last >= 'A' && last <= 'E';
        return give(d, is_function ? UI_KEY_F1 + (uint32_t)(last - 'A') : UI_KEY_NONE, key);
    }
    if (!read_numbers(d, number)) {
        return give(d, UI_KEY_NONE, key);
    }
    if (last == '~' && (number[0] == 200 || number[0] == 201)) {
        bool is_end = number[0] == 201 && d->in_paste;
        d->in_paste = number[0] == 200;
        return give(d, is_end ? UI_KEY_PASTE : UI_KEY_NONE, key);
    }
    if (d->in_paste) {
        return give(d, UI_KEY_NONE, key);
    }
    if (last == '~' || last == '^' || last == '$' || last == '@') {
        return give(d, tilde_key(number[0]), key);
    }
    if (last == 'u') {
        return give(d, coded_key(number[0], number[1]), key);
    }
    if (last == 'Z') {
        return give(d, UI_KEY_BACKTAB, key);
    }
    /* a report of the cursor's place ends in R too; a key has no number or 1 */
    const uint32_t found = number[0] <= 1 ? letter_key(last) : UI_KEY_NONE;
    const bool is_ctrl = number[1] > 0 && ((number[1] - 1) & 4) != 0;
    return give(d, is_ctrl ? with_ctrl(found) : found, key);
}

static bool in_csi(struct ui_decoder *d, unsigned char byte, int64_t now_ms, uint32_t *key)
{
    bool is_over = d->len == sizeof d->buf;
    d->skipping = d->skipping || is_over;
    hold(d, byte, now_ms);
    bool is_linux = d->len == 4 && d->buf[2] == '[';
    bool opens_linux = d->len == 3 && byte == '[';
    /* rxvt ends ESC [ 3 $ with a byte that elsewhere stands in the middle */
    bool is_rxvt = byte == '$' && d->len > 3 && d->buf[2] >= '0' && d->buf[2] <= '9';
    bool is_last = (byte >= 0x40 && byte <= 0x7e && !opens_linux) || is_linux || is_rxvt;
    if (!is_last) {
        return false;
    }
    bool is_silent = d->skipping;
    bool has_key = end_csi(d, key);
    if (is_silent && has_key && *key != UI_KEY_PASTE) {
        *key = UI_KEY_NONE;
        return false;
    }
    return has_key;
}

static bool in_ss3(struct ui_decoder *d, unsigned char byte, int64_t now_ms, uint32_t *key)
{
    if ((byte >= '0' && byte <= '9') || byte == ';') { /* modifiers of PuTTY and old xterms */
        if (d->len < sizeof d->buf) {
            hold(d, byte, now_ms);
        }
        return false;
    }
    if (d->in_paste) {
        return give(d, UI_KEY_NONE, key);
    }
    uint32_t found = letter_key(byte);
    if (byte == 'a' || byte == 'b') { /* rxvt */
        found = with_ctrl(found);
    }
    return give(d, found != UI_KEY_NONE ? found : keypad_key(byte), key);
}

/* The last bytes of a string, kept only inside a paste: there an unfinished string ends with the
 * paste. */
static bool ends_paste(struct ui_decoder *d, unsigned char byte)
{
    static const char MARK[] = "\033[201~";
    enum { TAIL = 3, TAIL_LEN = sizeof MARK - 1 };
    memmove(d->buf + TAIL, d->buf + TAIL + 1, TAIL_LEN - 1);
    d->buf[TAIL + TAIL_LEN - 1] = byte;
    return memcmp(d->buf + TAIL, MARK, TAIL_LEN) == 0;
}

/* OSC, DCS and their like run to BEL or ESC \. Nothing of them is kept. */
static bool in_string(struct ui_decoder *d, unsigned char byte, uint32_t *key)
{
    if (d->in_paste && ends_paste(d, byte)) {
        d->in_paste = false;
        return give(d, UI_KEY_PASTE, key);
    }
    bool is_end = byte == 0x07 || (byte == '\\' && d->buf[2] == ESC);
    if (is_end) {
        forget(d);
        return false;
    }
    d->buf[2] = byte;
    d->len = 3;
    return false;
}

static size_t utf8_need(unsigned char lead)
{
    return lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

/* The rest of a key whose ESC was already given as one: swallowed without a key. 'O' may also be
 * a letter, so it is held until the next byte or a short pause tells. */
static bool is_late(struct ui_decoder *d, unsigned char byte, int64_t now_ms)
{
    bool is_near = d->has_esc && now_ms - d->esc_ms < DROP_MS;
    d->has_esc = false;
    if (!is_near || (byte != '[' && byte != 'O')) {
        return false;
    }
    if (byte == '[') {
        hold(d, ESC, now_ms);
        d->skipping = true;
    }
    hold(d, byte, now_ms);
    return true;
}

static bool start(struct ui_decoder *d, unsigned char byte, int64_t now_ms, uint32_t *key)
{
    if (is_late(d, byte, now_ms)) {
        return false;
    }
    if (byte == 0x9b || byte == 0x8f) { /* 8-bit CSI and SS3 */
        hold(d, ESC, now_ms);
        hold(d, byte == 0x9b ? '[' : 'O', now_ms);
        return false;
    }
    if (byte == ESC || utf8_need(byte) != 0) {
        hold(d, byte, now_ms);
        return false;
    }
    bool is_dropped = byte == 0 || byte >= 0x80;
    if (d->in_paste && (byte < 0x20 || byte == 0x7f)) {
        is_dropped = byte != '\n' && byte != '\r' && byte != '\t';
    }
    return !is_dropped && give(d, byte, key);
}

/* A code point whose first byte stands at buf[from]; after ESC (from = 1) it is dropped. */
static bool in_utf8(struct ui_decoder *d, size_t from, unsigned char byte, int64_t now_ms,
                    uint32_t *key)
{
    if ((byte & 0xc0) != 0x80) {
        forget(d);
        return start(d, byte, now_ms, key);
    }
    hold(d, byte, now_ms);
    size_t n = d->len - from;
    if (n < utf8_need(d->buf[from])) {
        return false;
    }
    char text[4];
    memcpy(text, d->buf + from, n);
    uint32_t cp = 0;
    bool is_good = utf8_valid(text, n) && utf8_next(text, n, &cp) == n && cp >= 0xa0;
    return give(d, is_good && from == 0 ? cp : UI_KEY_NONE, key);
}

/* The byte after ESC. */
static bool after_esc(struct ui_decoder *d, unsigned char byte, int64_t now_ms, uint32_t *key)
{
    if (byte == ESC) { /* pressed twice: the first is a key, the second may begin a sequence */
        d->since_ms = now_ms;
        *key = UI_KEY_ESC;
        return !d->in_paste;
    }
    if (strchr("[O]PX^_", byte) != NULL && byte != 0) {
        hold(d, byte, now_ms);
        return false;
    }
    if (utf8_need(byte) != 0) {
        hold(d, byte, now_ms);
        return false;
    }
    forget(d); /* Alt and a letter */
    return false;
}

/* A letter is held in buf: it is given now, unless it and byte are the rest of a late SS3 key. */
static bool after_letter(struct ui_decoder *d, unsigned char byte, int64_t now_ms, uint32_t *key)
{
    bool is_key = d->buf[0] == 'O' && now_ms - d->since_ms < BURST_MS &&
                  letter_key(byte) != UI_KEY_NONE && byte < 'a';
    if (is_key) {
        forget(d);
        return false;
    }
    give(d, d->buf[0], key);
    bool is_kept = byte != 0 && (byte < 0x80 || utf8_need(byte) != 0);
    if (is_kept) {
        hold(d, byte, now_ms);
    }
    return true;
}

bool ui_decoder_feed(struct ui_decoder *d, unsigned char byte, int64_t now_ms, uint32_t *key)
{
    *key = UI_KEY_NONE;
    if (d->in_paste) {
        d->since_ms = now_ms;
    }
    if (d->len == 0) {
        return start(d, byte, now_ms, key);
    }
    if (d->buf[0] < 0x80 && d->buf[0] != ESC) {
        return after_letter(d, byte, now_ms, key);
    }
    if (d->buf[0] != ESC) {
        return in_utf8(d, 0, byte, now_ms, key);
    }
    if (d->len == 1) {
        return after_esc(d, byte, now_ms, key);
    }
    if (d->buf[1] == ']' || d->buf[1] == 'P' || d->buf[1] == 'X' || d->buf[1] == '^' ||
        d->buf[1] == '_') {
        return in_string(d, byte, key);
    }
    if (utf8_need(d->buf[1]) != 0) {
        return in_utf8(d, 1, byte, now_ms, key);
    }
    if (byte == ESC) { /* torn: the old one is dropped, a new one begins */
        forget(d);
        return start(d, byte, now_ms, key);
    }
    return d->buf[1] == 'O' ? in_ss3(d, byte, now_ms, key) : in_csi(d, byte, now_ms, key);
}

bool ui_decoder_idle(struct ui_decoder *d, int64_t now_ms, int esc_ms, uint32_t *key)
{
    int64_t waited = now_ms - d->since_ms;
    *key = UI_KEY_NONE;
    if (d->len == 1 && d->buf[0] == ESC && !d->in_paste && waited >= esc_ms) {
        d->has_esc = true;
        d->esc_ms = d->since_ms;
        return give(d, UI_KEY_ESC, key);
    }
    if (d->len == 1 && d->buf[0] < 0x80 && d->buf[0] != ESC &&
        (d->buf[0] != 'O' || waited >= BURST_MS)) {
        return give(d, d->buf[0], key);
    }
    if (waited < DROP_MS) {
        return false;
    }
    if (d->in_paste) { /* its end never came */
        d->in_paste = false;
        return give(d, UI_KEY_PASTE, key);
    }
    if (d->len > 0) {
        forget(d);
    }
    return false;
}
