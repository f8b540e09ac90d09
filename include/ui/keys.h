/* Keys: what the terminal sends -> a key -> an action by the tables of the scopes. */
#ifndef SPRIJIN_UI_KEYS_H
#define SPRIJIN_UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/screen.h"

/* A key: a code point below 0x110000 (controls as Ctrl keys), or one of these. */
enum ui_key {
    UI_KEY_NONE = 0x110000,
    UI_KEY_UP,
    UI_KEY_DOWN,
    UI_KEY_LEFT,
    UI_KEY_RIGHT,
    UI_KEY_HOME,
    UI_KEY_END,
    UI_KEY_PGUP,
    UI_KEY_PGDN,
    UI_KEY_INSERT,
    UI_KEY_DELETE,
    UI_KEY_BACKTAB,
    UI_KEY_F1,
    UI_KEY_F2,
    UI_KEY_F3,
    UI_KEY_F4,
    UI_KEY_F5,
    UI_KEY_F6,
    UI_KEY_F7,
    UI_KEY_F8,
    UI_KEY_F9,
    UI_KEY_F10,
    UI_KEY_F11,
    UI_KEY_F12,
    UI_KEY_ESC,
    UI_KEY_CTRL_UP,
    UI_KEY_CTRL_DOWN,
    UI_KEY_PASTE /* text was pasted between brackets */
};
#define UI_CTRL(letter) ((letter)&0x1f)

struct ui_binding {
    uint32_t key;
    enum ui_action action;
    unsigned guards;   /* enum ui_guard */
    uint8_t footer;    /* 0 = not in the footer, else its order there (1 first) */
    bool is_letter;    /* acts only outside text entry */
    const char *label; /* msgid of the short word in the footer; NULL if footer is 0 */
};
/* Table of a scope, *n rows. */
const struct ui_binding *ui_bindings(enum ui_scope scope, size_t *n);
/* Action of key in scope, then in GLOBAL; UI_ACT_TEXT for printable keys while takes_text;
 * UI_ACT_NONE if none. */
enum ui_action ui_key_action(enum ui_scope scope, uint32_t key, bool takes_text);
/* "F5", "Ctrl-R", "PgDn", "Enter", "n"; static. */
const char *ui_key_name(uint32_t key, char out[16]);
/* Name of the first key of an action in a scope, "" if none. */
const char *ui_action_key(enum ui_scope scope, enum ui_action action, char out[16]);
const char *ui_action_help(enum ui_action a); /* msgid */
const char *ui_action_name(enum ui_action a); /* config name */

/* Decoder of the byte stream: a split escape sequence is swallowed whole and never becomes text;
 * an unknown sequence is dropped whole. Pure: fed bytes and time, gives keys. */
struct ui_decoder {
    unsigned char buf[64];
    size_t len;
    int64_t since_ms; /* when the first byte of an unfinished sequence came */
    bool in_paste;
    bool skipping; /* inside an over-long, unknown or late sequence: no key at its end */
    bool has_esc;  /* a lone ESC was given at esc_ms: what follows may be the rest of a key */
    int64_t esc_ms;
};
/* Takes one byte; returns true and *key when a key is complete. While in_paste the keys are the
 * pasted text, which the caller gathers until UI_KEY_PASTE. */
bool ui_decoder_feed(struct ui_decoder *d, unsigned char byte, int64_t now_ms, uint32_t *key);
/* After a pause: a lone ESC becomes UI_KEY_ESC (after esc_ms); an unfinished sequence is dropped
 * after 1 s. */
bool ui_decoder_idle(struct ui_decoder *d, int64_t now_ms, int esc_ms, uint32_t *key);

#endif
