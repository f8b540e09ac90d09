/* Check sums by their standards (RFC 1321, FIPS 180-4), over a padded copy of the message. Nothing
 * secret depends on them. The 32-bit constants of SHA-256 are the upper halves of SHA-512's. */
#include "form/digest.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HALF(x) ((uint32_t)((x) >> 32))

/* Fractions of the cube roots of the first 80 primes. */
static const uint64_t rounds[80] = {
    0x428a2f98d728ae22u, 0x7137449123ef65cdu, 0xb5c0fbcfec4d3b2fu, 0xe9b5dba58189dbbcu,
    0x3956c25bf348b538u, 0x59f111f1b605d019u, 0x923f82a4af194f9bu, 0xab1c5ed5da6d8118u,
    0xd807aa98a3030242u, 0x12835b0145706fbeu, 0x243185be4ee4b28cu, 0x550c7dc3d5ffb4e2u,
    0x72be5d74f27b896fu, 0x80deb1fe3b1696b1u, 0x9bdc06a725c71235u, 0xc19bf174cf692694u,
    0xe49b69c19ef14ad2u, 0xefbe4786384f25e3u, 0x0fc19dc68b8cd5b5u, 0x240ca1cc77ac9c65u,
    0x2de92c6f592b0275u, 0x4a7484aa6ea6e483u, 0x5cb0a9dcbd41fbd4u, 0x76f988da831153b5u,
    0x983e5152ee66dfabu, 0xa831c66d2db43210u, 0xb00327c898fb213fu, 0xbf597fc7beef0ee4u,
    0xc6e00bf33da88fc2u, 0xd5a79147930aa725u, 0x06ca6351e003826fu, 0x142929670a0e6e70u,
    0x27b70a8546d22ffcu, 0x2e1b21385c26c926u, 0x4d2c6dfc5ac42aedu, 0x53380d139d95b3dfu,
    0x650a73548baf63deu, 0x766a0abb3c77b2a8u, 0x81c2c92e47edaee6u, 0x92722c851482353bu,
    0xa2bfe8a14cf10364u, 0xa81a664bbc423001u, 0xc24b8b70d0f89791u, 0xc76c51a30654be30u,
    0xd192e819d6ef5218u, 0xd69906245565a910u, 0xf40e35855771202au, 0x106aa07032bbd1b8u,
    0x19a4c116b8d2d0c8u, 0x1e376c085141ab53u, 0x2748774cdf8eeb99u, 0x34b0bcb5e19b48a8u,
    0x391c0cb3c5c95a63u, 0x4ed8aa4ae3418acbu, 0x5b9cca4f7763e373u, 0x682e6ff3d6b2b8a3u,
    0x748f82ee5defb2fcu, 0x78a5636f43172f60u, 0x84c87814a1f0ab72u, 0x8cc702081a6439ecu,
    0x90befffa23631e28u, 0xa4506cebde82bde9u, 0xbef9a3f7b2c67915u, 0xc67178f2e372532bu,
    0xca273eceea26619cu, 0xd186b8c721c0c207u, 0xeada7dd6cde0eb1eu, 0xf57d4f7fee6ed178u,
    0x06f067aa72176fbau, 0x0a637dc5a2c898a6u, 0x113f9804bef90daeu, 0x1b710b35131c471bu,
    0x28db77f523047d84u, 0x32caab7b40c72493u, 0x3c9ebe0a15c9bebcu, 0x431d67c49c100d4cu,
    0x4cc5d4becb3e42b6u, 0x597f299cfc657e2au, 0x5fcb6fab3ad6faecu, 0x6c44198c4a475817u};
/* Fractions of the square roots of the first 16 primes: SHA-512's beginning, then SHA-384's. */
static const uint64_t beginnings[16] = {
    0x6a09e667f3bcc908u, 0xbb67ae8584caa73bu, 0x3c6ef372fe94f82bu, 0xa54ff53a5f1d36f1u,
    0x510e527fade682d1u, 0x9b05688c2b3e6c1fu, 0x1f83d9abfb41bd6bu, 0x5be0cd19137e2179u,
    0xcbbb9d5dc1059ed8u, 0x629a292a367cd507u, 0x9159015a3070dd17u, 0x152fecd8f70e5939u,
    0x67332667ffc00b31u, 0x8eb44a8768581511u, 0xdb0c2e0d64f98fa7u, 0x47b5481dbefa4fa4u};

static uint32_t left32(uint32_t x, unsigned by)
{
    return x << by | x >> (32 - by);
}

static uint32_t right32(uint32_t x, unsigned by)
{
    return x >> by | x << (32 - by);
}

static uint64_t right64(uint64_t x, unsigned by)
{
    return x >> by | x << (64 - by);
}

static uint64_t load(const unsigned char *p, unsigned bytes, bool is_big)
{
    uint64_t x = 0;
    for (unsigned i = 0; i < bytes; i++) {
        x = x << 8 | p[is_big ? i : bytes - 1 - i];
    }
    return x;
}

static void store(unsigned char *p, uint64_t x, unsigned bytes, bool is_big)
{
    for (unsigned i = 0; i < bytes; i++) {
        p[is_big ? bytes - 1 - i : i] = (unsigned char)(x >> 8 * i);
    }
}

/* The message, a 1 bit, zeros and its length in bits, as whole blocks. */
static unsigned char *padded(const char *s, size_t n, size_t block, bool is_big, arena *scratch,
                             size_t *total)
{
    const size_t tail = block / 8;
    *total = (n + 1 + tail + block - 1) / block * block;
    unsigned char *out = arena_alloc(scratch, *total);
    memcpy(out, s, n);
    out[n] = 0x80;
    store(out + *total - 8, (uint64_t)n * 8, 8, is_big);
    return out;
}

static void md5_block(uint32_t h[4], const unsigned char *p)
{
    static const unsigned char turns[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3];
    for (unsigned i = 0; i < 64; i++) {
        uint32_t f = c ^ (b | ~d);
        unsigned g = 7 * i % 16;
        if (i < 16) {
            f = (b & c) | (~b & d);
            g = i;
        } else if (i < 32) {
            f = (d & b) | (~d & c);
            g = (5 * i + 1) % 16;
        } else if (i < 48) {
            f = b ^ c ^ d;
            g = (3 * i + 5) % 16;
        }
        const uint32_t constant = (uint32_t)(uint64_t)(fabs(sin(i + 1.0)) * 4294967296.0);
        f += a + constant + (uint32_t)load(p + 4 * (size_t)g, 4, false);
        a = d;
        d = c;
        c = b;
        b += left32(f, turns[i / 16][i % 4]);
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
}

static void sha1_block(uint32_t h[5], const unsigned char *p)
{
    uint32_t w[80] = {0};
    uint32_t v[5];
    memcpy(v, h, sizeof v);
    for (unsigned i = 0; i < 80; i++) {
        w[i] = i < 16 ? (uint32_t)load(p + 4 * (size_t)i, 4, true)
                      : left32(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        uint32_t f = (v[1] ^ v[2] ^ v[3]) + (i < 40 ? 0x6ed9eba1u : 0xca62c1d6u);
        if (i < 20) {
            f = ((v[1] & v[2]) | (~v[1] & v[3])) + 0x5a827999u;
        } else if (i >= 40 && i < 60) {
            f = ((v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3])) + 0x8f1bbcdcu;
        }
        const uint32_t next = left32(v[0], 5) + f + v[4] + w[i];
        v[4] = v[3];
        v[3] = v[2];
        v[2] = left32(v[1], 30);
        v[1] = v[0];
        v[0] = next;
    }
    for (unsigned i = 0; i < 5; i++) {
        h[i] += v[i];
    }
}

static void sha256_block(uint32_t h[8], const unsigned char *p)
{
    uint32_t w[64];
    uint32_t v[8];
    memcpy(v, h, sizeof v);
    for (unsigned i = 0; i < 64; i++) {
        if (i < 16) {
            w[i] = (uint32_t)load(p + 4 * (size_t)i, 4, true);
        } else {
            const uint32_t x = w[i - 15], y = w[i - 2];
            w[i] = w[i - 16] + w[i - 7] + (right32(x, 7) ^ right32(x, 18) ^ x >> 3) +
                   (right32(y, 17) ^ right32(y, 19) ^ y >> 10);
        }
        const uint32_t e = v[4], a = v[0];
        const uint32_t t1 = v[7] + (right32(e, 6) ^ right32(e, 11) ^ right32(e, 25)) +
                            ((e & v[5]) ^ (~e & v[6])) + HALF(rounds[i]) + w[i];
        const uint32_t t2 = (right32(a, 2) ^ right32(a, 13) ^ right32(a, 22)) +
                            ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++) {
        h[i] += v[i];
    }
}

static void sha512_block(uint64_t h[8], const unsigned char *p)
{
    uint64_t w[80];
    uint64_t v[8];
    memcpy(v, h, sizeof v);
    for (unsigned i = 0; i < 80; i++) {
        if (i < 16) {
            w[i] = load(p + 8 * (size_t)i, 8, true);
        } else {
            const uint64_t x = w[i - 15], y = w[i - 2];
            w[i] = w[i - 16] + w[i - 7] + (right64(x, 1) ^ right64(x, 8) ^ x >> 7) +
                   (right64(y, 19) ^ right64(y, 61) ^ y >> 6);
        }
        const uint64_t e = v[4], a = v[0];
        const uint64_t t1 = v[7] + (right64(e, 14) ^ right64(e, 18) ^ right64(e, 41)) +
                            ((e & v[5]) ^ (~e & v[6])) + rounds[i] + w[i];
        const uint64_t t2 = (right64(a, 28) ^ right64(a, 34) ^ right64(a, 39)) +
                            ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++) {
        h[i] += v[i];
    }
}

static size_t short_digest(const char *s, size_t n, bool is_md5, unsigned char *out, arena *scratch)
{
    uint32_t h[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
    size_t total;
    const unsigned char *p = padded(s, n, 64, !is_md5, scratch, &total);
    for (size_t at = 0; at < total; at += 64) {
        if (is_md5) {
            md5_block(h, p + at);
        } else {
            sha1_block(h, p + at);
        }
    }
    const size_t words = is_md5 ? 4 : 5;
    for (size_t i = 0; i < words; i++) {
        store(out + 4 * i, h[i], 4, !is_md5);
    }
    return 4 * words;
}

static size_t sha256(const char *s, size_t n, unsigned char *out, arena *scratch)
{
    uint32_t h[8];
    size_t total;
    const unsigned char *p = padded(s, n, 64, true, scratch, &total);
    for (size_t i = 0; i < 8; i++) {
        h[i] = HALF(beginnings[i]);
    }
    for (size_t at = 0; at < total; at += 64) {
        sha256_block(h, p + at);
    }
    for (size_t i = 0; i < 8; i++) {
        store(out + 4 * i, h[i], 4, true);
    }
    return 32;
}

static size_t sha512(const char *s, size_t n, const uint64_t begin[8], size_t len,
                     unsigned char *out, arena *scratch)
{
    uint64_t h[8];
    size_t total;
    const unsigned char *p = padded(s, n, 128, true, scratch, &total);
    memcpy(h, begin, sizeof h);
    for (size_t at = 0; at < total; at += 128) {
        sha512_block(h, p + at);
    }
    for (size_t i = 0; i < len / 8; i++) {
        store(out + 8 * i, h[i], 8, true);
    }
    return len;
}

size_t form_digest(const char *algorithm, const char *bytes, size_t n,
                   unsigned char out[FORM_DIGEST_MAX], arena *scratch)
{
    if (strcmp(algorithm, "MD5") == 0 || strcmp(algorithm, "SHA-1") == 0) {
        return short_digest(bytes, n, algorithm[0] == 'M', out, scratch);
    }
    if (strcmp(algorithm, "SHA-256") == 0) {
        return sha256(bytes, n, out, scratch);
    }
    if (strcmp(algorithm, "SHA-384") == 0) {
        return sha512(bytes, n, beginnings + 8, 48, out, scratch);
    }
    return strcmp(algorithm, "SHA-512") == 0 ? sha512(bytes, n, beginnings, 64, out, scratch) : 0;
}
