/*
 * Reads glyphs on stdin, or with an argument logits, until there are no more; writes for each 13 bytes: the ten logits, the
 * digit, and the confidence in per mille, its high byte first.
 */
#include <stdio.h>
#include "net.h"

int main(int argc, char **argv)
{
    static uint8_t glyph[NET_PIXELS];
    LOGIT_T logits[NET_DIGITS];
    uint16_t per_mille;
    int digit;

    (void)argv;
    for (;;) {
        if (argc > 1) {
            if (fread(logits, 1, NET_DIGITS, stdin) != NET_DIGITS) {
                return 0;
            }
        } else {
            if (fread(glyph, 1, NET_PIXELS, stdin) != NET_PIXELS) {
                return 0;
            }
            net_logits(glyph, logits);
        }
        digit = net_judge(logits, &per_mille);
        if (digit != (argc > 1 ? net_judge(logits, 0) : net_digit(glyph))) {
            return 1;
        }
        fwrite(logits, 1, NET_DIGITS, stdout);
        putchar(digit & 255);
        putchar(per_mille >> 8);
        putchar(per_mille & 255);
    }
}
