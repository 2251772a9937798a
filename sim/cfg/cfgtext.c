// SPDX-License-Identifier: MIT
#include "sim/cfg/cfgtext.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sim_cfgtext_bytes(sim_cfgtext *b, const char *text, size_t length)
{
    SIM_VEC_RESERVE(b, b->count + (int)length + 1);
    memcpy(b->data + b->count, text, length);
    b->count += (int)length;
}

void sim_cfgtext_put(sim_cfgtext *b, const char *text)
{
    sim_cfgtext_bytes(b, text, strlen(text));
}

void sim_cfgtext_format(sim_cfgtext *b, const char *fmt, ...)
{
    va_list args;
    va_list again;
    va_start(args, fmt);
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, fmt, args);
    SIM_VEC_RESERVE(b, b->count + n + 1);
    vsnprintf(b->data + b->count, (size_t)n + 1, fmt, again);
    b->count += n;
    va_end(again);
    va_end(args);
}

char *sim_cfgtext_done(sim_cfgtext *b)
{
    SIM_VEC_PUSH(b, '\0');
    char *text = b->data;
    *b = (sim_cfgtext){0};
    return text;
}

/** Bytes of the code point that begins with `c`; 0 when none does. */
static size_t code_length(unsigned c)
{
    if (c < 0x80) {
        return c != 0 ? 1 : 0;
    }
    if (c < 0xC2 || c > 0xF4) {
        return 0;
    }
    return c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/** Overlong, half of a surrogate pair, or beyond the last code point. */
static bool is_odd(unsigned first, unsigned second)
{
    return (first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) ||
           (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90);
}

size_t sim_cfgtext_bad_utf8(const char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text;
    for (size_t i = 0; i < length;) {
        const size_t n = code_length(p[i]);
        if (n == 0 || n > length - i || (n > 1 && is_odd(p[i], p[i + 1]))) {
            return i;
        }
        for (size_t k = 1; k < n; k++) {
            if ((p[i + k] & 0xC0U) != 0x80U) {
                return i;
            }
        }
        i += n;
    }
    return length;
}

void sim_cfgtext_clean(char *text)
{
    const size_t length = strlen(text);
    for (size_t i = sim_cfgtext_bad_utf8(text, length); i < length;
         i += sim_cfgtext_bad_utf8(text + i, length - i)) {
        text[i] = '?';
    }
    for (char *p = text; *p != '\0'; p++) {
        const bool is_control = (unsigned char)*p < 0x20 || *p == 0x7F;
        *p = is_control && *p != '\t' ? ' ' : *p;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t sim_cfgtext_trim(const char **text, size_t length)
{
    while (length > 0 && is_blank(**text)) {
        (*text)++;
        length--;
    }
    while (length > 0 && is_blank((*text)[length - 1])) {
        length--;
    }
    return length;
}

/** Pages and drawings begin with a tag, JSON with a brace and a name in quotes: no file of settings
 * and no table does. */
static const char *other_language(const char *text, size_t length, const char **remedy)
{
    const char *p = text;
    if (length >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        p += 3;
        length -= 3;
    }
    length = sim_cfgtext_trim(&p, length);
    const char first = length > 0 ? p[0] : '\0';
    p++;
    length -= length > 0 ? 1 : 0;
    length = sim_cfgtext_trim(&p, length);
    if (first == '<' && length > 0 && (isalpha((unsigned char)*p) || *p == '!' || *p == '?')) {
        *remedy = "name the file itself (a page may stand for one that was not found)";
        return "a page or drawing (HTML, XML), not a text of ours";
    }
    if (first == '{' && length > 0 && *p == '"') {
        *remedy = "write name = value; without quotes around names";
        return "JSON, not a file of settings or a table";
    }
    return NULL;
}

const char *sim_cfgtext_stranger(const char *text, size_t length, const char **remedy)
{
    static const char as_text[] = "save it as UTF-8 (iconv -f UTF-16 -t UTF-8 FILE >NEW)";
    static const char as_csv[] =
        "save its sheet as CSV: UTF-8, ',' between fields, a decimal point";
    static const struct {
        const char *bytes;
        size_t length;
        const char *what, *remedy;
    } beginnings[] = {
        {"\x89HDF\r\n\x1a\n", 8, "a results file (HDF5), not a text",
         "look into it by the commands info, export and compare"},
        {"\xFF\xFE", 2, "a text in UTF-16", as_text},
        {"\xFE\xFF", 2, "a text in UTF-16", as_text},
        {"PK\x03\x04", 4, "a spreadsheet or another packed file, not a text", as_csv},
        {"\xD0\xCF\x11\xE0", 4, "a spreadsheet of old, not a text", as_csv},
    };
    for (int i = 0; i < SIM_COUNT(beginnings); i++) {
        if (length >= beginnings[i].length &&
            memcmp(text, beginnings[i].bytes, beginnings[i].length) == 0) {
            *remedy = beginnings[i].remedy;
            return beginnings[i].what;
        }
    }
    if (memchr(text, 0, length) != NULL) {
        const bool is_wide = length > 3 && (text[1] == 0) == (text[3] == 0) &&
                             (text[0] == 0) == (text[2] == 0) && (text[0] == 0) != (text[1] == 0);
        *remedy = is_wide ? as_text : "name a text file";
        return is_wide ? "a text in UTF-16" : "not a text: there is a zero byte in it";
    }
    return other_language(text, length, remedy);
}
